"""Reading the log in order, without skipping what commits late. Hot path in SQL.

A cursor over ids alone would step past rows of transactions that are still open. The cursor is
(xid, id), and only rows are read whose transaction is older than every open one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tactful.events.types import LANES, Fact
from tactful.foundation import pg

LOCK_CLASS = 7_301  # first key of the advisory locks of lanes

AT_ONCE = 500  # facts handed out
LOOKED_AT = 5_000  # facts passed by, for a consumer that wants few of them

READ = """
SELECT id, name, contact_id, ts, recorded_at, data::text, xid::text::bigint
FROM event
WHERE lane = %(lane)s AND (xid, id) > (%(xid)s::text::xid8, %(id)s)
  AND (xid, id) <= (%(to_xid)s::text::xid8, %(to_id)s)
  AND (%(every)s OR name = ANY(%(names)s::text[]) OR name LIKE ANY(%(endings)s::text[]))
ORDER BY xid, id LIMIT %(limit)s
"""
END = """
SELECT xid::text::bigint, id FROM (
    SELECT xid, id FROM event
    WHERE lane = %(lane)s AND (xid, id) > (%(xid)s::text::xid8, %(id)s)
      AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xid, id LIMIT %(most)s) AS next
ORDER BY xid DESC, id DESC LIMIT 1
"""
CURSOR = "SELECT xid, event_id FROM reactor_cursor WHERE consumer = %s AND lane = %s"
NEWS = """
SELECT consumer, lane FROM unnest(%(consumers)s::text[]) AS a(consumer)
CROSS JOIN generate_series(0, %(last)s) AS b(lane) LEFT JOIN reactor_cursor c USING (consumer, lane)
WHERE EXISTS (
    SELECT FROM event e WHERE e.lane = b.lane
        AND (e.xid, e.id) > (COALESCE(c.xid, 0)::text::xid8, COALESCE(c.event_id, 0))
        AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
)
ORDER BY consumer DESC, lane
"""


@dataclass(frozen=True, slots=True)
class Batch:
    facts: list[Fact]
    xid: int
    event_id: int


def with_news(consumers: Sequence[str]) -> list[tuple[str, int]]:
    """(consumer, lane) for all that have something to read, in one question."""
    with connection.cursor() as cursor:
        cursor.execute(NEWS, {"consumers": list(consumers), "last": LANES - 1})
        return [(consumer, lane) for consumer, lane in cursor.fetchall()]


def try_lane(consumer: str, lane: int) -> bool:
    """Take the lane for this transaction; one consumer reads one lane at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_CLASS, f"{consumer}:{lane}"]
        )
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts a consumer reads: those of these names, or whose name ends so."""

    names: frozenset[str]
    endings: tuple[str, ...] = ()


def read(consumer: str, lane: int, limit: int = AT_ONCE, wanted: Wanted | None = None) -> Batch | None:
    """The next facts of a lane, or None. The caller holds the lane (``try_lane``).

    ``wanted``: all others are passed by; there may be none in the batch.
    """
    if not 0 <= lane < LANES:
        raise ValueError(f"A lane is 0 to {LANES - 1}, not {lane}.")
    cursor = pg.one(CURSOR, [consumer, lane]) or (0, 0)
    params: dict[str, object] = {"lane": lane, "xid": str(cursor[0]), "id": cursor[1]}
    end = pg.one(END, params | {"most": LOOKED_AT if wanted else limit})
    if end is None:
        return None
    names, endings = (wanted.names, wanted.endings) if wanted else (frozenset(), ())
    patterns = pg.texts("%" + ending.replace("_", r"\_") for ending in endings)
    params |= {"to_xid": str(end[0]), "to_id": end[1], "every": wanted is None, "limit": limit}
    rows = pg.many(READ, params | {"names": pg.texts(sorted(names)), "endings": patterns})
    facts = [Fact(r[0], r[1], r[2], r[3], r[4], _json(r[5])) for r in rows]
    if len(rows) == limit:
        return Batch(facts, rows[-1][6], rows[-1][0])
    return Batch(facts, end[0], end[1])


def advance(consumer: str, lane: int, batch: Batch) -> None:
    """Move the cursor behind the batch, in the transaction that holds its effects."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reactor_cursor (consumer, lane, xid, event_id) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (consumer, lane) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id",
            [consumer, lane, batch.xid, batch.event_id],
        )


def _json(value: object) -> dict[str, object]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else {}
