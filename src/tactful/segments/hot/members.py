"""Keeping the members of live segments: who has come in, who has left, and the spells that say so."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.sql import SQL

from tactful.foundation import pg
from tactful.foundation.copying import copy_columns
from tactful.foundation.ids import new_ids
from tactful.segments.hot.asking import fetch, whole_tables
from tactful.segments.hot.compiling import Compiled

RUNNING = """SELECT segment_id, contact_id FROM segment_member
WHERE to_at IS NULL AND contact_id = ANY(%s::bigint[]) AND segment_id = ANY(%s::bigint[])"""
EVERYBODY = SQL(
    """SELECT i.id, r.id FROM (SELECT c.id FROM contact c WHERE {where}) AS i
    FULL JOIN (SELECT m.contact_id AS id FROM segment_member m
        WHERE m.segment_id = %(segment)s AND m.to_at IS NULL) AS r USING (id)
    WHERE i.id IS NULL OR r.id IS NULL"""
)
END = """UPDATE segment_member SET to_at = %(now)s, end_recorded_at = %(now)s
WHERE segment_id = %(segment)s AND to_at IS NULL AND contact_id = ANY(%(ids)s::bigint[])"""
#: A contact may be erased between the question and the answer. Whoever is here only because somebody wrote
#: their address into a form comes in when they have said yes, or a day after it is too late for that (whom
#: nobody has spoken with is forgotten by then): nothing shall begin for them before.
STILL_THERE = """SELECT id FROM contact c WHERE id = ANY(%(ids)s::bigint[]) AND NOT EXISTS (
    SELECT FROM consent_request w WHERE w.contact_id = c.id AND w.is_new AND w.confirmed_at IS NULL
    AND w.expires_at > %(now)s - interval '1 day')
ORDER BY id FOR KEY SHARE OF c"""
TAKE = """DELETE FROM segment_dirty WHERE id IN (
    SELECT id FROM segment_dirty ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING contact_id"""
COUNTS = """SELECT segment_id, count(*) FROM segment_member
WHERE to_at IS NULL AND segment_id = ANY(%s::bigint[]) GROUP BY segment_id"""


@dataclass(frozen=True, slots=True)
class Difference:
    entered: tuple[int, ...]
    left: tuple[int, ...]


def running(segment_ids: Collection[int], ids: Collection[int]) -> dict[int, set[int]]:
    """Those of the contacts ``ids`` whose stay runs, by segment."""
    found: dict[int, set[int]] = {each: set() for each in segment_ids}
    for segment_id, contact_id in pg.many(RUNNING, [pg.numbers(ids), pg.numbers(segment_ids)]):
        found[segment_id].add(contact_id)
    return found


def difference(segment_id: int, compiled: Compiled) -> Difference:
    """Over all contacts."""
    with whole_tables():
        params = compiled.params | {"segment": segment_id}
        return _read(fetch(EVERYBODY.format(where=compiled.where), params))


def _read(rows: Sequence[pg.Row]) -> Difference:
    entered = tuple(inside for inside, running in rows if running is None)
    return Difference(entered, tuple(running for inside, running in rows if inside is None))


def write(segment_id: int, found: Difference, now: datetime) -> Difference:
    """Spells begin and end. Answers with those who really came in. The caller holds the segment's row."""
    return write_all({segment_id: found}, now)[segment_id]


def write_all(found: Mapping[int, Difference], now: datetime) -> dict[int, Difference]:
    """The same for several segments, by their ids."""
    for segment_id, each in found.items():
        if each.left:
            pg.run(END, {"segment": segment_id, "now": now, "ids": pg.numbers(each.left)})
    coming = sorted({ident for each in found.values() for ident in each.entered})
    there = set(_there(coming, now)) if coming else set()
    kept = {
        segment_id: Difference(tuple(ident for ident in each.entered if ident in there), each.left)
        for segment_id, each in found.items()
    }
    _begin([(segment_id, ident) for segment_id, each in kept.items() for ident in each.entered], now)
    return kept


def _there(ids: Sequence[int], now: datetime) -> Iterator[int]:
    return (row[0] for row in pg.many(STILL_THERE, {"ids": pg.numbers(ids), "now": now}))


def _begin(stays: Sequence[tuple[int, int]], now: datetime) -> None:
    """``stays``: (segment, contact)."""
    count = len(stays)
    if not count:
        return
    copy_columns(
        "segment_member",
        [
            ("id", "bigint", new_ids(count)),
            ("segment_id", "bigint", [segment_id for segment_id, _ in stays]),
            ("contact_id", "bigint", [contact_id for _, contact_id in stays]),
            ("from_at", "timestamptz", [now] * count),
            ("to_at", "timestamptz", [None] * count),
            ("recorded_at", "timestamptz", [now] * count),
            ("end_recorded_at", "timestamptz", [None] * count),
        ],
    )


def soil(contact_ids: Sequence[int]) -> None:
    """Put contacts in the queue."""
    copy_columns(
        "segment_dirty", [("id", "bigint", new_ids(len(contact_ids))), ("contact_id", "bigint", contact_ids)]
    )


def take_dirty(most: int) -> list[int]:
    """Take the next ones out of the queue, each once. They are back if the transaction does not commit."""
    return sorted({row[0] for row in pg.many(TAKE, [most])})


def counts(segment_ids: Collection[int]) -> dict[int, int]:
    return dict(pg.many(COUNTS, [pg.numbers(segment_ids)]))
