"""The past of many clients, read once from every floor: the world in which a replay is told."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from tactful.contacts import queries as contacts
from tactful.contacts.queries import ContactPast
from tactful.engagements import queries as engagements
from tactful.engagements.queries import EngagementPast
from tactful.foundation.queries import businesses_between
from tactful.gate.queries import StandingHold
from tactful.gate.types import UNKNOWN, GateSettings, Standing
from tactful.inbox.queries import TalkSpell
from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.rules.past import (
    AddressPast,
    ClientPast,
    FlagPast,
    GroundPast,
    OrderPast,
    PastWorld,
    TalkPast,
)
from tactful.journeys.types import CALENDAR_FACT
from tactful.kernel.calendars import is_holiday
from tactful.kernel.spans import Span
from tactful.wiring.gate_facts import settings_of
from tactful.wiring.object_facts import IN_WORDS, TRUTHS

ENGAGEMENT = "engagement"
SPAN = ("from_at", "to_at", "recorded_at", "end_recorded_at")


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for all clients of a stretch. ``languages``: the house's own, over time."""

    settings: tuple[tuple[datetime, GateSettings], ...]
    languages: tuple[tuple[datetime, str], ...]
    orders: tuple[OrderPast, ...]

    def language(self, at: datetime) -> str:
        return next((each for since, each in reversed(self.languages) if since <= at), self.languages[0][1])


def read_house(since: datetime, until: datetime) -> House:
    stood = businesses_between(since, until)
    return House(
        tuple((at, settings_of(business)) for at, business in stood),
        tuple((at, business.language) for at, business in stood),
        tuple(_orders(since, until)),
    )


def read_clients(ids: Collection[int], objects: Collection[str], house: House) -> dict[int, ClientPast]:
    """``objects``: engagements that may be asked about, such as ``engagement=17``."""
    people = contacts.contact_pasts(ids)
    talks = _talks(ids)
    wanted = {number for about in objects if (number := _engagement(about)) is not None}
    views = engagements.pasts(wanted) if wanted else {}
    return {ident: _client(past, talks.get(ident, ()), views, house) for ident, past in people.items()}


def _client(
    past: ContactPast, talks: Sequence[TalkPast], views: Mapping[int, EngagementPast], house: House
) -> ClientPast:
    client = ClientPast(
        past.id,
        past.places(),
        tuple(talks),
        tuple(GroundPast(*ground) for ground in past.grounds),
        tuple(FlagPast(span, key) for span, key in past.flags),
        tuple(AddressPast(*address) for address in past.addresses),
    )
    client.read = _Reader(past, client, views, house).read
    return client


def world_of(clients: Mapping[int, ClientPast], house: House) -> PastWorld:
    return PastWorld(clients, house.settings, house.orders)


def _talks(ids: Collection[int]) -> dict[int, list[TalkPast]]:
    rows = TalkSpell.objects.filter(contact_id__in=ids).order_by("from_at").values_list(
        "contact_id", "kind", "ref", "owner_id", "due_at", "waits_on_client", *SPAN
    )  # fmt: skip
    found: dict[int, list[TalkPast]] = {}
    for contact, kind, ref, owner, due, waits, *span in rows:
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


@dataclass(slots=True)
class _Reader:
    """Facts by key about one client, as ``wiring.object_facts`` gives them now."""

    past: ContactPast
    client: ClientPast
    views: Mapping[int, EngagementPast]
    house: House

    def read(self, key: str, at: datetime, known_by: datetime) -> Any:
        family = key.partition(".")[0]
        reader = _FAMILIES.get(family)
        return UNKNOWN if reader is None else reader(self, key, at, known_by)

    def contact(self, key: str, at: datetime, known_by: datetime) -> Any:
        name = key.removeprefix("contact.")
        if name.startswith("attribute."):
            return self.past.attribute(name.removeprefix("attribute."), at, known_by)
        if name == "name":
            return self.past.name
        if name not in ("language", "tier"):
            return UNKNOWN
        value = self.past.column(name, at, known_by)
        if value is None:
            return UNKNOWN
        return value or (self.house.language(at) if name == "language" else value)

    def calendar(self, key: str, at: datetime, _known_by: datetime) -> Any:
        place = self.client.place(at)
        if key != CALENDAR_FACT or place is None:
            return UNKNOWN
        return _calendar(place.zones[0], place.country, place.subdivision)

    def engagement(self, key: str, at: datetime, known_by: datetime) -> Any:
        name, _, about = key.partition(":")
        past = self.views.get(_engagement(about) or 0)
        if past is None or past.today.contact_id != self.past.id:
            return UNKNOWN
        if name in TRUTHS:
            return TRUTHS[name](past.view(at, known_by))
        if name not in IN_WORDS:
            return UNKNOWN
        language = self.past.column("language", at, known_by) or self.house.language(at)
        return IN_WORDS[name](past.view(at, known_by), language)


_FAMILIES: Mapping[str, Callable[[_Reader, str, datetime, datetime], Any]] = {
    "contact": _Reader.contact,
    "calendar": _Reader.calendar,
    "documents": _Reader.engagement,
    "engagement": _Reader.engagement,
}


@lru_cache(maxsize=1024)
def _calendar(zone: str, country: str, subdivision: str) -> Calendar:
    return ZoneCalendar(zone, lambda day: is_holiday(day, country, subdivision))


def members(clients: Sequence[ClientPast]) -> set[int]:
    """Everybody whose messages count in the caps of these clients."""
    places = [place for client in clients for _, place in client.places if place is not None]
    households = {place.household_id for place in places if place.household_id is not None}
    companies = {place.company_id for place in places if place.company_id is not None}
    ids = {client.id for client in clients}
    return contacts.neighbours(ids, households, companies) if households or companies else ids
