"""Connections: made, given a secret and a meaning, switched on, stopped."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.connectors.models import Connection, Delivery
from tactful.connectors.queries import OTHER, address_name, map_of, secret_name, systems
from tactful.connectors.rules.mapping import read_map
from tactful.connectors.rules.signatures import read_check
from tactful.connectors.sentences import sentence
from tactful.connectors.types import MappingTrouble, State
from tactful.foundation.actions import record_audit
from tactful.foundation.secrets import get_secret, put_secret
from tactful.tracking.actions import add_inner_source, revoke_source

SHORTEST_SECRET = 8
BEARER = {"kind": "token", "header": "authorization", "prefix": "Bearer "}


class ConnectionTrouble(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


@transaction.atomic
def connect(system: str, name: str, *, acting_user: int | None, now: datetime) -> Connection:
    """A new connection with an address of its own. One of a system that we know is live at once; any other
    when somebody has said what its messages mean."""
    known = systems().get(system)
    if known is None and system != OTHER:
        raise ConnectionTrouble(_("This system is not known. Choose “Any other system”."))
    called = " ".join(name.split())[:80] or (known.name if known else "")
    if not called:
        raise ConnectionTrouble(_("The name is missing. Write which system sends."))
    token = secrets.token_urlsafe(24)
    row = Connection(
        name=called,
        system=system,
        source_id=add_inner_source(called, now=now),
        token_hash=token_hash(token),
        verify=None if known else BEARER,
        is_live=known is not None,
        made_at=now,
        made_by=acting_user,
    )
    row.save(force_insert=True)
    put_secret(address_name(row.id), token)
    if known is None or known.is_secret_ours:
        put_secret(secret_name(row.id), secrets.token_urlsafe(24))
    _audit("connection.added", row, acting_user, now)
    return row


@transaction.atomic
def set_secret(row: Connection, secret: str, *, acting_user: int | None, now: datetime) -> None:
    """The one with which its system signs."""
    given = secret.strip()
    if len(given) < SHORTEST_SECRET or len(given) > 300 or not given.isprintable():
        raise ConnectionTrouble(_("This is too short for a secret. Copy the whole of it."))
    put_secret(secret_name(row.id), given)
    _audit("connection.secret_changed", row, acting_user, now)


@transaction.atomic
def set_check(row: Connection, verify: Mapping[str, Any], *, acting_user: int | None, now: datetime) -> None:
    """How any other system shows that it is really them."""
    row.verify = _readable(row, verify, read_check)
    row.save(update_fields=["verify"])
    _audit("connection.changed", row, acting_user, now)


@transaction.atomic
def set_mapping(
    row: Connection, mapping: Mapping[str, Any], *, acting_user: int | None, now: datetime
) -> None:
    """What the messages of any other system mean."""
    row.mapping = _readable(row, mapping, read_map)
    row.save(update_fields=["mapping"])
    _audit("connection.changed", row, acting_user, now)


def _readable(
    row: Connection, given: Mapping[str, Any], read: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    _only_other(row)
    try:
        read(dict(given))
    except MappingTrouble as trouble:
        raise ConnectionTrouble(sentence(trouble.problem)) from trouble
    return dict(given)


@transaction.atomic
def switch_on(row: Connection, *, acting_user: int | None, now: datetime) -> None:
    """From now on its messages are taken in; those that came before wait to be taken in one by one."""
    if map_of(row) is None:
        raise ConnectionTrouble(_("Say first what its messages mean, and save it."))
    row.is_live = True
    row.save(update_fields=["is_live"])
    _audit("connection.on", row, acting_user, now)


@transaction.atomic
def disconnect(row: Connection, *, acting_user: int | None, now: datetime) -> bool:
    """Its address opens nothing any more, and what it sent last is forgotten; what became of it stays."""
    if not Connection.objects.filter(id=row.id, stopped_at=None).update(stopped_at=now, is_live=False):
        return False
    Delivery.objects.filter(connection=row).delete()
    put_secret(secret_name(row.id), "")
    revoke_source(row.source_id, acting_user=acting_user, now=now)
    _audit("connection.stopped", row, acting_user, now)
    return True


@transaction.atomic
def try_again(delivery: Delivery) -> bool:
    """Take in what failed, or what came before its connection was switched on. False: it is done already."""
    again = (State.FAILED, State.KEPT, State.IGNORED)
    rows = Delivery.objects.filter(id=delivery.id, state__in=again, connection__stopped_at=None)
    return bool(rows.update(state=State.WAITING, reason="", params={}))


def has_secret(row: Connection) -> bool:
    return bool(get_secret(secret_name(row.id)))


def _only_other(row: Connection) -> None:
    if row.system != OTHER:
        raise ConnectionTrouble(_("What the messages of this system mean is known already."))


def _audit(verb: str, row: Connection, actor: int | None, now: datetime) -> None:
    body = {"name": row.name, "system": row.system}
    record_audit(actor=actor, verb=verb, subject=f"hook_connection:{row.id}", now=now, body=body)
