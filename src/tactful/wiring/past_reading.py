"""The past of many clients, read once from every floor: the world in which a replay is told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from tactful.channels.types import Channel
from tactful.contacts import queries as contacts
from tactful.contacts.queries import ContactPast
from tactful.engagements import queries as engagements
from tactful.engagements.queries import EngagementPast
from tactful.engagements.types import EngagementView
from tactful.foundation.queries import businesses_between
from tactful.gate.queries import StandingHold
from tactful.gate.types import UNKNOWN, GateSettings, PlaceFact, Standing
from tactful.inbox.queries import spells_of
from tactful.journeys import queries as journeys
from tactful.journeys.queries import ObjectPast
from tactful.journeys.rules.past import (
    AddressPast,
    ClientPast,
    FlagPast,
    GroundPast,
    OrderPast,
    PastWorld,
    TalkPast,
    complained_lately,
    has_basis,
    nothing_known,
)
from tactful.journeys.rules.quiet_hours import QuietHours
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT
from tactful.kernel.spans import Span
from tactful.touchpoints.types import Purpose
from tactful.wiring.gate_facts import settings_of
from tactful.wiring.object_facts import BEREAVED, COMPLAINED, CONSENT_FACT, IN_WORDS, TRUTHS, calendar_of

ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for all clients of a stretch. ``languages``: the house's own, over time."""

    settings: tuple[tuple[datetime, GateSettings], ...]
    languages: tuple[tuple[datetime, str], ...]
    orders: tuple[OrderPast, ...]

    def language(self, at: datetime) -> str:
        return next((each for since, each in reversed(self.languages) if since <= at), self.languages[0][1])

    def rules(self, at: datetime) -> GateSettings:
        return next((each for since, each in reversed(self.settings) if since <= at), self.settings[0][1])


def read_house(since: datetime, until: datetime) -> House:
    stood = businesses_between(since, until)
    return House(
        tuple((at, settings_of(business)) for at, business in stood),
        tuple((at, business.language) for at, business in stood),
        tuple(_orders(since, until)),
    )


def read_clients(ids: Collection[int], objects: Collection[str], house: House) -> dict[int, ClientPast]:
    """``objects``: those that may be asked about, such as ``engagement=17``."""
    people = contacts.contact_pasts(ids)
    talks = _talks(ids)
    wanted = {number for about in objects if (number := _engagement(about)) is not None}
    known = _Objects(
        engagements.pasts(wanted) if wanted else {},
        journeys.object_pasts([(kind, key) for kind, _, key in (each.partition("=") for each in objects)]),
    )
    return {ident: _client(past, talks.get(ident, ()), known, house) for ident, past in people.items()}


@dataclass(frozen=True, slots=True)
class _Objects:
    """``told``: objects of which only events tell, by kind and key."""

    engagements: Mapping[int, EngagementPast]
    told: Mapping[tuple[str, str], Sequence[ObjectPast]]


def _client(past: ContactPast, talks: Sequence[TalkPast], objects: _Objects, house: House) -> ClientPast:
    client = ClientPast(
        past.id,
        past.places(),
        tuple(talks),
        tuple(GroundPast(*ground) for ground in past.grounds),
        tuple(FlagPast(span, key) for span, key in past.flags),
        tuple(AddressPast(*address) for address in past.addresses),
    )
    client.read = _Reader(past, client, objects, house).read
    return client


def forget(clients: Mapping[int, ClientPast]) -> None:
    """A reader and the ways in which it reads hold each other. Let go of, they go when the crowd does, and no
    collector has to look for them."""
    for client in clients.values():
        if isinstance(reader := getattr(client.read, "__self__", None), _Reader):
            reader.readings.clear()
        client.read = nothing_known


def world_of(clients: Mapping[int, ClientPast], house: House) -> PastWorld:
    return PastWorld(clients, house.settings, house.orders)


def _talks(ids: Collection[int]) -> dict[int, list[TalkPast]]:
    found: dict[int, list[TalkPast]] = {}
    for contact, kind, ref, owner, due, waits, *span in spells_of(ids):
        found.setdefault(contact, []).append(TalkPast(Span(*span), kind, ref, owner, due, waits))
    return found


def _orders(since: datetime, until: datetime) -> Iterable[OrderPast]:
    for row in StandingHold.objects.filter(placed_at__lte=until).order_by("placed_at", "id"):
        ends = [at for at in (row.released_at, row.expires_at) if at is not None]
        end = min(ends, default=None)
        if end is None or end > since:
            order = Standing(
                row.id, row.scope, row.scope_id, row.topic, row.reason, row.owner_id, row.expires_at,
                row.on_release, row.placed_at,
            )  # fmt: skip
            yield OrderPast(Span(row.placed_at, end, row.recorded_at, end), order)


def _engagement(about: str) -> int | None:
    kind, _, number = about.partition("=")
    return int(number) if kind == ENGAGEMENT and number.isdigit() else None


Reading = Callable[[datetime, datetime], Any]
"""One fact at a moment, by what was known at another."""


def _unknown(_at: datetime, _known_by: datetime) -> Any:
    return UNKNOWN


