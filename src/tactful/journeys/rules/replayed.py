"""What a replay found, line by line: who would have received what, and how that differs from what went out.

Pure. ``lines_of`` takes a tale apart; ``compare`` puts it beside what was really sent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tactful.gate.types import VerdictKind
from tactful.journeys.rules.mishaps import Mishap
from tactful.journeys.rules.tale import Fate, Look, Sending, Tale

SAME_MOMENT = timedelta(minutes=15)
"""The live worker takes its time; a message that went out a little later did not move."""


class RealSend(NamedTuple):
    """A message of this journey that really went out. ``key``: of its enrolment; ``touchpoint``: slug."""

    message_id: int
    contact: int
    key: str
    touchpoint: str
    template: str
    at: datetime


class ReplayLine(NamedTuple):
    """One message of the draft. ``at``: when it was sent, refused, cancelled …; None if it is still held.
    ``looks``: each answer of the gate that was no "yes", with its reasons. ``change``: same, moved, added,
    or "" for what was not sent; ``message_id`` and ``really_at``: the real message that it stands beside."""

    contact: int
    key: str
    entry_no: int
    visit: int
    step: str
    touchpoint: str
    template: str
    wanted_at: datetime
    at: datetime | None
    fate: Fate
    looks: tuple[Look, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    change: str = ""
    message_id: int | None = None
    really_at: datetime | None = None

    @property
    def holds(self) -> tuple[Look, ...]:
        return tuple(look for look in self.looks if look.kind is VerdictKind.HOLD)


class TaskSeen(NamedTuple):
    """A task that a person would have been given. ``answer``: what a person really answered to the same
    task then; "" if nobody did or it never came to be."""

    contact: int
    key: str
    step: str
    opened_at: datetime
    closed_at: datetime | None
    answer: str
    reason: str


class NotKnown(NamedTuple):
    """From here on nobody knows what this client's way would have been. ``what``: fact keys or codes."""

    contact: int
    key: str
    step: str
    what: tuple[str, ...]


@dataclass(slots=True)
class Replay:
    """``dropped``: really sent, and not by the draft. ``begun``: how many began. ``troubles``: (contact,
    key, words) of ways that could not be told. ``notes``: codes of what is not kept for anybody."""

    since: datetime
    until: datetime
    clients: int = 0
    begun: int = 0
    steps: int = 0
    events: int = 0
    lines: list[ReplayLine] = field(default_factory=list)
    dropped: list[RealSend] = field(default_factory=list)
    tasks: list[TaskSeen] = field(default_factory=list)
    not_known: list[NotKnown] = field(default_factory=list)
    troubles: list[tuple[int, str, str]] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """By fate, change and kind of mishap, with the number of those that were held at some time.
        A message with two mishaps counts in both."""
        found: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
        for line in self.lines:
            found[str(line.fate)] += 1
            found["once_held"] += bool(line.holds)
            found.update([line.change] if line.change else ())
            found.update({mishap.kind for mishap in line.mishaps})
        found.update(dropped=len(self.dropped), tasks=len(self.tasks), not_known=len(self.not_known))
        return dict(found)

    def held_by_reason(self) -> dict[str, int]:
        """By the code that decided: how many messages it held at least once."""
        return dict(
            Counter(
                code
                for line in self.lines
                for code in {look.reasons[0].code for look in line.holds if look.reasons}
            )
        )


ADDED_UP = (
    "clients", "begun", "steps", "events", "lines", "dropped", "tasks", "not_known", "troubles",
)  # fmt: skip


def together(parts: Sequence[Replay]) -> Replay:
    """The parts of one replay as one."""
    first = parts[0]
    whole = Replay(first.since, first.until, notes=first.notes)
    for part in parts:
        for name in ADDED_UP:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
    return whole


COUNTED = (*map(str, Fate), "once_held", "same", "moved", "added")


def line_of(sending: Sending, mishaps: tuple[Mishap, ...]) -> ReplayLine:
    walk, effect = sending.walk, sending.effect
    return ReplayLine(
        walk.contact, walk.key, walk.entry_no, effect.visit, sending.step, effect.touchpoint,
        effect.template, sending.wanted_at, sending.at, sending.fate, tuple(sending.looks), mishaps,
    )  # fmt: skip


def tasks_of(tale: Tale) -> list[TaskSeen]:
    return [
        TaskSeen(
            task.walk.contact, task.walk.key, task.step, task.opened_at, task.closed_at, task.answer,
            task.reason,
        )
        for task in tale.tasks
    ]  # fmt: skip


def not_known_of(tale: Tale) -> list[NotKnown]:
    return [
        NotKnown(walk.contact, walk.key, walk.state.step, walk.unknown) for walk in tale.walks if walk.unknown
    ]


def compare(lines: Iterable[ReplayLine], real: Iterable[RealSend]) -> tuple[list[ReplayLine], list[RealSend]]:
    """Lines with their ``change``, and what was dropped. Beside each other stand messages of one client,
    object and touchpoint: those of the same template in their order first, then the others in theirs."""
    given = list(lines)
    sent: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for place, line in enumerate(given):
        if line.fate is Fate.SENT:
            sent[line.contact, line.key, line.touchpoint].append(place)
    really: dict[tuple[int, str, str], list[RealSend]] = defaultdict(list)
    for each in sorted(real, key=lambda each: each.at):
        really[each.contact, each.key, each.touchpoint].append(each)
    pairs: dict[int, RealSend] = {}
    for which in sent.keys() & really.keys():
        places = sorted(sent[which], key=lambda place: given[place].at or given[place].wanted_at)
        pairs |= _paired(places, given, really[which])
    beside = {each.message_id for each in pairs.values()}
    dropped = [each for group in really.values() for each in group if each.message_id not in beside]
    return [_changed(line, pairs.get(place)) for place, line in enumerate(given)], dropped


def _paired(
    places: Sequence[int], lines: Sequence[ReplayLine], real: Sequence[RealSend]
) -> Mapping[int, RealSend]:
    pairs: dict[int, RealSend] = {}
    left = list(real)
    for same_template in (True, False):
        for place in places:
            fits = [each for each in left if not same_template or each.template == lines[place].template]
            if place not in pairs and fits:
                pairs[place] = fits[0]
                left.remove(fits[0])
    return pairs


def _changed(line: ReplayLine, real: RealSend | None) -> ReplayLine:
    if line.fate is not Fate.SENT or line.at is None:
        return line
    if real is None:
        return tuple.__new__(ReplayLine, (*line[:-3], "added", None, None))  # a fourth of ``_replace``
    change = "same" if abs(line.at - real.at) <= SAME_MOMENT else "moved"
    return line._replace(change=change, message_id=real.message_id, really_at=real.at)
