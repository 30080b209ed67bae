"""The past of clients as spans, cut at any moment by what was known then: a ``World`` for stories. Pure.

Whoever reads the past loads it once for many clients; each question is then answered in memory, with the
same meaning as the live reads (``contacts.queries``, ``inbox.queries``, ``wiring.gate_facts``).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tactful.contacts.types import PlaceState
from tactful.delivery.types import CapScope
from tactful.gate.rules.orders import OPTIONAL, orders_on
from tactful.gate.rules.told import (
    BASIS_KINDS,
    BEREAVED,
    NEVER,
    NOT_SENSITIVE,
    NOTHING_KNOWN,
    TalkFacts,
    place_fact,
    talk_facts,
)
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    BasisFact,
    BasisKind,
    Facts,
    GateRequest,
    GateSettings,
    Standing,
    StandingHoldFact,
    Unknown,
)
from tactful.journeys.rules.tale import Letter
from tactful.kernel.spans import Span
from tactful.kernel.zones import local_day
from tactful.touchpoints.types import MessageClass, Purpose


class TalkPast(NamedTuple):
    span: Span
    kind: str
    ref: int
    owner_id: int | None = None
    due_at: datetime | None = None
    waits_on_client: bool = False


class SpokenPast(NamedTuple):
    """A talk at one moment, as ``gate.rules.told`` wants it."""

    kind: str
    ref: int
    from_at: datetime
    owner_id: int | None
    due_at: datetime | None
    waits_on_client: bool
    running: bool


class GroundPast(NamedTuple):
    """A basis. ``kind``: consent, existing_customer, contract, withdrawn."""

    span: Span
    purpose: str
    channel: str
    kind: str
    receipt_id: int | None = None


class FlagPast(NamedTuple):
    span: Span
    key: str


class AddressPast(NamedTuple):
    """One address, the preferred first. ``against``: suppressions as (span, scope, reason)."""

    channel: str
    added_at: datetime
    against: tuple[tuple[Span, str, str], ...] = ()


class OrderPast(NamedTuple):
    """A standing hold. Its release is known at once, so ``span`` ends with release or expiry."""

    span: Span
    order: Standing


ReadFact = Callable[[str, datetime, datetime], Any]


def nothing_known(_key: str, _at: datetime, _known_by: datetime) -> Any:
    return UNKNOWN


@dataclass(slots=True)
class ClientPast:
    """``places``: (known from, place), the first from the beginning; None where it was not kept.
    ``read``: the value of a fact key at a moment, by what was known at another."""

    id: int
    places: tuple[tuple[datetime, PlaceState | None], ...]
    talks: tuple[TalkPast, ...] = ()
    grounds: tuple[GroundPast, ...] = ()
    flags: tuple[FlagPast, ...] = ()
    addresses: tuple[AddressPast, ...] = ()
    read: ReadFact = nothing_known

    def place(self, at: datetime) -> PlaceState | None:
        found = self.places[0][1]
        if len(self.places) == 1:
            return found
        for since, place in self.places[1:]:
            if since <= at:
                found = place
        return found


@dataclass(slots=True)
class PastWorld:
    """``houses``: the house's rules, each with the moment from which they stood; the first from the
    beginning. ``orders``: standing holds, the oldest first."""

    clients: Mapping[int, ClientPast]
    houses: Sequence[tuple[datetime, GateSettings]]
    orders: Sequence[OrderPast] = ()
    _moments: list[datetime] = field(init=False)

    def __post_init__(self) -> None:
        self._moments = [at for at, _ in self.houses]

    def settings(self, now: datetime) -> GateSettings:
        if len(self._moments) == 1:
            return self.houses[0][1]
        return self.houses[max(0, bisect_right(self._moments, now) - 1)][1]

    def fact(self, contact: int, key: str, now: datetime) -> Any:
        client = self.clients.get(contact)
        return UNKNOWN if client is None else client.read(key, now, now)

    def scope(self, contact: int, now: datetime) -> CapScope | None:
        client = self.clients.get(contact)
        place = client.place(now) if client else None
        return None if place is None else scope_of(place, now)

    def gate_facts(self, letter: Letter, now: datetime) -> Facts:
        request = letter.request
        client = self.clients.get(request.contact_id)
        if client is None:
            return NOTHING_KNOWN
        place = client.place(now)
        talks, debts, moods = (
            _of_talks(client, now, self.settings(now).mood_days) if client.talks else NOTHING_SAID
        )
        flags = (
            frozenset(flag.key for flag in client.flags if flag.span.held(now, now)) if client.flags else NONE
        )
        return Facts(
            address=_address(client, request, now),
            basis=_basis(client, request, flags, now),
            condition=letter.condition,
            talks=talks,
            debts=debts,
            moods=moods,
            place=UNKNOWN if place is None else place_fact(place.zones, place.country, place.subdivision),
            caps=letter.caps,
            channel=NEVER,
            sensitive=BEREAVED if "bereaved" in flags else NOT_SENSITIVE,
            standing=self._standing(request, place, now),
        )

    def _standing(
        self, request: GateRequest, place: PlaceState | None, now: datetime
    ) -> tuple[StandingHoldFact, ...] | Unknown:
        if not self.orders:
            return ()
        running = [past.order for past in self.orders if past.span.held(now, now)]
        household = place.household_id if place is not None else None
        return orders_on(request, running, placed=place is not None, household_id=household)


NONE: frozenset[str] = frozenset()
NOTHING_SAID: TalkFacts = ((), (), ())
STATES: Mapping[str, AddressState] = {
    "hard_bounce": AddressState.BOUNCED,
    "mailbox_full": AddressState.BOUNCED,
}


def scope_of(place: PlaceState, now: datetime) -> CapScope:
    """Whose caps count: the client's calendar day, and household and company. A story asks for no end
    of the day: what waits for the next one asks the gate."""
    return CapScope(local_day(now, place.zones[0]), now, place.household_id, place.company_id)


def _of_talks(client: ClientPast, now: datetime, mood_days: int) -> TalkFacts:
    return talk_facts(_spoken(client, now, now - timedelta(mood_days))) if client.talks else NOTHING_SAID


def _spoken(client: ClientPast, now: datetime, since: datetime) -> Iterator[SpokenPast]:
    for span, kind, ref, owner, due_at, waits in client.talks:
        runs = span.held(now, now)
        if runs or (span.recorded_at <= now and since < span.from_at <= now):
            yield SpokenPast(kind, ref, span.from_at, owner, due_at, waits, runs)


def complained_lately(client: ClientPast, now: datetime, mood_days: int) -> bool:
    return any(mood.kind == "complaint" for mood in _of_talks(client, now, mood_days)[2])


def has_basis(client: ClientPast, purpose: Purpose, channel: str, now: datetime) -> bool:
    """Whether anything allowed such messages then, and nothing stood against them."""
    found = _ground(client, purpose, channel, now)
    against = {f"objected:{purpose}", "restricted"}
    flagged = any(flag.key in against and flag.span.held(now, now) for flag in client.flags)
    return found is not None and found.kind != "withdrawn" and not flagged


def _address(client: ClientPast, request: GateRequest, now: datetime) -> AddressState:
    for address in client.addresses:
        if address.channel == request.channel and address.added_at <= now:
            return _against(address, request, now)
    return AddressState.MISSING


def _against(address: AddressPast, request: GateRequest, now: datetime) -> AddressState:
    if not address.against:
        return AddressState.USABLE
    in_force = [(scope, reason) for span, scope, reason in address.against if span.held(now, now)]
    for scope, reason in in_force:
        if scope == "all":
            return STATES.get(reason, AddressState.SUPPRESSED)
    marketing_off = bool(in_force) and request.purpose is Purpose.MARKETING
    return AddressState.SUPPRESSED if marketing_off else AddressState.USABLE


def _basis(client: ClientPast, request: GateRequest, flags: frozenset[str], now: datetime) -> BasisFact:
    found = _ground(client, request.purpose, request.channel, now)
    withdrawn = found is not None and found.kind == "withdrawn"
    kind = BasisKind.NONE if found is None or withdrawn else BASIS_KINDS[found.kind]
    objected = bool(flags) and f"objected:{request.purpose}" in flags
    if request.message_class is MessageClass.RELATIONSHIP:
        objected = objected or f"objected:{OPTIONAL}" in flags
    return BasisFact(
        kind,
        found.span.from_at if found else None,
        found.receipt_id if found else None,
        objected,
        withdrawn,
        "restricted" in flags,
    )


def _ground(client: ClientPast, purpose: str, channel: str, now: datetime) -> GroundPast | None:
    found: GroundPast | None = None
    for ground in client.grounds:
        same_use = ground.purpose == purpose and ground.channel == channel
        if same_use and ground.span.held(now, now):
            found = ground
    return found