def _once_for_each(past: EngagementPast, truth: Callable[[EngagementView], Any]) -> Reading:
    """A view is one object for as long as it looks the same; most questions come in the order of time."""
    last: EngagementView | None = None
    answer: Any = None

    def read(at: datetime, known_by: datetime) -> Any:
        nonlocal last, answer
        view = past.view(at, known_by)
        if view is not last:
            last, answer = view, truth(view)
        return answer

    return read


@dataclass(slots=True)
class _Reader:
    """Facts by key about one client, as ``wiring.object_facts`` gives them now. A story asks for the same
    few keys again and again: what a key means is found out once."""

    past: ContactPast
    client: ClientPast
    objects: _Objects
    house: House
    readings: dict[str, Reading] = field(default_factory=dict)

    def read(self, key: str, at: datetime, known_by: datetime) -> Any:
        reading = self.readings.get(key)
        if reading is None:
            family = _FAMILIES.get(key.partition(".")[0], _Reader.told)
            reading = self.readings[key] = family(self, key)
        return reading(at, known_by)

    def contact(self, key: str) -> Reading:
        name = key.removeprefix("contact.")
        if name.startswith("attribute."):
            return partial(self.past.attribute, name.removeprefix("attribute."))
        if name == "name":
            return lambda _at, _known_by: self.past.name
        if key in _DELICATE:
            return partial(_DELICATE[key], self)
        return partial(self._column, name) if name in ("language", "tier") else _unknown

    def _column(self, name: str, at: datetime, known_by: datetime) -> Any:
        value = self.past.column(name, at, known_by)
        if value is None:
            return UNKNOWN
        return value or (self.house.language(at) if name == "language" else value)

    def calendar(self, key: str) -> Reading:
        if key == QUIET_FACT:
            return self._quiet_hours
        return self._calendar if key == CALENDAR_FACT else _unknown

    def _quiet_hours(self, at: datetime, _known_by: datetime) -> Any:
        place = self.client.place(at)
        if place is None:
            return UNKNOWN
        return _quiet(PlaceFact(place.zones, place.country, place.subdivision), self.house.rules(at))

    def _calendar(self, at: datetime, _known_by: datetime) -> Any:
        place = self.client.place(at)
        return UNKNOWN if place is None else calendar_of(place.zones[0], place.country, place.subdivision)

    def told(self, key: str) -> Reading:
        """As ``object_facts`` reads it: None when the object is off, UNKNOWN when nobody tells of it."""
        name, _, about = key.partition(":")
        kind, _, ident = about.partition("=")
        owner, _, wanted = name.partition(".")
        rows = self.objects.told.get((kind, ident)) if kind == owner else None
        if not rows or rows[0].contact_id != self.past.id:
            return _unknown
        said = [row for row in rows if row.field == wanted]

        def read(at: datetime, known_by: datetime) -> Any:
            held = [row.value for row in said if row.span.held(at, known_by)]
            return held[-1] if held else None

        return read

    def bereaved(self, at: datetime, _known_by: datetime) -> bool:
        return any(flag.key == "bereaved" and flag.span.held(at, at) for flag in self.client.flags)

    def complained(self, at: datetime, _known_by: datetime) -> bool:
        return complained_lately(self.client, at, self.house.rules(at).mood_days)

    def consented(self, at: datetime, _known_by: datetime) -> bool:
        return has_basis(self.client, Purpose.MARKETING, Channel.MAIL, at)

    def engagement(self, key: str) -> Reading:
        name, _, about = key.partition(":")
        past = self.objects.engagements.get(_engagement(about) or 0)
        if past is None or past.today.contact_id != self.past.id:
            return _unknown
        if name in TRUTHS:
            return _once_for_each(past, TRUTHS[name])
        return partial(self._in_words, past, name) if name in IN_WORDS else _unknown

    def _in_words(self, past: EngagementPast, name: str, at: datetime, known_by: datetime) -> Any:
        language = self.past.column("language", at, known_by) or self.house.language(at)
        return IN_WORDS[name](past.view(at, known_by), language)


_DELICATE: Mapping[str, Callable[[_Reader, datetime, datetime], bool]] = {
    BEREAVED: _Reader.bereaved,
    COMPLAINED: _Reader.complained,
    CONSENT_FACT: _Reader.consented,
}
_FAMILIES: Mapping[str, Callable[[_Reader, str], Reading]] = {
    "contact": _Reader.contact,
    "calendar": _Reader.calendar,
    "documents": _Reader.engagement,
    "engagement": _Reader.engagement,
}


@lru_cache(maxsize=1024)
def _quiet(place: PlaceFact, settings: GateSettings) -> QuietHours:
    return QuietHours(place, settings)


def members(clients: Sequence[ClientPast]) -> set[int]:
    """Everybody whose messages count in the caps of these clients."""
    places = [place for client in clients for _, place in client.places if place is not None]
    households = {place.household_id for place in places if place.household_id is not None}
    companies = {place.company_id for place in places if place.company_id is not None}
    ids = {client.id for client in clients}
    return contacts.neighbours(ids, households, companies) if households or companies else ids
