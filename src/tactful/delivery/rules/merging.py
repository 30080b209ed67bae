"""One voice a day: of the messages that may merge, one speaks and the others ride along or wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Voice:
    """``weight``: the lane, lower goes first. ``has_place``: its template can carry others' words.
    ``words``: what it would say in another's mail, "" if it cannot be said there."""

    id: int
    weight: int
    not_before: datetime
    has_place: bool
    words: str


@dataclass(frozen=True, slots=True)
class Choir:
    speaker: int
    merged: tuple[int, ...]
    waiting: tuple[int, ...]


def one_voice(voices: Sequence[Voice]) -> Choir:
    """The higher class speaks, then the earlier one. ``voices`` is not empty."""
    first, *others = sorted(voices, key=lambda voice: (voice.weight, voice.not_before, voice.id))
    return Choir(
        first.id,
        tuple(voice.id for voice in others if first.has_place and voice.words),
        tuple(voice.id for voice in others if not (first.has_place and voice.words)),
    )
