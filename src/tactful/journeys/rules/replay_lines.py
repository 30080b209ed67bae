"""The lines of a replay as plain values that can be kept, put in lists, and read again. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tactful.gate.types import Check, Reason, VerdictKind
from tactful.journeys.rules.mishaps import INTO_COMPLAINT, INTO_QUESTION, KINDS, Mishap
from tactful.journeys.rules.replayed import NotKnown, RealSend, Replay, ReplayLine, TaskSeen
from tactful.journeys.rules.tale import Fate, Look

LINE, DROPPED, TASK, UNTOLD = "line", "dropped", "task", "untold"
HELD, UNSENT, WRONG, TROUBLE = "held", "unsent", "wrong", "trouble"
MARKS = (WRONG, *KINDS, "added", DROPPED, "moved", HELD, UNSENT, TASK, UNTOLD, TROUBLE, "same", "sent")
"""Names of the lists. ``wrong``: with any mishap; ``held``: at some time; ``unsent``: nothing came of it.
Those that were held stand in a list of their own for each kind of reason too: ``held:quiet``."""


class KeptLine(NamedTuple):
    """``body``: plain values; ``said_of`` makes a value of ``rules.replayed`` of it again."""

    contact: int
    at: datetime
    marks: tuple[str, ...]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a replay says, in numbers. ``counts``: as ``Replay.counts``, and how many stand in each list of
    ``MARKS``. ``held_by``: by the kind of reason, such as ``talk`` or ``quiet``. ``landed``: messages within
    24 hours of an unanswered question or into an open complaint. ``really``: how many were really sent."""

    begun: int
    clients: int
    events: int
    counts: Mapping[str, int]
    held_by: Mapping[str, int]
    landed: int
    really: int
    notes: tuple[str, ...]


def kept_lines(replay: Replay) -> Iterator[KeptLine]:
    """Every line, in the order of time."""
    lines = [
        *map(_line, replay.lines),
        *map(_dropped, replay.dropped),
        *map(_task, replay.tasks),
        *(_untold(each, replay) for each in replay.not_known),
        *(_trouble(each, replay) for each in replay.troubles),
    ]
    yield from sorted(lines, key=lambda line: (line.at, line.contact))


def summary_of(replay: Replay, lines: Sequence[KeptLine]) -> dict[str, Any]:
    """As plain values; ``read_summary`` reads it."""
    stand = Counter(mark for line in lines for mark in line.marks)
    held_by = {mark.removeprefix(BY): count for mark, count in stand.items() if mark.startswith(BY)}
    landed = sum(any(each.kind in LANDING for each in line.mishaps) for line in replay.lines)
    paired = sum(line.message_id is not None for line in replay.lines)
    return {
        "begun": replay.begun,
        "clients": replay.clients,
        "events": replay.events,
        "counts": replay.counts() | {mark: stand[mark] for mark in MARKS},
        "held_by": held_by,
        "landed": landed,
        "really": paired + len(replay.dropped),
        "notes": list(replay.notes),
    }


BY = "held:"
LANDING = (INTO_QUESTION, INTO_COMPLAINT)


def read_summary(body: Mapping[str, Any]) -> Summary:
    return Summary(
        body.get("begun", 0), body.get("clients", 0), body.get("events", 0), body.get("counts", {}),
        body.get("held_by", {}), body.get("landed", 0), body.get("really", 0), tuple(body.get("notes", ())),
    )  # fmt: skip


Said = ReplayLine | RealSend | TaskSeen | NotKnown


def said_of(contact: int, body: Mapping[str, Any]) -> Said:
    """The value that was kept. Trouble is a ``NotKnown`` whose only word is what went wrong."""
    return _READ[body["kind"]](contact, body)


