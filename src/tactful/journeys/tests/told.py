"""Stories for tests, told with the real gate: stored tests of recipes, and worlds made of plain facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from tactful.delivery.types import CapScope
from tactful.gate.rules.told import NOT_SENSITIVE
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    BasisFact,
    BasisKind,
    ChannelFact,
    GateSettings,
    PlaceFact,
    StandingHoldFact,
)
from tactful.gate.types import Facts as GateFacts
from tactful.journeys.rules.dates import CANCELLED, object_fields, told_object
from tactful.journeys.rules.given import CLIENT, house_document, read_given, scene_of
from tactful.journeys.rules.moves import Event, Facts
from tactful.journeys.rules.past import ReadFact
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Fate, Letter, Scene, Tale, Told
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, MessageClass, TouchpointView

Test = Mapping[str, Any]
ALWAYS_OPEN = GateSettings(
    quiet_from=time(0), quiet_to=time(0), quiet_weekdays=frozenset(), quiet_holidays=False,
    contact_day=99, contact_week=99, grace_minutes=100_000,
)  # fmt: skip
SLUGS = ("request", "reminder", "thanks", "receipt", "tip")


def point(slug: str, kind: MessageClass = MessageClass.REMINDER) -> TouchpointView:
    return TouchpointView(1, slug, 1, Line.STRUCTURAL, kind, None, slug, slug)


POINTS = {slug: point(slug) for slug in SLUGS} | {
    row.slug: point(row.slug, row.message_class) for row in suggestions()
}


# A recipe's stored tests


@dataclass(frozen=True)
class Came:
    """``lines``: each message and task as (kind, step, moment). ``sent``: (moment, touchpoint). ``ended``:
    why the last way is over; "" while any goes on."""

    lines: list[tuple[str, str, datetime]]
    sent: list[tuple[datetime, str]]
    ended: str


def run(plan: Plan, test: Test) -> Came:
    """In a house that is always open; what nobody has said is not so."""
    given = read_given({"house": house_document(ALWAYS_OPEN), **test["given"]})
    client = given.world.clients[CLIENT]
    client.read = _not_so(client.read)
    tale = tell(scene_of(plan, given, POINTS), given.told, given.until, given.taken)
    sent = [(each.at, each) for each in tale.sendings if each.fate is Fate.SENT and each.at is not None]
    lines = [("message", each.step, at) for at, each in sent]
    lines += [("task", each.step, each.opened_at) for each in tale.tasks]
    begun = [walk for walk in tale.walks if walk.begun]
    ended = begun[-1].state.end_reason if begun and all(walk.over for walk in begun) else ""
    return Came(
        sorted(lines, key=lambda line: line[2]),
        [(at, each.effect.touchpoint) for at, each in sent],
        ended,
    )


def _not_so(read: ReadFact) -> ReadFact:
    def answer(key: str, at: datetime, known_by: datetime) -> Any:
        value = read(key, at, known_by)
        return None if value is UNKNOWN else value

    return answer


def expected(test: Test) -> list[tuple[str, str, datetime]]:
    """The messages and tasks that the test asks for; nothing else may come."""
    return [
        (kind, line[kind], datetime.fromisoformat(line["at"]))
        for line in test["expected"]
        for kind in ("message", "task")
        if kind in line
    ]


def forbidden(test: Test) -> set[str]:
    """The steps that must not send."""
    return {line["no_message"] for line in test["expected"] if "no_message" in line}


def fullest_week(sent: list[tuple[datetime, str]], counting: frozenset[str]) -> int:
    """The most messages at ``counting`` touchpoints within any seven days."""
    moments = [at for at, touchpoint in sent if touchpoint in counting]
    week = timedelta(days=7)
    return max((sum(at <= one < at + week for one in moments) for at in moments), default=0)


# A world of plain facts


@dataclass(frozen=True)
class Happened:
    """An event of the client, told at ``at``; ``since``: when it happened, if that was earlier."""

    at: datetime
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None

    @property
    def when(self) -> datetime:
        return self.since or self.at


def of_object(happened: Iterable[Happened], about: str, name: str, at: datetime) -> Any:
    """What is known of ``appointment=17`` at a moment: a later word counts for more, whenever it was told."""
    known: dict[str, tuple[datetime, Any]] = {}
    for each in happened:
        found = told_object(each.name, each.data) if each.at <= at else None
        if found is None or f"{found[0]}={found[1]}" != about:
            continue
        off = found[2] == CANCELLED
        said = {} if off else dict(object_fields(found[0], each.data))
        for word in [*known] if off else said:
            if word not in known or known[word][0] <= each.when:
                known[word] = (each.when, said.get(word))
    return known[name][1] if name in known else None


@dataclass(frozen=True)
class Plain:
    """``known``: facts by their whole key. ``held``: an order that holds everything until it expires."""

    known: Facts
    happened: Sequence[Happened]
    held: datetime | None = None

    def fact(self, contact: int, key: str, now: datetime) -> Any:
        assert contact == CLIENT
        name, _, about = key.partition(":")
        kind = name.partition(".")[0]
        of_its_own = about.startswith(f"{kind}=")
        return (
            of_object(self.happened, about, name.partition(".")[2], now)
            if of_its_own
            else self.known.get(key)
        )

    def gate_facts(self, letter: Letter, now: datetime) -> GateFacts:
        held = self.held is not None and now < self.held
        order = StandingHoldFact(1, "contact", "quiet", None, self.held, "recompute")
        return replace_standing(letter, (order,) if held else ())

    def scope(self, contact: int, now: datetime) -> CapScope | None:
        return CapScope(now.date(), now + timedelta(days=contact))

    def settings(self, now: datetime) -> GateSettings:
        assert now.tzinfo is not None
        return ALWAYS_OPEN


def replace_standing(letter: Letter, orders: tuple[StandingHoldFact, ...]) -> GateFacts:
    """Nothing stands against it but these orders."""
    return GateFacts(
        AddressState.USABLE, BasisFact(BasisKind.CONTRACT), letter.condition, (), (), (),
        PlaceFact(("UTC",), "NO"), letter.caps, ChannelFact(), NOT_SENSITIVE, orders,
    )  # fmt: skip


def tell_plainly(
    plan: Plan, happened: Sequence[Happened], world: Plain, until: datetime, since: datetime | None = None
) -> Tale:
    """``since``: from when on a journey that begins by the calendar looks for its day."""
    world = replace(world, happened=happened)
    scene = Scene(plan, world, POINTS)
    if since is not None:
        scene = replace(scene, people=(CLIENT,), since=since)
    told = [
        Told(each.at, CLIENT, Event(each.name, number, each.when, each.data))
        for number, each in enumerate(happened, 1)
    ]
    return tell(scene, sorted(told, key=lambda each: each.at), until)
