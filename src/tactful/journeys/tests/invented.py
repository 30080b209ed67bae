"""Journeys and stories out of bytes: Hypothesis throws the dice, and whatever falls is a valid story.

One story is one journey and what happens to one client of it. Names of events and objects carry the
story's number, so that many stories can stand on one database side by side.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar

from tactful.journeys.rules.dates import CONTACT_UPDATED
from tactful.journeys.rules.definition import write
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.types import (
    CALENDAR_FACT,
    CLIENT_REPLIED,
    END,
    QUIET_FACT,
    AllOf,
    Answer,
    AnyOf,
    Approval,
    Arm,
    Branch,
    Compare,
    Condition,
    DateEntry,
    Definition,
    Delay,
    Entry,
    EventEntry,
    Exit,
    ExitRule,
    FormEntry,
    Goal,
    ManualEntry,
    MessageEntry,
    Not,
    Op,
    RecurringEntry,
    Reentry,
    ReentryMode,
    Ref,
    SegmentEntry,
    Send,
    Share,
    Source,
    Split,
    StartJourney,
    Step,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Text,
    Update,
    Values,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)

from .build import MONDAY, OSLO, hours
from .told import Happened, of_object

T = TypeVar("T")

BYTES = 256  # of which a story is made; most need half of them
STRIDE = timedelta(hours=12)  # moments that many stories share are walked together, and soon
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
IDS = ("a", "b", "c", "d", "e")
SLUGS = ("request", "reminder", "thanks", "receipt")
TOLD_TO_BEGIN = ("reply.received", "form.submitted", "segment.entered", "journey.start_wanted")
OPEN = Compare(Ref(Source.FACT, "house.open"), Op.HOLDS)
GOLD = Compare(Ref(Source.ATTRIBUTE, "tier"), Op.IS, "gold")
CONDITIONS: tuple[Condition, ...] = (
    OPEN,
    Not(OPEN),
    GOLD,
    Compare(Ref(Source.ENTRY, "amount"), Op.MORE_THAN, 2),
    AnyOf((Compare(Ref(Source.EVENT, "amount"), Op.AT_MOST, 3), OPEN)),
    AllOf((Compare(Ref(Source.ANSWER, "b"), Op.IS, "yes"), OPEN)),
)
VALUES: Values = {"amount": Ref(Source.ENTRY, "amount"), "said": "x"}
SAID = Text("X", "X")
_numbers = count(1_000_000)


class Dice:
    """``thrown_so_far``: how many were needed."""

    def __init__(self, thrown: bytes) -> None:
        self._thrown = iter(thrown)
        self.thrown_so_far = 0

    def upto(self, most: int, least: int = 0) -> int:
        self.thrown_so_far += 1
        return least + next(self._thrown, 0) % (most - least + 1)

    def pick(self, *among: T) -> T:
        return among[self.upto(len(among) - 1)]

    def make(self, *ways: Callable[[], T]) -> T:
        return self.pick(*ways)()

    def maybe(self, way: Callable[[], T]) -> T | None:
        return way() if self.upto(1) else None


class Night:
    """Quiet from 20 to 8 by the clock of Greenwich."""

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        opens = due if 8 <= due.hour < 20 else (due + DAY * (due.hour >= 20)).replace(hour=8, minute=0)
        return due if opens < before else (due - DAY * (due.hour < 8)).replace(hour=19, minute=59)


@dataclass(frozen=True)
class Fate:
    """What becomes of a message, task or call: ``strides`` until then, 0 at once and None never.
    ``end``: which of the possible ends."""

    strides: int | None
    end: int

    def moment(self, now: datetime) -> datetime | None:
        """Seven minutes past a stride, where nothing else happens."""
        if not self.strides:
            return None if self.strides is None else now
        return MONDAY + ((now - MONDAY) // STRIDE + self.strides) * STRIDE + 7 * MINUTE


@dataclass(repr=False)
class Story:
    """``fates``: of the messages in their order, and likewise of tasks and calls. ``opens``: the moment from
    which the fact ``house.open`` holds. ``born``: what the client's day of birth was said to be, and when.
    ``again``: places of what is told twice, the very same event, with those of the first time.
    ``thrown``: of what ``story_of`` makes it once more."""

    number: int
    definition: Definition
    told: list[Happened]
    fates: list[Fate]
    opens: datetime
    born: list[tuple[datetime, str]]
    again: Mapping[int, int]
    thrown: bytes = b""
    contact: int = field(default_factory=lambda: next(_numbers))
    version: int = 0
    journey: int = 0

    def __repr__(self) -> str:
        told = "\n".join(
            f"{each.at:%d %H:%M} ({each.when:%d %H:%M}) {each.name} {dict(each.data)}" for each in self.told
        )
        return f"{write(self.definition)}\n{told}\n{self.fates}\n{self.opens} {self.born}\n{self._again()}"

    def _again(self) -> str:
        """What makes this very story once more: the client's id decides on the ways of a split."""
        made = f"story_of({self.number}, bytes.fromhex({self.thrown.hex()!r}))"
        return f"replace({made}, contact={self.contact})" if self.thrown else ""

    def fact(self, key: str, at: datetime) -> Any:
        name, _, about = key.partition(":")
        if about and key.startswith("visit"):
            return of_object(self.told, about, name.partition(".")[2], at)
        known = {CALENDAR_FACT: OSLO, QUIET_FACT: Night(), "house.open": at >= self.opens,
                 "contact.attribute.born": self.day_of_birth(at), "contact.attribute.tier": "gold",
                 "contact.attribute.story": self.number}  # fmt: skip
        return known.get(name)

    def day_of_birth(self, at: datetime) -> str:
        return [day for since, day in self.born if since <= at][-1]


