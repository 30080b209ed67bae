"""Stored tests: what a story should come to, and how what it came to differs from that. Pure.

Expected are lines such as ``{"message": "remind", "at": …}``, ``{"held": "remind", "at": …, "why":
"talk.question"}``, ``{"refused": "remind", "at": …}``, ``{"task": "call", "at": …}``, ``{"call": "tell"}``
for another system, ``{"start": "next"}`` and ``{"stop": "other"}`` for another journey, and
``{"no_message": "remind"}``. All but the last are complete: what is not among them is unexpected, but for
the kinds of which no line is given at all. ``within``: minutes by which the moment may differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tactful.gate.types import VerdictKind
from tactful.journeys.rules.given import NotGiven
from tactful.journeys.rules.moves import StartOther
from tactful.journeys.rules.tale import Fate, Tale

KINDS = ("message", "held", "refused", "task", "call", "start", "stop")
NO_MESSAGE = "no_message"


@dataclass(frozen=True, slots=True)
class Line:
    """``at`` None: at whatever moment. ``why``: a gate code, "" for any."""

    kind: str
    step: str
    at: datetime | None = None
    why: str = ""
    within: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Difference:
    """``code``: missing, unexpected, moved, forbidden, reason, unknown, trouble. ``line``: of what kind,
    step and moment it speaks; ``found``: the moment or code that was there instead."""

    code: str
    line: Line
    found: str = ""


def read_expected(rows: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Raises ``NotGiven``."""
    return tuple(_line(number, row) for number, row in enumerate(rows, 1))


def write_expected(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [_document(line) for line in lines]


def lines_of(tale: Tale) -> tuple[Line, ...]:
    """What a tale came to, in the order of time."""
    return tuple(sorted(_lines(tale), key=lambda line: line.at or datetime.min.replace(tzinfo=UTC)))


def differences(expected: Sequence[Line], tale: Tale) -> tuple[Difference, ...]:
    """Empty: it passes."""
    left = list(lines_of(tale))
    found = [*_unknowable(tale)]
    for line in expected:
        if line.kind == NO_MESSAGE:
            sent = [each for each in left if each.kind == "message" and each.step == line.step]
            found += [Difference("forbidden", each) for each in sent]
        else:
            found += _compared(line, left)
    kinds = {line.kind for line in expected}
    found += [Difference("unexpected", each) for each in left if each.kind in kinds]
    return tuple(found)


def _compared(line: Line, left: list[Line]) -> Iterator[Difference]:
    """Takes what fits best out of ``left``."""
    same = [each for each in left if each.kind == line.kind and each.step == line.step]
    if not same:
        yield Difference("missing", line)
        return
    best = min(same, key=lambda each: _apart(line, each))
    left.remove(best)
    if _apart(line, best) > line.within:
        yield Difference("moved", line, best.at.isoformat() if best.at else "")
    if line.why and line.why != best.why:
        yield Difference("reason", line, best.why)


def _apart(line: Line, other: Line) -> timedelta:
    return abs(line.at - other.at) if line.at and other.at else timedelta()


def _unknowable(tale: Tale) -> Iterator[Difference]:
    for walk in tale.walks:
        if walk.unknown:
            yield Difference("unknown", Line("", walk.state.step), ", ".join(walk.unknown))
        if walk.trouble:
            yield Difference("trouble", Line("", walk.state.step), walk.trouble)


def _lines(tale: Tale) -> Iterator[Line]:
    for sending in tale.sendings:
        holds = [look for look in sending.looks if look.kind is VerdictKind.HOLD]
        if holds:
            yield Line("held", sending.step, holds[0].at, holds[0].reasons[0].code)
        if sending.fate is Fate.SENT:
            yield Line("message", sending.step, sending.at)
        elif sending.fate in (Fate.REFUSED, Fate.EXPIRED):
            reasons = sending.looks[-1].reasons
            yield Line("refused", sending.step, sending.at, reasons[0].code if reasons else "")
    for task in tale.tasks:
        yield Line("task", task.step, task.opened_at)
    for call in tale.calls:
        yield Line("call", call.step, call.at)
    for other in tale.others:
        yield Line("start" if isinstance(other.effect, StartOther) else "stop", other.step, other.at)


def _line(number: int, row: Mapping[str, Any]) -> Line:
    kinds = [kind for kind in (*KINDS, NO_MESSAGE) if kind in row]
    if len(kinds) != 1:
        allowed = ", ".join((*KINDS, NO_MESSAGE))
        raise NotGiven(f"Expected line {number} must name exactly one of these: {allowed}.")
    at = row.get("at")
    try:
        moment = None if at is None else datetime.fromisoformat(str(at))
    except ValueError as error:
        raise NotGiven(f"Expected line {number}: “{at}” is no moment.") from error
    if moment is not None and moment.tzinfo is None:
        raise NotGiven(f"Expected line {number}: “{at}” has no offset. Write +01:00 or Z after it.")
    within = timedelta(minutes=int(row.get("within", 0)))
    return Line(kinds[0], str(row[kinds[0]]), moment, str(row.get("why", "")), within)


def _document(line: Line) -> dict[str, Any]:
    document: dict[str, Any] = {line.kind: line.step}
    if line.at is not None:
        document["at"] = line.at.isoformat()
    if line.why:
        document["why"] = line.why
    if line.within:
        document["within"] = int(line.within.total_seconds() // 60)
    return document
