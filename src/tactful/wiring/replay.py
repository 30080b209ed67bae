"""A draft run over the past: who would have received what, by what was known then.

Set-based: the log is read once, in SQL filtered to the names that the draft uses; all that is known of
some thousand clients is read together and cut in memory (``wiring.past_reading``). What the replayed
journey itself sent and said is taken out; what others sent stays and counts, and so does every reply.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, groupby

from django.db import transaction

from tactful.contacts import queries as contacts
from tactful.contacts.queries import days
from tactful.events import queries as events
from tactful.events.queries import Stretch
from tactful.events.types import Fact
from tactful.foundation.collector import collected_by_hand
from tactful.gate.rules.codes import Wake
from tactful.journeys import queries as journeys
from tactful.journeys.rules.dates import ATTRIBUTE, MOVED, month_days, of_client
from tactful.journeys.rules.entry import by_calendar, entry_key
from tactful.journeys.rules.entry_events import STOP_WANTED, events_of
from tactful.journeys.rules.mishaps import Mishap, Signs, mishaps, signs_of
from tactful.journeys.rules.moves import Event
from tactful.journeys.rules.past import ClientPast
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.rules.replayed import (
    RealSend,
    Replay,
    ReplayLine,
    compare,
    line_of,
    not_known_of,
    tasks_of,
)
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Fate, Scene, Tale, Told
from tactful.journeys.types import Approval, DateEntry, Definition, RecurringEntry, Task, Webhook
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import TouchpointView
from tactful.wiring.bunches import ByContact, TakenPlaces, bunches
from tactful.wiring.past_reading import House, forget, members, read_clients, read_house, world_of
from tactful.wiring.really_sent import ANSWERED, CALLED, Own, Sent, event_of, read_sent, told_of

TOGETHER = 2_000  # clients whose past is in memory at a time
LATE = timedelta(days=7)  # what happened so long before the stretch, but was learned of in it, counts
WEEK = timedelta(days=7)  # caps look back so far
WAKES = tuple(map(str, Wake))
EVERYBODY = 10_000_000
MOVED_DAY = "moved_day"
NOTES = ("channels", "removed_addresses", "touchpoints", "delivered", "merging")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is the same for every client. ``journey_id``: of the one that is live, 0 for a new one."""

    plan: Plan
    stretch: Stretch
    journey_id: int
    signs: Signs
    house: House
    points: dict[str, TouchpointView]
    nobody: tuple[Told, ...]
    begun_by: frozenset[str]
    objects: Mapping[int, Sequence[str]]


@dataclass(slots=True)
class _Crowd:
    """Some thousand clients, and their facts in the order of learning."""

    ids: list[int] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@transaction.atomic
def replay(
    definition: Definition,
    *,
    since: datetime,
    until: datetime,
    progress: Progress | None = None,
    part: tuple[int, int] = (0, 1),
    among: Sequence[int] | None = None,
) -> Replay:
    """The draft over what we learned from ``since`` to ``until`` (at most the present). Reads only.

    ``progress`` is told how many clients are done, and of how many. ``part``: (number, of how many), for
    several processes; ``rules.replayed.together`` puts their answers together. ``among``: what ``whom`` says,
    if it has been asked.
    """
    setting = _set_up(compile_plan(definition), since, until)
    circles = contacts.circles(_whom(setting) if among is None else among)[part[0] :: part[1]]
    order = [ident for circle in circles for ident in circle]
    notes = (*NOTES, MOVED_DAY) if by_calendar(setting.plan) else NOTES
    result = Replay(since, until, clients=len(order), notes=notes)
    done = 0
    with collected_by_hand() as collect:
        for crowd in _crowds(circles, events.in_turn(setting.stretch, order)):
            _tell(crowd, setting, result)
            collect()
            done += len(crowd.ids)
            if progress is not None:
                progress(done, len(order))
    return result


def _whom(setting: _Setting) -> list[int]:
    """Clients for whom it may begin: something happened to them, they have an object with a date, or the
    calendar comes to their day."""
    plan, stretch = setting.plan, setting.stretch
    entry, names = plan.definition.entry, sorted(setting.begun_by)
    found = set(events.whom(_narrowed(stretch, names))) if names else set()
    if isinstance(entry, RecurringEntry):
        found |= set(days.everybody(0, EVERYBODY))
    elif isinstance(entry, DateEntry) and of_client(entry.of):
        length = (stretch.until - stretch.since + entry.earlier).days + 3
        near = [stretch.since.date() + timedelta(shift - 1) for shift in range(length)]
        written = month_days(near) if entry.yearly else [day.isoformat() for day in near]
        found |= set(days.with_day(entry.of.removeprefix(ATTRIBUTE), written, 0, EVERYBODY))
    elif isinstance(entry, DateEntry):
        found |= set(setting.objects)
    return sorted(found)


def _set_up(plan: Plan, since: datetime, until: datetime) -> _Setting:
    journey_id, live = journeys.live_plan(plan.definition.slug) or (0, None)
    signs = signs_of(plan, live)
    begun_by = events_of(plan.definition.entry)
    names = {*begun_by, STOP_WANTED, *plan.listens, *WAKES, *(look.event for look in signs.over)}
    if any(isinstance(step, Task | Approval) for step in plan.definition.steps):
        names.add(ANSWERED)
    if any(isinstance(step, Webhook) for step in plan.definition.steps):
        names.add(CALLED)
    stretch = Stretch(sorted(names), since - LATE, since, until)
    nobody = events.of_nobody(_narrowed(stretch, WAKES))
    return _Setting(
        plan=plan,
        stretch=stretch,
        journey_id=journey_id,
        signs=signs,
        house=read_house(since, until),
        points=touchpoints.views_of_all(),
        nobody=tuple(Told(fact.recorded_at, None, event_of(fact)) for fact in nobody),
        begun_by=begun_by,
        objects=_objects(plan, stretch),
    )