def story_of(number: int, thrown: bytes) -> Story:
    dice = Dice(thrown)
    made = definition_of(dice, number)
    born, plan = [(MONDAY - DAY, _birthday(dice))], compile_plan(made)
    opening = _opening(made, number)
    said = [*opening, *(_happening(dice, plan, number) for _ in range(dice.upto(9, 2)))]
    at, told, again = MONDAY, [], {}
    for place, (name, data) in enumerate(said):
        at += dice.upto(2 if place < len(opening) else 6) * STRIDE
        told.append(Happened(at, name, data, at - dice.pick(0, 0, 1, 2, 5) * STRIDE))
        if name == CONTACT_UPDATED:
            born.append((at, _birthday(dice)))
    if dice.upto(1):
        which = dice.upto(len(told) - 1)
        again[len(told)] = which
        told.append(replace(told[which], at=at + dice.upto(2) * STRIDE, since=told[which].when))
    fates = [Fate(dice.pick(None, 0, 1, 2, 4, 6), dice.upto(5)) for _ in range(4)]
    opens = MONDAY + dice.upto(20) * DAY
    return Story(number, made, told, fates, opens, born, again, thrown[: dice.thrown_so_far])


def _birthday(dice: Dice) -> str:
    return f"1980-03-{dice.upto(20, 5):02}"


# Journeys


def definition_of(dice: Dice, number: int) -> Definition:
    return Definition(
        f"story-{number}",
        Text("S", "S"),
        _entry(dice, number),
        tuple(_step(dice, place, number) for place in range(len(IDS))),
        reentry=Reentry(dice.pick(*ReentryMode), dice.pick(timedelta(), 2 * DAY)),
        goal=dice.maybe(lambda: Goal(_watch(dice), dice.pick("d", "e", END))),
        exits=tuple(_exits(dice)),
        stop_on_reply=not dice.upto(2),
    )


def _exits(dice: Dice) -> Iterator[ExitRule]:
    if dice.upto(1):
        yield dice.pick(ExitRule(Watch("left")), ExitRule(None, Not(GOLD)))


def _entry(dice: Dice, number: int) -> Entry:
    """Of each kind; those that look at everybody let only their own client in."""
    own = Compare(Ref(Source.ATTRIBUTE, "story"), Op.IS, number)
    mine = Compare(Ref(Source.EVENT, "story"), Op.IS, number)
    visit, earlier = f"visit{number}", dice.upto(4) * STRIDE
    ways: tuple[Callable[[], Entry], ...] = (
        lambda: EventEntry(f"wanted{number}", dice.maybe(lambda: OPEN), visit),
        lambda: MessageEntry("mail", mine),
        lambda: FormEntry(f"form-{number}"),
        lambda: SegmentEntry(f"segment-{number}"),
        lambda: ManualEntry(visit),
        *[lambda: DateEntry(f"{visit}.starts_at", earlier, visit, condition=dice.pick(None, None, OPEN))] * 3,
        lambda: DateEntry("contact.attribute.born", earlier, yearly=True, at=time(9), condition=own),
        lambda: RecurringEntry(dice.pick("FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=TH"), time(9),
                               (MONDAY + dice.upto(9, 3) * DAY).date(), own),
    )  # fmt: skip
    return dice.make(*ways)


def _watch(dice: Dice) -> Watch:
    condition = dice.maybe(lambda: dice.pick(*CONDITIONS))
    return Watch(dice.pick("viewed", "done"), dice.pick((), ("amount",)), condition)


