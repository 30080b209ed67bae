"""What the gate is told, gathered from every floor for a whole batch in a handful of queries.

Each source stands in a savepoint of its own: one that fails makes its facts UNKNOWN, which never
clears and destroys nothing, and the others are still read.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any, TypeVar

from django.db import DatabaseError, transaction

from tactful.channels import queries as channels
from tactful.contacts import queries as contacts
from tactful.contacts.types import AddressView, BasisState, PlaceState, SensitiveState
from tactful.delivery.types import DueMessage
from tactful.foundation.queries import business_at
from tactful.gate import queries as holds
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    BasisFact,
    BasisKind,
    CapUsage,
    ChannelFact,
    ConditionFact,
    DebtFact,
    Facts,
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

logger = logging.getLogger(__name__)
T = TypeVar("T")

TALKS = {"conversation", "question", "handoff"}
MOODS = {"complaint", "negative", "sensitive"}
DEBT_OF = {"question": "answer", "promise": "promise"}
NO_TALKS: tuple[Talk, ...] = ()
OPTIONAL = "optional"
"""What a client may refuse or pause without refusing us: everything that can wait."""
MAY_WAIT = {MessageClass.RELATIONSHIP, MessageClass.MARKETING}
SETTINGS = {field.name for field in fields(GateSettings)}
TROUBLE = (DatabaseError, ValueError, TypeError, LookupError)
"""What a source may stumble over: the database, or one odd row. Neither may stop the door for everybody."""
TIMES = {"quiet_from", "quiet_to", "sms_from", "sms_to", "work_from", "work_to"}


def gate_settings(now: datetime) -> GateSettings:
    """The house's rules at ``now``: what the owner has changed over the defaults."""
    business = business_at(now)
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


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that was read for one batch. A source that failed is None."""

    places: Mapping[int, PlaceState] | None
    addresses: Mapping[tuple[int, str], AddressView] | None
    basis: Mapping[tuple[int, str, str], BasisState] | None
    talks: Mapping[int, Sequence[Talk]] | None
    sensitive: Mapping[int, SensitiveState] | None
    standing: Sequence[Standing] | None
    conditions: Mapping[int, ConditionFact | Unknown] | None
    last_inbound: Mapping[int, datetime] | None
    last_auto_reply: Mapping[int, datetime] | None
    off: frozenset[str] | None


def gate_facts(messages: Sequence[DueMessage], now: datetime) -> dict[int, Facts]:
    """Facts for each message, by its id. ``caps`` are delivery's own and left at nothing used."""
    read = _read(messages, now)
    placed: dict[tuple[tuple[str, ...], str, str], PlaceFact] = {}
    return {message.id: _facts_or_none(message, read, placed) for message in messages}


def _read(messages: Sequence[DueMessage], now: datetime) -> _Read:
    ids = sorted({message.contact_id for message in messages})
    return _Read(
        places=_or_none(lambda: contacts.place_facts(ids)),
        addresses=_or_none(lambda: _addresses(messages, now)),
        basis=_or_none(lambda: _basis(messages, now)),
        talks=_or_none(lambda: inbox.talks_at(ids, now, gate_settings(now).mood_days)),
        sensitive=_or_none(lambda: contacts.sensitive_facts_at(ids, now)),
        standing=_or_none(lambda: holds.orders_at(now)),
        conditions=_or_none(lambda: conditions_hold(messages, now)),
        last_inbound=_or_none(lambda: inbox.last_inbound(ids)),
        last_auto_reply=_or_none(lambda: inbox.last_auto_reply(ids)),
        off=_or_none(channels.channels_off),
    )


def _or_none(source: Callable[[], T]) -> T | None:
    try:
        with transaction.atomic():
            return source()
    except TROUBLE:
        logger.exception("A fact for the gate could not be read; its messages wait.")
        return None


def _addresses(messages: Sequence[DueMessage], now: datetime) -> dict[tuple[int, str], AddressView]:
    found: dict[tuple[int, str], AddressView] = {}
    for channel in {message.request.channel for message in messages}:
        ids = [message.contact_id for message in messages if message.request.channel == channel]
        for ident, view in contacts.address_facts_at(ids, channel, now).items():
            found[ident, channel] = view
    return found


def _basis(messages: Sequence[DueMessage], now: datetime) -> dict[tuple[int, str, str], BasisState]:
    found: dict[tuple[int, str, str], BasisState] = {}
    for purpose, channel in {(m.request.purpose, m.request.channel) for m in messages}:
        ids = [m.contact_id for m in messages if (m.request.purpose, m.request.channel) == (purpose, channel)]
        for ident, state in contacts.basis_facts_at(ids, purpose, channel, now).items():
            found[ident, purpose, channel] = state
    may_wait = [m.contact_id for m in messages if m.request.message_class is MessageClass.RELATIONSHIP]
    if may_wait:
        for ident, state in contacts.basis_facts_at(may_wait, OPTIONAL, "mail", now).items():
            found[ident, OPTIONAL, ""] = state
    return found


def _facts_or_none(message: DueMessage, read: _Read, placed: dict[Any, PlaceFact]) -> Facts:
    """One message whose facts make no sense waits; the others do not wait with it."""
    try:
        return _facts(message, read, placed)
    except TROUBLE:
        logger.exception("The facts about message %s make no sense; it waits.", message.id)
        return NOTHING_KNOWN


