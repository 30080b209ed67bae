"""Reading the log in order, without skipping what commits late. Hot path in SQL.

A cursor over ids alone would step past rows of transactions that are still open. The cursor is
(xid, id), and only rows are read whose transaction is older than every open one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tactful.events.types import LANES, Fact

LOCK_CLASS = 7_301  # first key of the advisory locks of lanes

READ = """
SELECT id, name, contact_id, ts, recorded_at, data, xid::text::bigint
FROM event
WHERE lane = %(lane)s AND (xid, id) > (%(xid)s::text::xid8, %(id)s)
  AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, id LIMIT %(limit)s
"""
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


def read(consumer: str, lane: int, limit: int = 500) -> Batch | None:
    """The next facts of a lane, or None. The caller holds the lane (``try_lane``)."""
    if not 0 <= lane < LANES:
        raise ValueError(f"A lane is 0 to {LANES - 1}, not {lane}.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid, event_id FROM reactor_cursor WHERE consumer = %s AND lane = %s", [consumer, lane]
        )
        xid, event_id = cursor.fetchone() or (0, 0)
        cursor.execute(READ, {"lane": lane, "xid": str(xid), "id": event_id, "limit": limit})
        rows = cursor.fetchall()
    if not rows:
        return None
    facts = [Fact(r[0], r[1], r[2], r[3], r[4], _json(r[5])) for r in rows]
    return Batch(facts, rows[-1][6], rows[-1][0])


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
