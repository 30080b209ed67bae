"""What a simulation or a stored test is given: one client, what was known of them, and what happened.

A document of plain JSON values (docs/reference/journeys.md, "Stored tests"). Moments are ISO 8601 with an
offset. It holds no name and no address: a client is where they live and what stood for or against writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tactful.contacts.types import PlaceState
from tactful.delivery.types import CapScope
from tactful.gate.types import UNKNOWN, GateSettings, PlaceFact, Standing
from tactful.journeys.rules.calendar import Calendar, Quiet, ZoneCalendar
from tactful.journeys.rules.dates import (
    ATTRIBUTE,
    CANCELLED,
    CONTACT_UPDATED,
    object_fields,
    of_client,
    told_object,
)
from tactful.journeys.rules.moves import Event
from tactful.journeys.rules.past import (
    AddressPast,
    ClientPast,
    FlagPast,
    GroundPast,
    OrderPast,
    PastWorld,
    ReadFact,
    TalkPast,
)
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.quiet_hours import QuietHours
from tactful.journeys.rules.tale import Answered, Reply, Scene, Taken, Told
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT
from tactful.kernel.calendars import is_holiday, zones_of
from tactful.kernel.spans import Span
from tactful.kernel.zones import local_day
from tactful.touchpoints.types import TouchpointView

CLIENT = 1  # the one of whom a story of this kind is told
SINCE = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK = timedelta(days=366)  # before the end, where nothing says when a story begins
BEGINS = {
    "conversation.opened": "conversation",
    "question.asked": "question",
    "handoff.taken": "handoff",
    "complaint.opened": "complaint",
    "promise.made": "promise",
}
ENDS = {
    "conversation.closed": "conversation",
    "question.answered": "question",
    "handoff.returned": "handoff",
    "complaint.closed": "complaint",
    "promise.kept": "promise",
}
PARTS = frozenset(
    {"client", "facts", "grounds", "addresses", "flags", "talks", "orders", "others", "events", "replies",
     "answers", "house", "since", "until"}
)  # fmt: skip


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class NotGiven(ValueError):
    """The document cannot be read; the sentence says where and what to do."""


@dataclass(frozen=True, slots=True)
class Given:
    """``since``: from when on a journey that begins by the calendar looks for its day."""

    world: PastWorld
    told: tuple[Told, ...]
    taken: tuple[Taken, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _FactPast:
    span: Span
    key: str
    value: Any


def read_given(document: Mapping[str, Any]) -> Given:
    """Raises ``NotGiven``."""
    unknown = sorted(document.keys() - PARTS)
    if unknown:
        raise NotGiven(f"“{unknown[0]}” is not known here. Known are: {', '.join(sorted(PARTS))}.")
    events = tuple(_events(document.get("events", ())))
    place, house = _place(document.get("client", {})), house_of(document.get("house", {}))
    client = ClientPast(
        CLIENT,
        ((SINCE, place),),
        tuple(_talks(document["talks"]) if "talks" in document else _talks_of(events)),
        _grounds(document),
        tuple(FlagPast(_span(row), str(row["key"])) for row in document.get("flags", ())),
        _addresses(document),
        _reader(document, events, {CALENDAR_FACT: _calendar(place), QUIET_FACT: _quiet(place, house)}),
    )
    orders = tuple(_order(row) for row in document.get("orders", ()))
    world = PastWorld({CLIENT: client}, ((SINCE, house),), orders)
    replies = tuple(
        Told(_moment(row, "at"), CLIENT, reply=Reply(str(row["step"]), str(row.get("answer", ""))))
        for row in document.get("replies", ())
    )
    told = tuple(
        sorted((*events, *replies, *_answers(document), *_changes(document)), key=lambda each: each.at)
    )
    until = _moment(document, "until")
    if not EARLIEST <= until <= LATEST:
        raise NotGiven("“until” lies too far away. Take a moment between 1970 and 2200.")
    since = _moment(document, "since", min((each.at for each in told), default=until - _LOOK))
    return Given(world, told, tuple(_taken(document, place)), since, until)


def scene_of(plan: Plan, given: Given, touchpoints: Mapping[str, TouchpointView]) -> Scene:
    return Scene(plan, given.world, touchpoints, people=(CLIENT,), since=given.since)


def house_of(given: Mapping[str, Any]) -> GateSettings:
    """The house's rules from plain values; what is left out stands as by default."""
    known = {field.name for field in fields(GateSettings)}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise NotGiven(f"“{unknown[0]}” is no rule of the house. Known are: {', '.join(sorted(known))}.")
    return GateSettings(**{name: _setting(name, value) for name, value in given.items()})


