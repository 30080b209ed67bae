"""The fact log as a journey reads it again: what came before a wait, and what a row has missed."""

import json
from collections.abc import Collection
from datetime import datetime

from tactful.events.types import VOUCHED, Fact
from tactful.foundation import pg

COLUMNS = "id, name, contact_id, ts, recorded_at, data::text"

NAMED = f"""SELECT {COLUMNS} FROM event
WHERE contact_id = ANY(%(contacts)s::bigint[]) AND name = ANY(%(names)s::text[]) AND ts >= %(since)s
    AND {VOUCHED}
ORDER BY ts, id"""

LEARNED = f"""SELECT {COLUMNS} FROM event
WHERE contact_id = ANY(%(contacts)s::bigint[]) AND recorded_at >= %(since)s AND {VOUCHED}
ORDER BY xid, id"""


def named_since(contact_ids: Collection[int], names: Collection[str], since: datetime) -> list[Fact]:
    """In the order in which they happened."""
    return _facts(NAMED, contact_ids, since, names)


def learned_since(contact_ids: Collection[int], since: datetime) -> list[Fact]:
    """In the order in which the log is read."""
    return _facts(LEARNED, contact_ids, since, ())


def _facts(query: str, contact_ids: Collection[int], since: datetime, names: Collection[str]) -> list[Fact]:
    params = {"contacts": pg.numbers(contact_ids), "names": pg.texts(names), "since": since}
    return [Fact(r[0], r[1], r[2], r[3], r[4], json.loads(r[5])) for r in pg.many(query, params)]
