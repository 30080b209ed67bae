"""What a simulation or a stored test is given: one client, what was known of them, and what happened.

A document of plain JSON values (docs/reference/journeys.md, "Stored tests"). Moments are ISO 8601 with an
offset. It holds no name and no address: a client is where they live and what stood for or against writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any

from tactful.contacts.types import PlaceState
from tactful.delivery.types import CapScope
from tactful.gate.types import UNKNOWN, GateSettings, Standing
from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.rules.entry import begins_at
from tactful.journeys.rules.moves import Event
from tactful.journeys.rules.past import (
    AddressPast,
    ClientPast,
    FlagPast,
    GroundPast,
    OrderPast,
    PastWorld,
    TalkPast,
)
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.tale import Reply, Taken, Told
from tactful.journeys.types import CALENDAR_FACT, DateEntry
from tactful.kernel.calendars import is_holiday, zones_of
from tactful.kernel.spans import Span
from tactful.kernel.zones import local_day

CLIENT = 1  # the one of whom a story of this kind is told
SINCE = datetime(1970, 1, 1, tzinfo=UTC)
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
     "house", "until"}
)  # fmt: skip


class NotGiven(ValueError):
    """The document cannot be read; the sentence says where and what to do."""


@dataclass(frozen=True, slots=True)
class Given:
    world: PastWorld
    told: tuple[Told, ...]
    taken: tuple[Taken, ...]
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
    place = _place(document.get("client", {}))
    client = ClientPast(
        CLIENT,
        ((SINCE, place),),
        tuple(_talks(document["talks"]) if "talks" in document else _talks_of(events)),
        _grounds(document),
        tuple(FlagPast(_span(row), str(row["key"])) for row in document.get("flags", ())),
        _addresses(document),
        _reader(document, place),
    )
    orders = tuple(_order(row) for row in document.get("orders", ()))
    world = PastWorld({CLIENT: client}, ((SINCE, house_of(document.get("house", {}))),), orders)
    replies = tuple(
        Told(_moment(row, "at"), CLIENT, reply=Reply(str(row["step"]), str(row.get("answer", ""))))
        for row in document.get("replies", ())
    )
    told = tuple(sorted((*events, *replies), key=lambda each: each.at))
    return Given(world, told, tuple(_taken(document, place)), _moment(document, "until"))


def dated(plan: Plan, document: Mapping[str, Any]) -> list[Told]:
    """The beginnings of a journey that begins by a date, from the given facts. A date that moves before its
    moment has come begins nothing at the old one; a day of the client comes round in the year of ``from``."""
    entry = plan.definition.entry
    if not isinstance(entry, DateEntry):
        return []
    calendar = _calendar(_place(document.get("client", {})))
    rows = [row for row in document.get("facts", ()) if str(row["fact"]).partition(":")[0] == entry.of]
    told = []
    for number, row in enumerate(rows):
        since = _moment(row, "from", SINCE)
        ends = (
            _moment(rows[number + 1], "from", SINCE) if number + 1 < len(rows) else _moment(document, "until")
        )
        value = str(row.get("value"))
        if entry.of.startswith("contact."):
            value = f"{since.year}{value[4:]}"
        begins = begins_at(entry, value, calendar)
        if begins is not None and (at := max(begins, since)) <= ends:
            data = {entry.key: str(row["fact"]).partition("=")[2]} if entry.key else {}
            told.append(Told(at, CLIENT, begins=data))
    return told


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


def _reader(document: Mapping[str, Any], place: PlaceState) -> Any:
    rows = [_FactPast(_span(row), str(row["fact"]), row.get("value")) for row in document.get("facts", ())]
    calendar = _calendar(place)
    language = str(document.get("client", {}).get("language", ""))

    def read(key: str, at: datetime, known_by: datetime) -> Any:
        found = [row.value for row in rows if row.key == key and row.span.held(at, known_by)]
        if found:
            return found[-1]
        if key == CALENDAR_FACT:
            return calendar
        if key == "contact.language" and language:
            return language
        given = any(row.key == key for row in rows)
        return None if given or key.startswith("contact.attribute.") else UNKNOWN

    return read


def _calendar(place: PlaceState) -> Calendar:
    return ZoneCalendar(place.zones[0], lambda day: is_holiday(day, place.country, place.subdivision))
