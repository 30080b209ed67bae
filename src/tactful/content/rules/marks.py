"""Liquid marks (``{{ … }}`` and ``{% … %}``) lifted out of a text before anything else reads it.

MJML and the HTML scanner see a short opaque token in each mark's place, so neither can misread, escape
or move what is inside.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"\{%-?\s*([#\w]*)")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
_PLAIN = re.compile(
    r"\{\{-?\s*(?P<name>[A-Za-z_]\w*)\s*(?:\|\s*default:\s*(?P<quote>[\"'])(?P<default>[^\"']*)(?P=quote)\s*)?"
    r"(?:\|\s*escape\s*)?-?\}\}"
)
# Plain ASCII, because mrml writes other signs in attributes as ``\\u{…}``. ``lift`` takes the word out of
# the author's text first, so only our own tokens are ever put back.
MARK_WORD = "TactfulMark"
_TOKEN = re.compile(f"{MARK_WORD}([0-9]+)End")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. ``name`` is the tag's name, or the variable of a plain output, or empty.

    ``plain``: ``{{ name }}``, with at most a literal default and ``escape``: it can be patched.
    """

    source: str
    line: int
    is_tag: bool
    name: str = ""
    default: str | None = None
    plain: bool = False

    @property
    def has_range(self) -> bool:
        return ".." in _STRING.sub("", self.source)

    @property
    def trims(self) -> bool:
        return self.source[2] == "-" or self.source[-3] == "-"


def find_marks(text: str) -> list[Mark]:
    line, at, marks = 1, 0, []
    for match in MARK.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        marks.append(_mark(match.group(), line))
    return marks


def lift(text: str, marks: list[Mark]) -> str:
    """``text`` with a token in each mark's place; the marks are added to ``marks``."""
    text = text.replace(MARK_WORD, "")
    found = find_marks(text)
    numbers = iter(range(len(marks), len(marks) + len(found)))
    marks.extend(found)
    return MARK.sub(lambda _: f"{MARK_WORD}{next(numbers)}End", text)


def split(text: str, marks: list[Mark]) -> Iterator[str | Mark]:
    """The words and marks of a lifted text, in order."""
    for index, piece in enumerate(_TOKEN.split(text)):
        if index % 2:
            yield marks[int(piece)]
        elif piece:
            yield piece


def all_plain(marks: Iterable[Mark]) -> bool:
    return all(mark.plain and not mark.trims for mark in marks)


def _mark(source: str, line: int) -> Mark:
    if source.startswith("{%"):
        tag = _TAG.match(source)
        return Mark(source, line, True, name=tag.group(1) if tag else "")
    plain = _PLAIN.fullmatch(source)
    if not plain:
        return Mark(source, line, False)
    return Mark(source, line, False, plain["name"], plain["default"], plain=True)