def _line(line: ReplayLine) -> KeptLine:
    marks = [each.kind for each in line.mishaps]
    marks += [WRONG] if line.mishaps else []
    marks += ["sent" if line.fate is Fate.SENT else UNSENT]
    marks += [line.change] if line.change else []
    marks += [HELD] if line.holds else []
    marks += [f"{BY}{look.reasons[0].code.partition('.')[0]}" for look in line.holds if look.reasons]
    body = {
        "kind": LINE,
        "key": line.key,
        "entry": line.entry_no,
        "visit": line.visit,
        "step": line.step,
        "touchpoint": line.touchpoint,
        "template": line.template,
        "wanted": _text(line.wanted_at),
        "at": _text(line.at),
        "fate": str(line.fate),
        "looks": [_look(look) for look in line.looks],
        "mishaps": [[each.kind, _text(each.since), each.ref] for each in line.mishaps],
        "change": line.change,
        "message": line.message_id,
        "really": _text(line.really_at),
    }
    return KeptLine(line.contact, line.at or line.wanted_at, tuple(dict.fromkeys(marks)), body)


def _look(look: Look) -> dict[str, Any]:
    reasons = [
        [str(reason.check), reason.code, dict(reason.params), reason.owner_id] for reason in look.reasons
    ]
    return {"at": _text(look.at), "kind": str(look.kind), "until": _text(look.until), "reasons": reasons}


def _dropped(real: RealSend) -> KeptLine:
    body = {"kind": DROPPED, "key": real.key, "message": real.message_id, "touchpoint": real.touchpoint,
            "template": real.template, "at": _text(real.at)}  # fmt: skip
    return KeptLine(real.contact, real.at, (DROPPED,), body)


def _task(task: TaskSeen) -> KeptLine:
    body = {"kind": TASK, "key": task.key, "step": task.step, "at": _text(task.opened_at),
            "closed": _text(task.closed_at), "answer": task.answer, "reason": task.reason}  # fmt: skip
    return KeptLine(task.contact, task.opened_at, (TASK,), body)


def _untold(each: NotKnown, replay: Replay) -> KeptLine:
    body = {"kind": UNTOLD, "key": each.key, "step": each.step, "what": list(each.what)}
    return KeptLine(each.contact, replay.until, (UNTOLD,), body)


def _trouble(each: tuple[int, str, str], replay: Replay) -> KeptLine:
    contact, key, words = each
    body = {"kind": UNTOLD, "key": key, "step": "", "what": [words]}
    return KeptLine(contact, replay.until, (TROUBLE,), body)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _must(text: Any) -> datetime:
    return datetime.fromisoformat(text)


def _read_line(contact: int, body: Mapping[str, Any]) -> ReplayLine:
    return ReplayLine(
        contact, body["key"], body["entry"], body["visit"], body["step"], body["touchpoint"],
        body["template"], _must(body["wanted"]), _moment(body["at"]), Fate(body["fate"]),
        tuple(map(_read_look, body["looks"])),
        tuple(Mishap(kind, _must(since), ref) for kind, since, ref in body["mishaps"]),
        body["change"], body["message"], _moment(body["really"]),
    )  # fmt: skip


def _read_look(look: Mapping[str, Any]) -> Look:
    reasons = tuple(
        Reason(Check(check), code, params=params, owner_id=owner)
        for check, code, params, owner in look["reasons"]
    )
    return Look(_must(look["at"]), VerdictKind(look["kind"]), reasons, _moment(look["until"]))


def _read_dropped(contact: int, body: Mapping[str, Any]) -> RealSend:
    return RealSend(
        body["message"], contact, body["key"], body["touchpoint"], body["template"], _must(body["at"])
    )


def _read_task(contact: int, body: Mapping[str, Any]) -> TaskSeen:
    return TaskSeen(
        contact, body["key"], body["step"], _must(body["at"]), _moment(body["closed"]), body["answer"],
        body["reason"],
    )  # fmt: skip


def _read_untold(contact: int, body: Mapping[str, Any]) -> NotKnown:
    return NotKnown(contact, body["key"], body["step"], tuple(body["what"]))


_READ: Mapping[str, Callable[[int, Mapping[str, Any]], Said]] = {
    LINE: _read_line,
    DROPPED: _read_dropped,
    TASK: _read_task,
    UNTOLD: _read_untold,
}
