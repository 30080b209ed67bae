"""A client's past as the document of a stored test, names and addresses left out. Pure.

``rules.given`` reads it again. Of events only the fields that the definition asks are kept, of holds not the
words that a person wrote.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tactful.contacts.types import PlaceState
from tactful.gate.types import UNKNOWN, GateSettings
from tactful.journeys.rules.conditions import fact_key
from tactful.journeys.rules.given import house_document
from tactful.journeys.rules.graph import all_refs
from tactful.journeys.rules.past import ClientPast, OrderPast
from tactful.journeys.rules.plan import Plan, entry_names
from tactful.journeys.rules.tale import Taken, Told
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT
from tactful.kernel.spans import Span

NAME = "contact.name"


@dataclass(frozen=True, slots=True)
class Past:
    """``moments``: when any fact about the client may have changed, the earliest first. ``suffix``: of the
    keys about the object, such as ``:engagement=17``."""

    client: ClientPast
    place: PlaceState
    settings: GateSettings
    orders: Sequence[OrderPast]
    taken: Sequence[Taken]
    told: Sequence[Told]
    moments: Sequence[datetime]
    suffix: str
    since: datetime
    until: datetime


def freeze(plan: Plan, past: Past) -> dict[str, Any]:
    client, place = past.client, past.place
    where = {"zone": place.zones[0], "country": place.country, "subdivision": place.subdivision,
             "household": place.household_id, "company": place.company_id}  # fmt: skip
    if len(place.zones) > 1:
        del where["zone"]  # nobody knew it, so the country's zones all count
    return {
        "client": {key: value for key, value in where.items() if value not in ("", None)},
        "facts": list(_facts(plan, past)),
        "grounds": [
            _span(g.span) | {"purpose": g.purpose, "channel": g.channel, "kind": g.kind}
            for g in client.grounds
        ],
        "addresses": [_address(address) for address in client.addresses],
        "flags": [_span(flag.span) | {"key": flag.key} for flag in client.flags],
        "talks": [_talk(talk) for talk in client.talks],
        "orders": [_order(order) for order in past.orders],
        "others": [_taken(use, client.id) for use in past.taken],
        "events": list(_events(plan, past.told)),
        "replies": [
            {"at": each.at.isoformat(), "step": each.reply.step, "answer": each.reply.answer}
            for each in past.told
            if each.reply is not None
        ],
        "answers": list(_answers(plan, past.told)),
        "house": house_document(past.settings),
        "since": past.since.isoformat(),
        "until": past.until.isoformat(),
    }  # fmt: skip


def fact_names(plan: Plan) -> tuple[str, ...]:
    """All that the definition asks beyond the fields of events."""
    asked = {name for names in plan.ahead.values() for name in names}
    asked |= {name for names in plan.behind.values() for name in names}
    asked |= {*entry_names(plan.definition), *plan.starting}
    return tuple(sorted(asked - {CALENDAR_FACT, QUIET_FACT, NAME}))


def _facts(plan: Plan, past: Past) -> Iterator[dict[str, Any]]:
    for name in fact_names(plan):
        key = fact_key(name, past.suffix)
        if name in (CALENDAR_FACT, NAME):
            continue
        stood = [(at, past.client.read(key, at, at)) for at in past.moments]
        changes = [each for n, each in enumerate(stood) if n == 0 or stood[n - 1][1] != each[1]]
        for n, (at, value) in enumerate(changes):
            if value is UNKNOWN:
                continue
            row: dict[str, Any] = {"fact": key, "value": value}
            if n:
                row["from"] = at.isoformat()
            if n + 1 < len(changes):
                row["to"] = changes[n + 1][0].isoformat()
            yield row


def _span(span: Span) -> dict[str, Any]:
    row = {"from": span.from_at.isoformat()}
    if span.recorded_at != span.from_at:
        row["learned"] = span.recorded_at.isoformat()
    if span.to_at is not None:
        row["to"] = span.to_at.isoformat()
        if span.end_recorded_at not in (None, span.to_at):
            row["end_learned"] = span.end_recorded_at.isoformat() if span.end_recorded_at else ""
    return row


def _address(address: Any) -> dict[str, Any]:
    against = [_span(span) | {"scope": scope, "reason": reason} for span, scope, reason in address.against]
    return {"channel": address.channel, "added": address.added_at.isoformat(), "against": against}


def _talk(talk: Any) -> dict[str, Any]:
    row = _span(talk.span) | {"kind": talk.kind, "ref": talk.ref}
    if talk.due_at is not None:
        row |= {"due": talk.due_at.isoformat(), "waits_on_client": talk.waits_on_client}
    return row


def _order(past: OrderPast) -> dict[str, Any]:
    order = past.order
    row = _span(past.span) | {"scope": order.scope, "topic": order.topic, "on_release": order.on_release}
    if order.scope not in ("contact", "everything"):
        row["about"] = order.scope_id
    if order.expires_at is not None:
        row["expires"] = order.expires_at.isoformat()
    return row | {"ref": order.ref}


def _taken(use: Taken, client: int) -> dict[str, Any]:
    row: dict[str, Any] = {"at": use.at.isoformat()}
    if use.contact != client:
        row["contact"] = use.contact
    places = {"household": use.scope.household_id, "company": use.scope.company_id}
    return row | {name: place for name, place in places.items() if place is not None}


def _events(plan: Plan, told: Iterable[Told]) -> Iterator[dict[str, Any]]:
    fields = {*plan.entry_fields, *plan.event_fields, *(ref.name for ref in all_refs(plan.definition))}
    for each in told:
        event = each.event
        if event is None:
            continue
        row: dict[str, Any] = {"at": event.at.isoformat(), "name": event.name, "id": event.id}
        if each.at != event.at:
            row["learned"] = each.at.isoformat()
        yield row | {"data": _kept(event.data, fields)}


def _answers(plan: Plan, told: Iterable[Told]) -> Iterator[dict[str, Any]]:
    for each in told:
        call = each.call
        if call is not None:
            data = _kept(call.data, set(plan.event_fields))
            yield {"at": each.at.isoformat(), "step": call.step, "ok": call.ok, "data": data}


def _kept(data: Mapping[str, Any], fields: set[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in fields}
