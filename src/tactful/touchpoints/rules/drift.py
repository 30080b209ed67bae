"""What people do with messages, and on which side of the line that speaks for. Counts only; a person decides.

Messages that are mostly touched before they go out, or kept from going, take judgement. Answers that mostly
leave as a template, or in the very words of another one, are structural.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tactful.touchpoints.types import Line

ENOUGH = 8  # messages below which nothing is learned
MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one touchpoint, in a stretch of time. ``sent``: messages that went out there, whoever wrote them;
    ``lined``: with a line that a person added; ``stopped``: that a person kept from going; ``unedited``:
    of people's own, those in the words of a template or of another one."""

    touchpoint_id: int
    line: Line
    sent: int
    lined: int = 0
    stopped: int = 0
    unedited: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """``towards``: the side that the counts speak for. ``share``: of all, from 0 to 1."""

    seen: Seen
    towards: Line
    share: float


def drifts(seen: Iterable[Seen]) -> tuple[Drift, ...]:
    """The clearest first."""
    found = [drift for each in seen if (drift := _drift(each)) is not None]
    return tuple(sorted(found, key=lambda drift: (-drift.share, -drift.seen.sent, drift.seen.touchpoint_id)))


def _drift(seen: Seen) -> Drift | None:
    if seen.line is Line.STRUCTURAL:
        total, signs, towards = seen.sent + seen.stopped, seen.lined + seen.stopped, Line.JUDGEMENT
    else:
        total, signs, towards = seen.sent, seen.unedited, Line.STRUCTURAL
    if total < ENOUGH or signs < MOSTLY * total:
        return None
    return Drift(seen, towards, signs / total)
