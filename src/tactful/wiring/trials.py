"""A client of the business as the beginning of an invented story: what is known of them today."""

from datetime import datetime
from typing import Any

from tactful.gate.rules.orders import FIRST, TRIAL
from tactful.gate.types import Standing
from tactful.journeys.rules.freezing import Past, freeze
from tactful.journeys.rules.given import BEGINS, house_document
from tactful.journeys.rules.plan import Plan
from tactful.wiring.past_reading import read_clients, read_house


def _concerns(order: Standing, contact_id: int) -> bool:
    """A story that is invented today is not told of the trial week that happens to run."""
    return order.topic not in (TRIAL, FIRST) and order.scope_id in (None, contact_id)


LEFT_OUT = ("talks", "others", "since", "until")  # told by events, or by the story itself
TELLS = {kind: event for event, kind in BEGINS.items()}


def house_given(now: datetime) -> dict[str, Any]:
    """The rules of the house as they stand, as ``rules.given`` reads them."""
    return house_document(read_house(now, now).settings[-1][1])


def client_given(plan: Plan, contact_id: int, now: datetime) -> dict[str, Any] | None:
    """As ``rules.given`` reads it, without what people are told by events: that stands under ``events``.
    No name and no address is in it. None if there is no such client."""
    house = read_house(now, now)
    client = read_clients([contact_id], [], house).get(contact_id)
    place = client.place(now) if client else None
    if client is None or place is None:
        return None
    past = Past(
        client=client,
        place=place,
        settings=house.settings[-1][1],
        orders=[order for order in house.orders if _concerns(order.order, contact_id)],
        taken=(),
        told=(),
        moments=(now,),
        suffix="",
        since=now,
        until=now,
    )
    document = freeze(plan, past)
    language = client.read("contact.language", now, now)
    document["client"]["language"] = language if isinstance(language, str) else ""
    running = [talk for talk in client.talks if talk.span.held(now, now) and talk.kind in TELLS]
    document["events"] = [
        {"name": TELLS[talk.kind], "at": talk.span.from_at.isoformat(), "data": {"kind": talk.kind}}
        for talk in running
    ]
    return {name: part for name, part in document.items() if name not in LEFT_OUT}