def _facts(message: DueMessage, read: _Read, placed: dict[Any, PlaceFact]) -> Facts:
    contact = message.contact_id
    talks = UNKNOWN if read.talks is None else read.talks.get(contact, NO_TALKS)
    place = read.places.get(contact) if read.places is not None else None
    return Facts(
        address=_address(message, read),
        basis=_basis_fact(message, read),
        condition=UNKNOWN if read.conditions is None else read.conditions.get(message.id, UNKNOWN),
        talks=UNKNOWN if isinstance(talks, Unknown) else tuple(map(_talk, filter(_is_talk, talks))),
        debts=UNKNOWN if isinstance(talks, Unknown) else tuple(_debt(t) for t in talks if _is_debt(t)),
        moods=UNKNOWN if isinstance(talks, Unknown) else tuple(_mood(t) for t in talks if t.kind in MOODS),
        place=UNKNOWN if place is None else _place(place, placed),
        caps=NOTHING_USED,
        channel=_channel(contact, read),
        sensitive=_sensitive(contact, read),
        standing=_standing(message, read, place),
    )


NOTHING_USED = CapUsage()
NOTHING_KNOWN = Facts(
    address=UNKNOWN,
    basis=UNKNOWN,
    condition=UNKNOWN,
    talks=UNKNOWN,
    debts=UNKNOWN,
    moods=UNKNOWN,
    place=UNKNOWN,
    caps=NOTHING_USED,
    channel=UNKNOWN,
    sensitive=UNKNOWN,
    standing=UNKNOWN,
)


def _address(message: DueMessage, read: _Read) -> AddressState | Unknown:
    channel = message.request.channel
    if read.addresses is None or read.off is None:
        return UNKNOWN
    if channel in read.off:
        return AddressState.CHANNEL_OFF
    view = read.addresses.get((message.contact_id, channel))
    if view is None:
        return UNKNOWN
    if view.marketing_off and message.request.purpose is Purpose.MARKETING:
        return AddressState.SUPPRESSED
    return AddressState(view.state)


def _basis_fact(message: DueMessage, read: _Read) -> BasisFact | Unknown:
    key = (message.contact_id, message.request.purpose, message.request.channel)
    state = read.basis.get(key) if read.basis is not None else None
    if state is None:
        return UNKNOWN
    refused = False
    if message.request.message_class is MessageClass.RELATIONSHIP:
        optional = read.basis.get((message.contact_id, OPTIONAL, "")) if read.basis is not None else None
        refused = optional is not None and optional.objected
    return BasisFact(
        kind=BasisKind(state.kind),
        since=state.since,
        receipt_id=state.receipt_id,
        objected=state.objected or refused,
        withdrawn=state.withdrawn,
        restricted=state.restricted,
    )


def _is_talk(talk: Talk) -> bool:
    return talk.running and talk.kind in TALKS


def _is_debt(talk: Talk) -> bool:
    return talk.running and talk.kind in DEBT_OF and talk.due_at is not None


def _talk(talk: Talk) -> TalkFact:
    return TalkFact(talk.kind, talk.from_at, talk.ref, talk.owner_id)


def _debt(talk: Talk) -> DebtFact:
    assert talk.due_at is not None
    return DebtFact(DEBT_OF[talk.kind], talk.due_at, talk.ref, talk.owner_id, talk.waits_on_client)


def _mood(talk: Talk) -> MoodFact:
    still_open = talk.running and talk.kind == "complaint"
    return MoodFact(talk.kind, talk.from_at, talk.ref, still_open, talk.owner_id)


def _place(place: PlaceState, placed: dict[Any, PlaceFact]) -> PlaceFact:
    """One object per place: the gate remembers what follows from it."""
    key = (place.zones, place.country, place.subdivision)
    return placed.setdefault(key, PlaceFact(*key))


def _channel(contact: int, read: _Read) -> ChannelFact | Unknown:
    if read.last_inbound is None or read.last_auto_reply is None:
        return UNKNOWN
    return ChannelFact(
        last_inbound_at=read.last_inbound.get(contact),
        last_auto_reply_at=read.last_auto_reply.get(contact),
    )


def _sensitive(contact: int, read: _Read) -> SensitiveFact | Unknown:
    state = read.sensitive.get(contact) if read.sensitive is not None else None
    return UNKNOWN if state is None else SensitiveFact(bereaved=state.bereaved)


def _standing(message: DueMessage, read: _Read, place: PlaceState | None) -> tuple[StandingHoldFact, ...] | Unknown:
    if read.standing is None or (place is None and read.standing):
        return UNKNOWN
    return tuple(
        StandingHoldFact(row.ref, row.scope, row.reason, row.owner_id, row.expires_at, row.on_release)
        for row in read.standing
        if _touches(row, message, place)
    )


def _touches(row: Standing, message: DueMessage, place: PlaceState | None) -> bool:
    if row.scope == "everything":
        return True
    if row.topic == "marketing" and message.request.purpose is not Purpose.MARKETING:
        return False
    if row.topic == OPTIONAL and message.request.message_class not in MAY_WAIT:
        return False
    if row.scope == "contact":
        return row.scope_id == message.contact_id
    if row.scope == "household":
        return place is not None and row.scope_id is not None and row.scope_id == place.household_id
    return f"{row.scope}:{row.scope_id or row.topic}" in message.request.topics
