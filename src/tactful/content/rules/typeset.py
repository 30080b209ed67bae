"""A letter in the frame of a brand, before anybody's values are put in: words, places for values, and tags.

What MJML and our own frame make of a letter may be another thing after an upgrade; a mail that is tried again
must be the same. So this is kept as plain values, and a mail is built of what was kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from tactful.content.rules.escaping import Context
from tactful.content.rules.html_places import Slot
from tactful.content.rules.marks import Mark, find_marks

Piece = str | Slot | Mark
FORMAT = 1
"""Of ``as_json``. What another one says is not read: the letter is set anew."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """``html``, ``text``: both parts in order. ``boundary``: what stands between them."""

    html: tuple[Piece, ...]
    text: tuple[Piece, ...]
    boundary: str

    @property
    def marks(self) -> list[Mark]:
        pieces = (*self.html, *self.text)
        return [
            piece.mark if isinstance(piece, Slot) else piece for piece in pieces if not isinstance(piece, str)
        ]

    def as_json(self) -> dict[str, Any]:
        """A mark is what its author wrote; with it stands in which kind of place a value goes in."""
        parts = {"html": [_kept(piece) for piece in self.html], "text": [_kept(piece) for piece in self.text]}
        return {"format": FORMAT, "boundary": self.boundary, **parts}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self | None:
        """None for another format than ours."""
        if body.get("format") != FORMAT:
            return None
        return cls(_read(body["html"]), _read(body["text"]), body["boundary"])


def _kept(piece: Piece) -> Any:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Slot):
        return [piece.mark.source, str(piece.context)]
    return [piece.source]


def _read(parts: Sequence[Any]) -> tuple[Piece, ...]:
    return tuple(part if isinstance(part, str) else _mark(*part) for part in parts)


def _mark(source: str, context: str = "") -> Slot | Mark:
    (mark,) = find_marks(source)
    return Slot(mark, Context(context)) if context else mark
