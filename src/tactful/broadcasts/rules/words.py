"""Words of an owner as a mail: paragraphs, titles, lists and buttons become sections of MJML.

A blank line parts paragraphs. ``# Title`` is a title, lines that begin with ``- `` are a list, and a
paragraph that is nothing but ``[Book now](https://…)`` is a button; inside a sentence it is a link. Whoever
writes MJML has it taken as it is.
"""

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Final

from tactful.broadcasts.rules.fields import defaults, plain
from tactful.broadcasts.types import Words
from tactful.content.types import MailSource, Variable

BUTTON: Final = re.compile(r"\[([^\]\n]+)\]\(((?:https?://|mailto:|tel:)[^\s()<>\"]+)\)")
_UNWRITTEN: Final = re.compile("[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SECTION: Final = "<mj-section><mj-column>{}</mj-column></mj-section>"
OURSELVES: Final = {"nb": "oss", "en": "us"}
NAMELESS: Final = {"nb": "du", "en": "there"}
SAMPLES: Final = {"given_name": "Liv", "sender_name": "Kari Berg", "company": "Sandviken Keramikk"}


def mail_source(words: Words, language: str) -> MailSource:
    """A template; it may say ``{{ given_name }}``, ``{{ company }}``, who we are, and fields (``fields``)."""
    return MailSource(
        subject=plain(words.subject).strip(),
        preheader=plain(words.preheader).strip(),
        mjml=mjml(plain(words.body)),
        language=language,
        variables=_variables(words, language),
        unsubscribe=True,
    )


def mjml(body: str) -> str:
    """Sections of MJML; empty for an empty body."""
    text = _UNWRITTEN.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text or text.startswith(("<mj-", "<mjml")):
        return text
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    groups = groupby(blocks, lambda block: BUTTON.fullmatch(block.strip()) is not None)
    return _SECTION.format("".join(_buttons(found) if alone else _text(found) for alone, found in groups))


def _buttons(blocks: Iterable[str]) -> str:
    found = [BUTTON.fullmatch(block.strip()) for block in blocks]
    return "".join(
        f'<mj-button href="{escape(each[2])}">{_plain(each[1])}</mj-button>' for each in found if each
    )


def _text(blocks: Iterable[str]) -> str:
    return f"<mj-text>{''.join(map(_block, blocks))}</mj-text>"


def _block(block: str) -> str:
    lines = block.split("\n")
    if lines[0].startswith("# "):
        rest = "\n".join(lines[1:])
        return f"<h2>{_inline(lines[0][2:].strip())}</h2>" + (_block(rest) if rest.strip() else "")
    if all(line.lstrip().startswith("- ") for line in lines):
        items = "".join(f"<li>{_inline(line.lstrip()[2:].strip())}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(map(_inline, lines))}</p>"


def _inline(line: str) -> str:
    pieces, place = [], 0
    for link in BUTTON.finditer(line):
        pieces += [_plain(line[place : link.start()]), f'<a href="{escape(link[2])}">{_plain(link[1])}</a>']
        place = link.end()
    return "".join([*pieces, _plain(line[place:])])


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _variables(words: Words, language: str) -> tuple[Variable, ...]:
    nameless = words.nameless.strip() or NAMELESS[language]
    return (
        Variable("given_name", default=nameless, sample=SAMPLES["given_name"]),
        Variable("sender_name", default=OURSELVES[language], sample=SAMPLES["sender_name"]),
        Variable("company", default="", sample=SAMPLES["company"]),
        Variable("business", default=OURSELVES[language]),
        *(Variable(name, default, sample=default) for name, default in defaults(words).items()),
    )