def house_document(settings: GateSettings) -> dict[str, Any]:
    """The other way: what differs from the defaults, as plain values."""
    default = GateSettings()
    return {
        field.name: _plain(getattr(settings, field.name))
        for field in fields(GateSettings)
        if getattr(settings, field.name) != getattr(default, field.name)
    }


def _setting(name: str, value: Any) -> Any:
    default = getattr(GateSettings(), name)
    if isinstance(default, time):
        return time.fromisoformat(value)
    if name == "extra_quiet_days":
        return frozenset(date.fromisoformat(day) for day in value)
    return frozenset(value) if isinstance(default, frozenset) else value


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(_plain(each) for each in value)
    return value.isoformat() if isinstance(value, time | date) else value


def _moment(row: Mapping[str, Any], name: str, default: datetime | None = None) -> datetime:
    given = row.get(name)
    if given is None and default is not None:
        return default
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError as error:
        raise NotGiven(f"“{name}: {given}” is no moment. Write it as 2027-03-31T09:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise NotGiven(f"“{name}: {given}” has no offset. Write it as 2027-03-31T09:00:00+01:00.")
    return moment.astimezone(UTC)


def _span(row: Mapping[str, Any]) -> Span:
    """``from``, ``to``, and where they were learned of later ``learned`` and ``end_learned``."""
    since = _moment(row, "from", SINCE)
    to_at = _moment(row, "to") if row.get("to") is not None else None
    end = _moment(row, "end_learned", to_at) if to_at is not None else None
    return Span(since, to_at, _moment(row, "learned", since), end)


def _place(row: Mapping[str, Any]) -> PlaceState:
    country = str(row.get("country", "NO"))
    zones = (str(row["zone"]),) if row.get("zone") else zones_of(country) or ("UTC",)
    return PlaceState(
        zones, country, str(row.get("subdivision", "")), row.get("household"), row.get("company")
    )


def _grounds(document: Mapping[str, Any]) -> tuple[GroundPast, ...]:
    rows = document.get("grounds", ({"purpose": "service", "kind": "contract"},))
    return tuple(
        GroundPast(_span(row), str(row["purpose"]), str(row.get("channel", "mail")), str(row["kind"]))
        for row in rows
    )


def _addresses(document: Mapping[str, Any]) -> tuple[AddressPast, ...]:
    rows = document.get("addresses", ({},))
    return tuple(
        AddressPast(
            str(row.get("channel", "mail")),
            _moment(row, "added", SINCE),
            tuple(
                (_span(each), str(each.get("scope", "all")), str(each["reason"]))
                for each in row.get("against", ())
            ),
        )
        for row in rows
    )


def _talks(rows: Sequence[Mapping[str, Any]]) -> Iterator[TalkPast]:
    for number, row in enumerate(rows, 1):
        due = _moment(row, "due") if row.get("due") is not None else None
        yield TalkPast(
            _span(row), str(row["kind"]), int(row.get("ref", number)), row.get("owner"), due,
            bool(row.get("waits_on_client", False)),
        )  # fmt: skip


def _talks_of(events: Sequence[Told]) -> Iterator[TalkPast]:
    """The talks that events of their own names begin and end, where none are given."""
    begun: dict[str, list[datetime]] = {}
    made: list[TalkPast] = []
    for told in events:
        name = told.event.name if told.event else ""
        if name in BEGINS:
            begun.setdefault(BEGINS[name], []).append(told.at)
        elif name in ENDS:
            for at in begun.pop(ENDS[name], ()):
                made.append(TalkPast(Span(at, told.at, at, told.at), ENDS[name], len(made) + 1))
        elif name == "mood.noted" and told.event:
            kind = str(told.event.data.get("kind", "negative"))
            made.append(TalkPast(Span(told.at, None, told.at, None), kind, len(made) + 1))
    for kind, moments in begun.items():
        made += [TalkPast(Span(at, None, at, None), kind, len(made) + 1) for at in moments]
    yield from sorted(made, key=lambda talk: talk.span.from_at)


def _order(row: Mapping[str, Any]) -> OrderPast:
    span = _span(row)
    expires = _moment(row, "expires") if row.get("expires") is not None else None
    scope = str(row.get("scope", "contact"))
    about = CLIENT if scope == "contact" else row.get("about")
    order = Standing(
        int(row.get("ref", 1)), scope, about, str(row.get("topic", "")), str(row.get("reason", "")),
        row.get("owner"), expires, str(row.get("on_release", "recompute")), span.from_at,
    )  # fmt: skip
    return OrderPast(span, order)


def _events(rows: Sequence[Mapping[str, Any]]) -> Iterator[Told]:
    for number, row in enumerate(rows, 1):
        if "name" not in row:
            raise NotGiven(f"Event {number} has no “name”. Write what happened, such as reply.received.")
        at = _moment(row, "at")
        event = Event(str(row["name"]), int(row.get("id", number)), at, row.get("data", {}))
        yield Told(_moment(row, "learned", at), CLIENT, event)


def _taken(document: Mapping[str, Any], place: PlaceState) -> Iterator[Taken]:
    """Other messages that went out and count. ``contact``: whose, if not this client's."""
    for row in document.get("others", ()):
        at = _moment(row, "at")
        scope = CapScope(local_day(at, place.zones[0]), at, row.get("household"), row.get("company"))
        yield Taken(at, int(row.get("contact", CLIENT)), scope)


def _answers(document: Mapping[str, Any]) -> Iterator[Told]:
    """Of other systems. ``ok`` false: it said no; ``data``: the fields of what it said."""
    for row in document.get("answers", ()):
        answer = Answered(str(row["step"]), bool(row.get("ok", True)), row.get("data", {}))
        yield Told(_moment(row, "at"), CLIENT, call=answer)


def _changes(document: Mapping[str, Any]) -> Iterator[Told]:
    """What is given of the client from some moment on is a change that is told."""
    for number, row in enumerate(document.get("facts", ()), 1):
        name = str(row["fact"])
        if of_client(name) and row.get("from") is not None:
            since, learned = _moment(row, "from"), _moment(row, "learned", _moment(row, "from"))
            data = {"fields": [name.removeprefix(ATTRIBUTE)]}
            yield Told(learned, CLIENT, Event(CONTACT_UPDATED, -number, since, data))


def _told_of_objects(events: Sequence[Told]) -> Iterator[_FactPast]:
    """What events say of objects; an object that is off has no values any more."""
    known: dict[str, set[str]] = {}
    for told in events:
        found = told_object(told.event.name, told.event.data) if told.event else None
        if found is None or told.event is None:
            continue
        kind, key, verb = found
        about, span = f"{kind}={key}", Span(told.event.at, None, told.at, None)
        fields = dict(object_fields(kind, told.event.data)) if verb != CANCELLED else {}
        names = known.setdefault(about, set()) | fields.keys()
        known[about] = names
        for name in fields if verb != CANCELLED else names:
            yield _FactPast(span, f"{kind}.{name}:{about}", fields.get(name))


def _reader(document: Mapping[str, Any], events: Sequence[Told], place: Mapping[str, Any]) -> ReadFact:
    rows = [_FactPast(_span(row), str(row["fact"]), row.get("value")) for row in document.get("facts", ())]
    of_objects = sorted(_told_of_objects(events), key=lambda row: row.span.from_at)
    objects = {row.key.partition(":")[2] for row in of_objects}
    language = str(document.get("client", {}).get("language", ""))
    named = {row.key for row in rows}

    def read(key: str, at: datetime, known_by: datetime) -> Any:
        source = rows if key in named else of_objects
        found = [row.value for row in source if row.key == key and row.span.held(at, known_by)]
        if found:
            return found[-1]
        if key in place:
            return place[key]
        if key == "contact.language" and language:
            return language
        known = key in named or key.startswith(ATTRIBUTE) or key.partition(":")[2] in objects
        return None if known else UNKNOWN

    return read


def _calendar(place: PlaceState) -> Calendar:
    return ZoneCalendar(place.zones[0], lambda day: is_holiday(day, place.country, place.subdivision))


def _quiet(place: PlaceState, house: GateSettings) -> Quiet:
    return QuietHours(PlaceFact(place.zones, place.country, place.subdivision), house)
