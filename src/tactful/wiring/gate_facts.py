"""What the gate is told, gathered from every floor for a whole batch in a handful of queries.

Each source stands in a savepoint of its own: one that fails makes its facts UNKNOWN, which never
clears and destroys nothing, and the others are still read.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from functools import cache, cached_property
from typing import Any, TypeVar

from django.db import DatabaseError, transaction

from tactful.channels import queries as channels
from tactful.channels.queries import Ways
from tactful.channels.types import Channel
from tactful.contacts import queries as contacts
from tactful.contacts.types import AddressView, BasisState, Client, PlaceState, SensitiveState
from tactful.delivery.types import DueMessage
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business
from tactful.gate import queries as holds
from tactful.gate.rules.orders import OPTIONAL, orders_on
from tactful.gate.rules.talk import UNREAD
from tactful.gate.rules.told import (
    BASIS_KINDS,
    BEREAVED,
    NEVER,
    NOT_SENSITIVE,
    NOTHING_KNOWN,
    place_fact,
    talk_facts,
)
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    BasisFact,
    CapUsage,
    ChannelFact,
    ConditionFact,
    DebtFact,
    Facts,
    GateRequest,
    GateSettings,
    MoodFact,
    PlaceFact,
    SensitiveFact,
    Standing,
    StandingHoldFact,
    TalkFact,
    Unknown,
)
from tactful.inbox import queries as inbox
from tactful.inbox.types import Talk
from tactful.touchpoints.types import MessageClass, Purpose
from tactful.wiring.conditions import conditions_hold
from tactful.wiring.reading import Reading

logger = logging.getLogger(__name__)
T = TypeVar("T")

TalksDebtsMoods = tuple[
    tuple[TalkFact, ...] | Unknown, tuple[DebtFact, ...] | Unknown, tuple[MoodFact, ...] | Unknown
]
SETTINGS = {field.name for field in fields(GateSettings)}
TROUBLE = (DatabaseError, ValueError, TypeError, LookupError)
"""What a source may stumble over: the database, or one odd row. Neither may stop the door for everybody."""
TIMES = {"quiet_from", "quiet_to", "sms_from", "sms_to", "work_from", "work_to"}


def gate_settings(now: datetime) -> GateSettings:
    """The house's rules at ``now``: what the owner has changed over the defaults."""
    return settings_of(business_at(now))


def settings_of(business: Business) -> GateSettings:
    given: dict[str, Any] = {}
    for key, value in business.gate.items():
        try:
            given |= {key: _setting(key, value)} if key in SETTINGS else {}
        except (ValueError, TypeError):
            logger.exception("The setting gate.%s cannot be read; the default holds.", key)
    place = {"work_zone": business.time_zone, "work_country": business.country}
    return GateSettings(**(place | given))


def _setting(key: str, value: Any) -> Any:
    if key in TIMES:
        return time.fromisoformat(value)
    return frozenset(value) if key == "quiet_weekdays" else value


@dataclass
class _Read:
    """Everything that was read for one batch. A source that failed is None."""

    clients: Mapping[int, Client] | None = None
    addresses: Mapping[str, Mapping[int, AddressView]] | None = None
    basis: Mapping[tuple[str, str], Mapping[int, BasisState]] | None = None
    talks: Mapping[int, Sequence[Talk]] | None = None
    sensitive: Mapping[int, SensitiveState] | None = None
    standing: Sequence[Standing] | None = None
    conditions: Mapping[int, ConditionFact | Unknown] | None = None
    last_inbound: Mapping[int, datetime] | None = None
    last_auto_reply: Mapping[int, datetime] | None = None
    ways: Ways | None = None

    @cached_property
    def deaf(self) -> tuple[TalkFact, ...]:
        """The same object for all, for the gate remembers what follows from it."""
        since = self.ways.unread_since if self.ways else None
        return (TalkFact(UNREAD, since, 0),) if since else ()


def gate_facts(
    messages: Sequence[DueMessage], now: datetime, reading: Reading | None = None
) -> dict[int, Facts]:
    """Facts for each message, by its id. ``caps`` are delivery's own and left at nothing used.

    ``reading``: what has been read of these clients for this batch.
    """
    read = _read(messages, now, reading or Reading())
    placed: dict[PlaceState, PlaceFact] = {}
    return {message.id: _facts_or_none(message, read, placed) for message in messages}


def _read(messages: Sequence[DueMessage], now: datetime, reading: Reading) -> _Read:
    ids = sorted({message.contact_id for message in messages})
    sources = _sources(messages, ids, now, reading)
    try:
        with transaction.atomic():
            return _Read(**{name: source() for name, source in sources.items()})
    except TROUBLE:  # which one it was, each tells in a savepoint of its own
        return _Read(**{name: _or_none(source) for name, source in sources.items()})


def _sources(
    messages: Sequence[DueMessage], ids: Sequence[int], now: datetime, reading: Reading
) -> dict[str, Callable[[], Any]]:
    flags = cache(lambda: contacts.flags_at(ids, now))
    return {
        "clients": lambda: reading.clients(ids),
        "addresses": lambda: _addresses(messages, now, reading),
        "basis": lambda: _basis(messages, now, reading, flags),
        "talks": lambda: inbox.talks_at(ids, now, settings_of(reading.house(now)).mood_days),
        "sensitive": lambda: contacts.sensitive_facts_at(reading.clients(ids), now, flags()),
        "standing": lambda: holds.orders_at(now),
        "conditions": lambda: conditions_hold(messages, now),
        "last_inbound": lambda: inbox.last_inbound(ids),
        "last_auto_reply": lambda: inbox.last_auto_reply(ids),
        "ways": lambda: channels.ways(now),
    }