def _objects(plan: Plan, stretch: Stretch) -> Mapping[int, Sequence[str]]:
    """By contact, the objects of whose dates something was known."""
    entry = plan.definition.entry
    dated = isinstance(entry, DateEntry) and entry.key
    return journeys.objects_between(entry.key, stretch.since, stretch.until) if dated else {}


def _narrowed(stretch: Stretch, names: Sequence[str]) -> Stretch:
    return Stretch(names, stretch.earliest, stretch.since, stretch.until)


def _crowds(circles: Iterable[list[int]], facts: Iterator[Fact]) -> Iterator[_Crowd]:
    """Circles stay together; the facts come in the same order of contacts."""
    by_contact = groupby(facts, key=lambda fact: fact.contact_id)
    crowd, coming = _Crowd(), next(by_contact, None)
    for circle in circles:
        crowd.ids += circle
        for ident in circle:
            if coming is not None and coming[0] == ident:
                crowd.facts.extend(coming[1])
                coming = next(by_contact, None)
        if len(crowd.ids) >= TOGETHER:
            yield crowd
            crowd = _Crowd()
    if crowd.ids:
        yield crowd


def _tell(crowd: _Crowd, setting: _Setting, result: Replay) -> None:
    plan, stretch = setting.plan, setting.stretch
    beginning = [fact for fact in crowd.facts if fact.name in setting.begun_by]
    dated = _dated(crowd.ids, setting)
    keys = {key for fact in beginning if (key := entry_key(plan.key_field, event_of(fact)))}
    keys |= {str(told.event.data[plan.key_field]) for told in dated if told.event}
    clients = read_clients(crowd.ids, {f"{plan.key_field}={key}" for key in keys}, setting.house)
    own = _own(crowd.ids, {fact.id for fact in beginning}, setting)
    points = {view.id: view for view in setting.points.values()}
    sent = read_sent(members(list(clients.values())), own, points, stretch.since - WEEK)
    asked = {fact.data.get(_ASKER[fact.name]) for fact in crowd.facts if fact.name in _ASKER}
    steps = journeys.steps_of_visits([ident for ident in own.rows if ident in asked])
    scene = Scene(
        plan=plan,
        world=world_of(clients, setting.house),
        touchpoints=setting.points,
        journey_id=setting.journey_id,
        people=crowd.ids,
        since=stretch.since,
        keep_stays=False,
        earlier=own.earlier(),
    )
    told = ByContact[Told](chain(dated, told_of(crowd.facts, own, steps)))
    taken, really = TakenPlaces(sent.taken), ByContact[RealSend](sent.own)
    for bunch in bunches(crowd.ids, clients):
        heard = [*setting.nobody, *told.of(bunch)]
        tale = tell(replace(scene, people=bunch.ids), heard, stretch.until, taken.of(bunch))
        lines, dropped = compare(_lines(tale, clients, heard, sent, setting.signs), really.of(bunch))
        result.lines += lines
        result.dropped += dropped
        _note(tale, result)
    result.events += len(crowd.facts)
    forget(clients)


_ASKER = {ANSWERED: "subject_id", CALLED: "enrolment"}


def _dated(contact_ids: Sequence[int], setting: _Setting) -> list[Told]:
    """Dates of objects that were known before the stretch are told at its beginning; the facts say which.
    Whoever had their journey by then begins it once more only for a date that is far off."""
    entry, since = setting.plan.definition.entry, setting.stretch.since
    if not isinstance(entry, DateEntry) or not entry.key:
        return []
    known = setting.objects
    told: list[Told] = []
    for contact in contact_ids:
        for key in known.get(contact, ()):
            event = Event(f"{entry.key}.{MOVED}", -1 - len(told), since, {entry.key: key})
            told.append(Told(since, contact, event))
    return told


def _own(contact_ids: Sequence[int], triggers: set[int], setting: _Setting) -> Own:
    rows = journeys.past_enrolments(setting.journey_id, contact_ids) if setting.journey_id else []
    within = {row.id for row in rows if row.trigger_id in triggers}
    if setting.plan.starting:
        before = journeys.begun_before(setting.journey_id, contact_ids, setting.stretch.since)
        within = {row.id for row in rows if row.id not in before}
    return Own({row.id: row for row in rows}, within, setting.journey_id, setting.plan.definition.slug)


def _lines(
    tale: Tale, clients: dict[int, ClientPast], told: Sequence[Told], sent: Sent, signs: Signs
) -> Iterator[ReplayLine]:
    settling = {look.event for look in signs.over}
    events_of: dict[int, list[Event]] = defaultdict(list)
    for each in told:
        if each.contact is not None and each.event is not None and each.event.name in settling:
            events_of[each.contact].append(each.event)
    for sending in tale.sendings:
        wrong: tuple[Mishap, ...] = ()
        if sending.fate is Fate.SENT:
            contact = sending.walk.contact
            others = sent.others.get(contact, ())
            wrong = mishaps(sending, clients[contact], events_of.get(contact, ()), others, signs)
        yield line_of(sending, wrong)


def _note(tale: Tale, result: Replay) -> None:
    result.begun += sum(walk.begun for walk in tale.walks)
    result.steps += tale.steps
    result.tasks += tasks_of(tale)
    result.not_known += not_known_of(tale)
    result.troubles += [(walk.contact, walk.key, walk.trouble) for walk in tale.walks if walk.trouble]


def whom(definition: Definition, since: datetime, until: datetime) -> list[int]:
    """Clients whom a replay would walk; a look at an index."""
    return _whom(_set_up(compile_plan(definition), since, until))
