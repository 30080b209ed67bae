"""What a careful colleague would say about a letter before it goes out, and what one click can mend."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tactful.content.rules.contrast import READABLE, colour, contrast
from tactful.content.rules.letters.blocks import Block, Blocks, walk
from tactful.content.rules.letters.editing import at, put
from tactful.content.rules.letters.inline import Marks
from tactful.content.rules.letters.letter import Letter, texts_of
from tactful.kernel.marking import gettext_noop

LONGEST_SUBJECT: Final = 60
_VAGUE: Final = re.compile(
    r"(?:click|press|tap|read|see)? ?(?:here|this|more|link)|(?:klikk|trykk|les|se)? ?(?:her|mer|lenke)",
    re.IGNORECASE,
)
_LINKED: Final = re.compile(r"(?<!\\)\[([^\]\n]+)\]\(")
_PERSONAL: Final = re.compile(
    r"\b(?:just for you|only for you|personally|i was thinking of you|i thought of you|hand-?picked|"
    r"written (?:by me )?to you|i have looked at your|bare til deg|bare for deg|personlig|jeg tenkte på deg|"
    r"håndplukket|jeg har sett på (?:saken|regnskapet|timen) din)\b",
    re.IGNORECASE,
)
_OFFER: Final = re.compile(
    r"\b(?:offer|discount|sale|deal|newsletter|voucher|rabatt|salg|nyhetsbrev|kampanje|gavekort|"
    r"\d+ ?% (?:off|avslag))\b",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(r"<mj-(?:text|button)\b[^>]*>")
_COLOURS: Final = re.compile(r'\b(background-color|color)="(#[0-9a-fA-F]{6})"')

SENTENCES: Final[Mapping[str, str]] = {
    "no_alt": gettext_noop(
        "A picture has no words instead of it. Say what it shows, for whoever does not see it."
    ),
    "vague_link": gettext_noop("“%(words)s” does not say where the link leads. Name what stands behind it."),
    "capitals": gettext_noop(
        "“%(words)s” is all capitals, which looks like shouting, and spam filters think so too."
    ),
    "exclamation": gettext_noop("There are %(count)s exclamation marks. One is enough, none is calmer."),
    "long_subject": gettext_noop(
        "The subject has %(count)s letters, and a phone shows about %(limit)s. Say the main thing first."
    ),
    "low_contrast": gettext_noop(
        "%(one)s on %(other)s is hard to read. Choose a darker or a lighter colour."
    ),
    "only_images": gettext_noop(
        "There are only pictures. Write the main thing in words too: many mail programs do not show pictures."
    ),
    "heading_order": gettext_noop("The titles jump a step. Whoever listens to the mail loses the thread."),
    "no_unsubscribe": gettext_noop(
        "This reads like news or an offer, and nobody can unsubscribe from it. Add the link to its foot."
    ),
    "personal": gettext_noop(
        "“%(words)s” sounds as if a person had written to this one client, but automation sends it. "
        "Say what it is, or let a person write it."
    ),
    "empty_block": gettext_noop("A block has nothing in it. Fill it in or take it away."),
    "no_address": gettext_noop("“%(words)s” leads nowhere. Give it an address."),
}
WHY_NOT: Final[Mapping[str, str]] = {
    "whole": gettext_noop("It is a whole MJML document with a frame of its own."),
    "element": gettext_noop("It has <%(name)s> at a place where blocks have no such thing."),
    "attribute": gettext_noop("It sets “%(name)s” on <%(element)s>, which blocks do not."),
    "unclosed": gettext_noop("<%(name)s> is not closed where it should be."),
    "comment": gettext_noop("It has comments or instructions, which blocks do not keep."),
    "loose": gettext_noop("Words or {%% %%} stand outside paragraphs."),
    "address": gettext_noop("It has a link that blocks cannot hold: %(name)s."),
    "in_link": gettext_noop("It has a style inside a link."),
    "picture": gettext_noop("It has a picture without an address of the web."),
    "columns": gettext_noop("It has more than three columns beside each other."),
    "signature": gettext_noop("Its signature has other lines than a greeting and a name."),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """``path``: the block that it is about, or "" for the letter. ``mends``: whether ``mend`` can do it."""

    code: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    mends: bool = False

    @property
    def message(self) -> str:
        return SENTENCES[self.code]


def hints(letter: Letter, *, marketing: bool = False, by_person: bool = False) -> list[Hint]:
    """``marketing``: it is news, whatever it says. ``by_person``: not for automation."""
    return [
        *_of_subject(letter),
        *(hint for path, block in walk(letter.blocks) for hint in _of_block(path, block)),
        *_of_whole(letter, marketing, by_person),
    ]


def _of_subject(letter: Letter) -> Iterator[Hint]:
    plain = _words(letter.subject)
    if _shouts(plain):
        yield Hint("capitals", params={"words": plain}, mends=True)
    if len(letter.subject) > LONGEST_SUBJECT:
        yield Hint("long_subject", params={"count": str(len(letter.subject)), "limit": str(LONGEST_SUBJECT)})


def _of_block(path: str, block: Block) -> Iterator[Hint]:
    empty = _MAIN.get(block.kind)
    if empty and not block.fields[empty]:
        yield Hint("empty_block", path)
    elif block.kind == "image" and not block.fields["alt"]:
        yield Hint("no_alt", path)
    elif block.kind in ("heading", "text"):
        yield from _of_text(path, block.fields["text"])
    elif block.kind in ("button", "link"):
        yield from _of_button(path, block)


_MAIN: Final = {"heading": "text", "text": "text", "image": "src", "button": "label", "link": "label"}


def _of_text(path: str, text: str) -> Iterator[Hint]:
    for words in _LINKED.findall(text):
        if _VAGUE.fullmatch(words.strip()):
            yield Hint("vague_link", path, {"words": words})
    if _shouts(_words(text)):
        yield Hint("capitals", path, {"words": _words(text)[:40]}, mends=True)


def _of_button(path: str, block: Block) -> Iterator[Hint]:
    label, target = block.fields["label"], block.fields.get("href") or block.fields.get("name")
    if _VAGUE.fullmatch(label.strip()):
        yield Hint("vague_link", path, {"words": label})
    if not target:
        yield Hint("no_address", path, {"words": label})


def _of_whole(letter: Letter, marketing: bool, by_person: bool) -> Iterator[Hint]:
    words = " ".join([*texts_of(letter), letter.source or ""])
    count = words.count("!") - (letter.source or "").count("<!")
    if count > 1:
        yield Hint("exclamation", params={"count": str(count)}, mends=letter.source is None)
    if _mended_levels(letter.blocks) != letter.blocks:
        yield Hint("heading_order", mends=True)
    kinds = {block.kind for _, block in walk(letter.blocks)}
    if "image" in kinds and not kinds & {"text", "heading"}:
        yield Hint("only_images")
    if not letter.unsubscribe and (marketing or _OFFER.search(words)):
        yield Hint("no_unsubscribe", mends=True)
    personal = None if by_person else _PERSONAL.search(words)
    if personal:
        yield Hint("personal", params={"words": personal.group()})
    yield from _of_colours(letter.source or "")


def _of_colours(source: str) -> Iterator[Hint]:
    for tag in _PAIR.findall(source):
        given = dict(_COLOURS.findall(tag))
        usual = ("#ffffff", "#1c3b36") if tag.startswith("<mj-button") else ("#17211f", "#ffffff")
        one, other = colour(given.get("color", usual[0])), colour(given.get("background-color", usual[1]))
        if given and one and other and contrast(one, other) < READABLE:
            yield Hint("low_contrast", params={"one": one, "other": other})


def _words(text: str) -> str:
    marks = Marks()
    return re.sub("[\ue000-\uf8ff]", "", marks.lift(text)).strip()


def _shouts(text: str) -> bool:
    found = [each for each in text if each.isalpha()]
    return len(found) > 7 and all(each.isupper() for each in found)


def mend(letter: Letter, hint: Hint) -> Letter:
    """The letter without what the hint is about; the same where a person has to do it."""
    return _MENDS[hint.code](letter, hint) if hint.mends else letter


def _calm(letter: Letter, hint: Hint) -> Letter:
    if not hint.path:
        return replace(letter, subject=_lowered(letter.subject))
    return _changed(letter, hint.path, "text", _lowered)


def _lowered(text: str) -> str:
    marks = Marks()
    lifted = marks.lift(text).lower()
    first = re.search(r"[^\W\d_]", lifted)
    at = first.start() if first else 0
    return marks.put_back(lifted[:at] + lifted[at : at + 1].upper() + lifted[at + 1 :])


def _changed(letter: Letter, path: str, name: str, change: Callable[[str], str]) -> Letter:
    block = at(letter.blocks, path)
    fields = {**block.fields, name: change(block.fields[name])}
    return replace(letter, blocks=put(letter.blocks, path, replace(block, fields=fields)), text="")


def _calmer(letter: Letter, _hint: Hint) -> Letter:
    for path, block in walk(letter.blocks):
        for name in ("text", "label", "greeting"):
            if name in block.fields:
                letter = _changed(letter, path, name, _without_calls)
    return replace(letter, subject=_without_calls(letter.subject), preheader=_without_calls(letter.preheader))


def _without_calls(text: str) -> str:
    marks = Marks()
    return marks.put_back(re.sub("!+", ".", marks.lift(text)))


def _in_order(letter: Letter, _hint: Hint) -> Letter:
    return replace(letter, blocks=_mended_levels(letter.blocks), text="")


def _mended_levels(blocks: Blocks) -> Blocks:
    """No title is more than one step below the one before it; the first is of the first or second step."""
    last, found = 1, blocks
    for path, block in walk(blocks):
        if block.kind == "heading":
            last = min(int(block.fields["level"]), last + 1)
            if str(last) != block.fields["level"]:
                found = put(found, path, replace(block, fields={**block.fields, "level": str(last)}))
    return found


_MENDS: Final[Mapping[str, Callable[[Letter, Hint], Letter]]] = {
    "capitals": _calm,
    "exclamation": _calmer,
    "heading_order": _in_order,
    "no_unsubscribe": lambda letter, _hint: replace(letter, unsubscribe=True),
}
