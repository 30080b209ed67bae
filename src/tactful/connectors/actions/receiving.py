"""A request at the door: whose is it, is it really them, and then it is stored before anybody is told so."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from tactful.connectors.models import Connection, Delivery
from tactful.connectors.queries import check_of, map_of, read_json, signing_secret, systems
from tactful.connectors.rules.paths import first, plain
from tactful.connectors.rules.signatures import is_genuine
from tactful.connectors.types import MappingTrouble, Payload, State
from tactful.foundation.clock import business_now, machine_now
from tactful.foundation.limits import Limit, attempt

from .connecting import token_hash

MOST_BYTES = 512 * 1024
RATE = Limit("hooks.in", 1_200, 60)
KNOCKING = Limit("hooks.refused", 300, 60)
#: Of the headers, those that say what was sent; never a signature, a key or a cookie.
KEPT = ("content-type", "x-shopify-", "x-wc-webhook-", "x-cal-", "x-event", "x-topic", "x-webhook-")
NEVER = ("signature", "hmac", "secret", "token", "auth", "key", "cookie")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of HTTP, and the code of a sentence."""

    status: int
    code: str = ""


def receive(token: str, headers: Mapping[str, str], body: bytes) -> Verdict:
    """Store a request if it is genuine. ``headers``: names in lower case."""
    row = Connection.objects.filter(token_hash=token_hash(token), stopped_at=None).first()
    if row is None:
        return Verdict(404, "address")
    if not attempt(RATE, str(row.id)):
        return Verdict(429, "rate")
    greeting = systems()[row.system].greeting.encode() if row.system in systems() else b""
    if greeting and body.startswith(greeting) and len(body) < 100:
        return Verdict(200)  # it only asks if anybody is there
    secret = signing_secret(row)
    if not is_genuine(check_of(row), secret, headers, body, machine_now()):
        _count_refused(row)
        return Verdict(401, "signature" if secret else "secret")
    _keep(row, headers, body)
    return Verdict(200)


def _count_refused(row: Connection) -> None:
    if attempt(KNOCKING, str(row.id)):
        Connection.objects.filter(id=row.id).update(refused=F("refused") + 1, refused_at=business_now())


@transaction.atomic
def _keep(row: Connection, headers: Mapping[str, str], body: bytes) -> None:
    now = business_now()
    kept = {name: _shown(value) for name, value in headers.items() if _is_kept(name)}
    delivery = Delivery(
        connection=row,
        key=_key(row, kept, body),
        received_at=now,
        headers=kept,
        body=body,
        state=State.WAITING if row.is_live else State.KEPT,
    )
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
    except IntegrityError:
        return  # it was delivered before
    Connection.objects.filter(id=row.id).update(received=F("received") + 1, last_at=now)


def _is_kept(name: str) -> bool:
    return name.startswith(KEPT) and not any(word in name for word in NEVER)


def _shown(value: str) -> str:
    return "".join(letter for letter in value[:300] if letter.isprintable())


def _key(row: Connection, headers: Mapping[str, str], body: bytes) -> str:
    """What its system calls this delivery; else the bytes themselves."""
    named = ""
    try:
        mapping = map_of(row)
        if mapping and mapping.delivery:
            named = plain(first(Payload(read_json(body), headers), mapping.delivery)) or ""
    except (ValueError, MappingTrouble):
        named = ""
    said = b"id:" + named.encode("utf-8", "replace") if named else b"body:" + body
    return hashlib.sha256(said).hexdigest()
