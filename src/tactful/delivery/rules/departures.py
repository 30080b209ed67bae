"""The journal of departures: what left the house, told apart from the database, so that a restored backup
knows what has gone since (R13).

One JSON array a line. ``["M", id, attempt, at, contact, cause, cause_id, visit, touchpoint, template, due,
clearance, speaker]``: marked for sending, written before the wire; ``speaker`` is 0, or the message whose
words carry this one. ``["O", id, attempt, outcome]``: what became of it. ``["T", at]``: still here.
``["H", at]``: since then something may be missing. Moments are milliseconds since 1970 UTC.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

SENT, AMBIGUOUS = "sent", "ambiguous"
MADE_OF_ANOTHER = ("restored", "epoch")
"""Why nothing leaves a house that was made of a backup, or that is a copy: an owner has not said yet whether
it sends."""


@dataclass(frozen=True, slots=True)
class Departure:
    """``fate``: sent, or unknown where the journal ends before the answer. ``at``, ``due``: milliseconds."""

    id: int
    at: int
    contact: int
    cause: str
    cause_id: int | None
    visit: int | None
    touchpoint: int | None
    template: str
    due: int
    clearance: int
    fate: str


@dataclass(frozen=True, slots=True)
class Departures:
    """``known_until``: milliseconds; up to then nothing is missing. 0 where there is no journal."""

    gone: tuple[Departure, ...]
    known_until: int


def read(lines: Iterable[str], since: int) -> Departures:
    """What left at ``since`` or later. A torn last line counts as not written."""
    marks: dict[int, list[object]] = {}
    outcomes: dict[tuple[int, int], str] = {}
    until, hole = 0, 0
    for line in lines:
        row = _row(line)
        if row[:1] == ["M"] and len(row) == 13 and _number(row[3]) >= since:
            known = marks.get(_number(row[1]))
            if known is None or _number(row[2]) >= _number(known[2]):
                marks[_number(row[1])] = row
            until = max(until, _number(row[3]))
        elif row[:1] == ["O"] and len(row) == 4:
            outcomes[_number(row[1]), _number(row[2])] = str(row[3])
        elif row[:1] == ["T"] and len(row) == 2:
            until = max(until, _number(row[1]))
        elif row[:1] == ["H"] and len(row) == 2:
            hole = min(hole or _number(row[1]), _number(row[1])) if _number(row[1]) >= since else hole
    gone = (_departure(row, _fate(row, marks, outcomes)) for row in marks.values())
    return Departures(tuple(each for each in gone if each.fate), min(until, hole) if hole else until)


def _fate(row: list[object], marks: dict[int, list[object]], outcomes: dict[tuple[int, int], str]) -> str:
    """Who rides along goes the way of the message that speaks."""
    speaker = marks.get(_number(row[12])) if row[12] else row
    if speaker is None:
        return "unknown"
    outcome = outcomes.get((_number(speaker[1]), _number(speaker[2])), AMBIGUOUS)
    return {SENT: "sent", AMBIGUOUS: "unknown"}.get(outcome, "")


def _departure(row: list[object], fate: str) -> Departure:
    _, ident, _, at, contact, cause, cause_id, visit, touchpoint, template, due, clearance, _ = row
    return Departure(
        _number(ident), _number(at), _number(contact), str(cause), _perhaps(cause_id), _perhaps(visit),
        _perhaps(touchpoint), str(template), _number(due), _number(clearance), fate,
    )  # fmt: skip


def _row(line: str) -> list[object]:
    try:
        row = json.loads(line)
    except ValueError:
        return []
    return row if isinstance(row, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _perhaps(value: object) -> int | None:
    return value if isinstance(value, int) else None