def _delay(dice: Dice, number: int, least: int = 0) -> Delay:
    """``least``: days that it takes at any rate."""
    starts = Ref(Source.FACT, f"visit{number}.starts_at")
    return dice.make(
        lambda: Delay(days=dice.upto(4, max(1, least)), at=dice.pick(None, time(9))),
        lambda: Delay(elapsed=STRIDE * dice.upto(5, 2 * least + 1)),
        lambda: Delay(working_days=max(1, least)),
        lambda: Delay(at=time(14, 30)) if not least else Delay(days=least),
        *[lambda: Delay(until=starts, earlier=hours(3)) if not least else Delay(days=least)] * 2,
        lambda: Delay(until=date(2026, 3, 12), at=time(8)) if not least else Delay(days=least),
    )


def _step(dice: Dice, place: int, number: int) -> Step:
    """Ways lead forward; only a wait of two days and more may lead back."""
    who, later = IDS[place], (*IDS[place + 1 :], END)
    on, other = dice.pick(later[0], *later), dice.pick(*later)
    maybe = dice.pick(None, other)

    def delay() -> Delay:
        return _delay(dice, number)

    def asked() -> Condition:
        return dice.pick(*CONDITIONS)

    def webhook() -> Step:
        if dice.upto(1):
            return Webhook(who, on, "https://example.org/x", VALUES)
        return Webhook(who, on, "https://example.org/x", VALUES, delay(), maybe)

    def send() -> Step:
        point, true, latest = dice.pick(*SLUGS), dice.maybe(asked), dice.maybe(delay)
        return Send(who, on, point, "t", true, latest, if_not_sent=maybe)

    def wait_for() -> Step:
        return WaitFor(who, on, _watch(dice), delay(), other)

    def task() -> Step:
        yes, true = dice.pick((), (Answer("yes", SAID, other),)), dice.maybe(asked)
        return Task(who, on, TaskKind.CALL, SAID, "business_owner", true, yes, delay(), maybe)

    return dice.make(
        *(send, send, send),
        lambda: Wait(who, on, delay()),
        lambda: Wait(who, dice.pick(*IDS, END), _delay(dice, number, 2)),
        *(wait_for, wait_for, wait_for),
        lambda: Branch(who, on, (Arm(asked(), other), Arm(asked(), dice.pick(*later)))),
        *(task, task),
        lambda: Approval(who, on, SAID, "business_owner", other, delay(), maybe),
        lambda: Update(who, on, {"tier": "gold"}),
        lambda: Tag(who, on, ("vip",), ("old",)),
        lambda: Split(who, END, (Share(dice.upto(3, 1), on), Share(2, other, hold_out=True))),
        webhook,
        lambda: StartJourney(who, on, "another", VALUES),
        lambda: StopJourney(who, on, "another"),
        lambda: Exit(who),
    )  # fmt: skip


# What happens


def _opening(made: Definition, number: int) -> list[tuple[str, Mapping[str, Any]]]:
    """What begins it, so that most stories are about something."""
    starts = (MONDAY + 9 * DAY).isoformat()
    known = (f"visit{number}.dated", {f"visit{number}": "7", "starts_at": starts})
    names = sorted(events_of(made.entry) & {f"wanted{number}", *TOLD_TO_BEGIN})
    return [known, *((name, _beginning(number, "7")) for name in names)]


def _beginning(number: int, key: str) -> dict[str, Any]:
    """Fits every way in."""
    of_visit = {f"visit{number}": key, "amount": 3}
    return {"story": number, "channel": "mail", "form": f"form-{number}", "segment": f"segment-{number}",
            "start": f"story-{number}", "data": of_visit} | of_visit  # fmt: skip


def _happening(dice: Dice, plan: Plan, number: int) -> tuple[str, Mapping[str, Any]]:
    """Mostly something that this journey listens for."""
    visit, key = f"visit{number}", dice.pick("7", "7", "8")
    starts = {visit: key, "starts_at": (MONDAY + dice.upto(40) * STRIDE + hours(dice.pick(0, 3))).isoformat()}
    moved = (f"{visit}.{dice.pick('dated', 'moved', 'moved', 'cancelled')}", starts)
    begins = sorted(events_of(plan.definition.entry) & {f"wanted{number}", *TOLD_TO_BEGIN})
    begun = (dice.pick(*begins, *([] if begins else TOLD_TO_BEGIN)), _beginning(number, key))
    listened = sorted(plan.listens & {"viewed", "done", "left", CLIENT_REPLIED}) or ["viewed"]
    heard = (dice.pick(*listened), {"amount": dice.pick(3, 3, 4)})
    updated = (CONTACT_UPDATED, {"fields": ["born"]})
    dates = [moved] * 6 if f"{visit}.starts_at" in plan.moving else [updated] * 2
    stopped = ("journey.stop_wanted", {"stop": plan.definition.slug, "key": dice.pick("", key)})
    ways: list[tuple[str, Mapping[str, Any]]] = [heard, heard, heard, begun, begun, stopped, moved, updated]
    happening: tuple[str, Mapping[str, Any]] = dice.pick(*ways, *dates)
    return happening