def _or_none(source: Callable[[], T]) -> T | None:
    try:
        with transaction.atomic():
            return source()
    except TROUBLE:
        logger.exception("A fact for the gate could not be read; its messages wait.")
        return None


def _addresses(
    messages: Sequence[DueMessage], now: datetime, reading: Reading
) -> dict[str, Mapping[int, AddressView]]:
    """By channel and contact."""
    wanted: dict[Channel, list[int]] = {}
    for message in messages:
        wanted.setdefault(message.request.channel, []).append(message.contact_id)
    return {channel: reading.addresses(ids, channel, now) for channel, ids in wanted.items()}


def _basis(
    messages: Sequence[DueMessage], now: datetime, reading: Reading, flags: Callable[[], contacts.Flags]
) -> dict[tuple[str, str], Mapping[int, BasisState]]:
    """By purpose and channel, and by contact; ``OPTIONAL`` has no channel."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for message in messages:
        request = message.request
        wanted.setdefault((request.purpose, request.channel), set()).add(message.contact_id)
        if request.message_class is MessageClass.RELATIONSHIP:
            wanted.setdefault((OPTIONAL, ""), set()).add(message.contact_id)
    return {
        (purpose, channel): contacts.basis_facts_at(
            reading.clients(ids), purpose, channel or "mail", now, flags()
        )
        for (purpose, channel), ids in wanted.items()
    }


def _facts_or_none(message: DueMessage, read: _Read, placed: dict[PlaceState, PlaceFact]) -> Facts:
    """One message whose facts make no sense waits; the others do not wait with it."""
    try:
        return _facts(message, read, placed)
    except TROUBLE:
        logger.exception("The facts about message %s make no sense; it waits.", message.id)
        return NOTHING_KNOWN._replace(caps=NOTHING_USED)


def _facts(message: DueMessage, read: _Read, placed: dict[PlaceState, PlaceFact]) -> Facts:
    contact = message.contact_id
    talks, debts, moods = _of_talks(read.talks, contact)
    if read.deaf and talks is not UNKNOWN:
        talks = talks + read.deaf if talks else read.deaf
    client = read.clients.get(contact) if read.clients is not None else None
    place = client.place if client is not None else None
    # The short way to a tuple of its type, in the order of its fields: one for each message.
    return tuple.__new__(
        Facts,
        (
            _address(message.request, read),
            _basis_fact(message.request, read),
            UNKNOWN if read.conditions is None else read.conditions.get(message.id, UNKNOWN),
            talks,
            debts,
            moods,
            UNKNOWN if place is None else _place(place, placed),
            NOTHING_USED,
            _channel(contact, read),
            _sensitive(contact, read),
            _standing(message.request, read, place),
        ),
    )


NOTHING_USED = CapUsage()
ADDRESS_STATES: Mapping[str, AddressState] = {str(state): state for state in AddressState}


def _address(request: GateRequest, read: _Read) -> AddressState | Unknown:
    channel = request.channel
    if read.addresses is None or read.ways is None:
        return UNKNOWN
    if channel in read.ways.off:
        return AddressState.CHANNEL_OFF
    view = read.addresses[channel].get(request.contact_id)
    if view is None:
        return UNKNOWN
    if view.marketing_off and request.purpose is Purpose.MARKETING:
        return AddressState.SUPPRESSED
    return ADDRESS_STATES[view.state]


def _basis_fact(request: GateRequest, read: _Read) -> BasisFact | Unknown:
    if read.basis is None:
        return UNKNOWN
    state = read.basis[request.purpose, request.channel].get(request.contact_id)
    if state is None:
        return UNKNOWN
    kind, since, receipt_id, objected, withdrawn, restricted = state
    if request.message_class is MessageClass.RELATIONSHIP:
        optional = read.basis[OPTIONAL, ""].get(request.contact_id)
        objected = objected or (optional is not None and optional.objected)
    return tuple.__new__(BasisFact, (BASIS_KINDS[kind], since, receipt_id, objected, withdrawn, restricted))


def _of_talks(read: Mapping[int, Sequence[Talk]] | None, contact: int) -> TalksDebtsMoods:
    if read is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    talks = read.get(contact)
    if not talks:
        return (), (), ()
    return talk_facts(talks)


def _place(place: PlaceState, placed: dict[PlaceState, PlaceFact]) -> PlaceFact:
    """One object per place: the gate remembers what follows from it."""
    found = placed.get(place)
    if found is None:
        found = placed[place] = place_fact(place.zones, place.country, place.subdivision)
    return found


def _channel(contact: int, read: _Read) -> ChannelFact | Unknown:
    if read.last_inbound is None or read.last_auto_reply is None:
        return UNKNOWN
    inbound, replied = read.last_inbound.get(contact), read.last_auto_reply.get(contact)
    if inbound is None and replied is None:
        return NEVER
    return ChannelFact(last_inbound_at=inbound, last_auto_reply_at=replied)


def _sensitive(contact: int, read: _Read) -> SensitiveFact | Unknown:
    state = read.sensitive.get(contact) if read.sensitive is not None else None
    if state is None:
        return UNKNOWN
    return BEREAVED if state.bereaved else NOT_SENSITIVE


def _standing(
    request: GateRequest, read: _Read, place: PlaceState | None
) -> tuple[StandingHoldFact, ...] | Unknown:
    if read.standing is None:
        return UNKNOWN
    if not read.standing:
        return ()
    household = place.household_id if place is not None else None
    return orders_on(request, read.standing, placed=place is not None, household_id=household)
