"""Reads of connectors: connections, what came last, and what it means."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from tactful.connectors.models import Connection, Delivery
from tactful.connectors.rules.mapping import Map, read_map
from tactful.connectors.rules.meaning import meaning
from tactful.connectors.rules.signatures import Check, read_check
from tactful.connectors.systems import OTHER, System, systems
from tactful.connectors.types import House, Meaning, Payload, Problem, State
from tactful.foundation.queries import business_at
from tactful.foundation.secrets import get_secret

__all__ = ["OTHER", "Connection", "Delivery", "System", "systems"]

PREFIX = "/hooks/in/"
SHOWN = 20


def connections() -> Sequence[Connection]:
    return list(Connection.objects.order_by("stopped_at", "made_at", "id"))


def connection(ident: int) -> Connection | None:
    return Connection.objects.filter(id=ident).first()


def latest(connection_id: int, limit: int = SHOWN) -> Sequence[Delivery]:
    """What came last, the newest first; then what failed before and was kept for mending."""
    rows = Delivery.objects.filter(connection_id=connection_id).order_by("-received_at", "-id")
    shown = list(rows[:limit])
    failed = rows.filter(state=State.FAILED).exclude(id__in=[row.id for row in shown])
    return [*shown, *failed[:200]]


def delivery(ident: int) -> Delivery | None:
    return Delivery.objects.select_related("connection").filter(id=ident).first()


def address_of(row: Connection) -> str:
    """Where its system sends to; the last part is secret."""
    return f"{settings.BASE_URL.rstrip('/')}{PREFIX}{get_secret(address_name(row.id))}"


def signing_secret(row: Connection) -> str:
    return get_secret(secret_name(row.id))


def address_name(connection_id: int) -> str:
    return f"hook.address.{connection_id}"


def secret_name(connection_id: int) -> str:
    return f"hook.secret.{connection_id}"


def check_of(row: Connection) -> Check:
    system = systems().get(row.system)
    return system.check if system else read_check(row.verify)


def map_of(row: Connection) -> Map | None:
    """None: nobody has said yet what its payloads mean."""
    system = systems().get(row.system)
    if system:
        return system.mapping
    return read_map(row.mapping) if row.mapping else None


def house_at(now: datetime) -> House:
    business = business_at(now)
    return House(business.time_zone, business.language)


def payload_of(row: Delivery) -> Payload | None:
    """None: it is no JSON."""
    try:
        return Payload(read_json(bytes(row.body)), row.headers)
    except ValueError:
        return None


def read_json(body: bytes) -> Any:
    """Raises ``ValueError``, also for what is nested too deep."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        pass  # an odd character, or a number that no machine counts with
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _word: None)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


@dataclass(frozen=True, slots=True)
class Seen:
    """A delivery, and what it means by the mapping that is asked about."""

    row: Delivery
    payload: Payload | None
    meaning: Meaning


def seen(row: Delivery, mapping: Map | None, house: House) -> Seen:
    payload = payload_of(row)
    if payload is None:
        return Seen(row, None, Meaning(problem=Problem("json")))
    if mapping is None:
        return Seen(row, payload, Meaning())
    return Seen(row, payload, meaning(mapping, payload, house, row.received_at))
