"""Chaining what was written, so that one altered row is found.

One sealer at a time gives each committed, unsealed row its place and the digest of everything before it.
Personal words are not in the chain: the audit row holds only a salted digest of its payload.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from tactful.foundation import pg
from tactful.foundation.models import AuditPayload

GENESIS = b"\0" * 32
BATCH = 1000

_SEAL = """
    UPDATE {table} AS t SET seal = decode(u.seal, 'hex'), sealed_order = u.sealed_order
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS u (id, sealed_order, seal) WHERE t.id = u.id"""


@dataclass(frozen=True, slots=True)
class Break:
    """The first row at which the chain does not hold."""

    row_id: int
    order: int


@transaction.atomic
def seal(table: type[models.Model]) -> int:
    """Seal what is not sealed yet. Runs under the lock of its job; answers how many rows."""
    rows: models.QuerySet[Any] = table._default_manager.all()
    last = rows.filter(sealed_order__isnull=False).order_by("-sealed_order").first()
    order, previous = (last.sealed_order, bytes(last.seal)) if last else (0, GENESIS)
    # Under lock, for a receipt that is being erased meanwhile is sealed in the form that it then has.
    fresh = list(rows.filter(sealed_order__isnull=True).order_by("id").select_for_update()[:BATCH])
    if not fresh:
        return 0
    seals = []
    orders = range(order + 1, order + 1 + len(fresh))
    for place, row in zip(orders, fresh, strict=True):
        previous = digest(previous, place, row)
        seals.append(previous.hex())
    ids = pg.numbers(row.pk for row in fresh)
    pg.run(_SEAL.format(table=table._meta.db_table), [ids, pg.numbers(orders), pg.texts(seals)])
    return len(fresh)


def first_break(table: type[models.Model], vouched: Mapping[int, bytes] | None = None) -> Break | None:
    """Walk the chain from its beginning; None where every row holds. ``vouched``: order -> seal of rows whose
    words were erased: an entry of the audit log says that their seals were these."""
    known = vouched or {}
    previous, expected = GENESIS, 1
    rows: models.QuerySet[Any] = table._default_manager.filter(sealed_order__isnull=False)
    for row in rows.order_by("sealed_order").iterator(chunk_size=BATCH):
        seal_then = digest(previous, row.sealed_order, row)
        if seal_then != bytes(row.seal) and known.get(expected) == bytes(row.seal):
            seal_then = bytes(row.seal)
        if row.sealed_order != expected or seal_then != bytes(row.seal):
            return Break(row.pk, expected)
        previous, expected = seal_then, expected + 1
    return None


def first_altered_payload() -> int | None:
    """The first audit row whose words are no longer those of its digest. Words that were erased, as a
    person may ask, are no alteration."""
    payloads = AuditPayload.objects.select_related("audit").order_by("audit_id")
    for payload in payloads.iterator(chunk_size=BATCH):
        if payload_digest(bytes(payload.salt), payload.body) != bytes(payload.audit.payload_digest):
            return int(payload.audit_id)
    return None


def payload_digest(salt: bytes, body: Any) -> bytes:
    """Of the words as the database gives them back, keyed by their salt."""
    return hmac.digest(salt, json.dumps(body, sort_keys=True).encode(), hashlib.sha256)


def digest(previous: bytes, order: int, row: models.Model) -> bytes:
    fields = {
        field.attname: _plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.attname not in ("seal", "sealed_order")
    }
    body = json.dumps([order, fields], sort_keys=True, default=str).encode()
    return hashlib.sha256(previous + body).digest()


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else value
