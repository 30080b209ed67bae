"""The words of a broadcast as a letter of blocks, and back again.

A letter declares its fields beside the text; a broadcast says what stands there for nobody inside the text
(``fields``). Both ways the same is said.
"""

from tactful.broadcasts.rules.fields import written
from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.types import Variant, Words
from tactful.content.rules.letters.letter import Letter, declared, opened


def is_blocks(variant: Variant) -> bool:
    """Whether it is kept as sections of MJML, which nobody wants to read in a field of text."""
    return any(words.body.lstrip().startswith(("<mj-", "<mjml")) for words in variant.words.values())


def letter_of(words: Words, language: str) -> Letter:
    if words.is_blank:
        return Letter()
    return declared(opened(mail_source(words, language)), language)


def words_of(letter: Letter) -> Words:
    if letter.is_blank:
        return Words()
    values = {each.name: each.default or "" for each in letter.variables}
    return Words(
        subject=written(letter.subject, values),
        preheader=written(letter.preheader, values),
        body=written(letter.mjml(), values),
        nameless=values.get("given_name", ""),
    )
