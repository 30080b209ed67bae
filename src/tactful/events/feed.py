"""Reading the log in order, without skipping what commits late. Hot path in SQL.

A cursor over ids alone would step past rows of transactions that are still open. The cursor is
(xid, id), and only rows are read whose transaction is older than every open one.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

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

_NEXT = """
SELECT COALESCE(c.xid, 0), COALESCE(c.event_id, 0), last.xid::text::bigint, last.id
FROM (VALUES (1)) AS one
LEFT JOIN reactor_cursor c ON c.consumer = %(consumer)s AND c.lane = %(lane)s
CROSS JOIN LATERAL (
    SELECT xid, id FROM (
        SELECT xid, id FROM event e
        WHERE e.lane = %(lane)s AND (e.xid, e.id) > (COALESCE(c.xid, 0)::text::xid8, COALESCE(c.event_id, 0))
          AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, id LIMIT %(limit)s) AS next
    ORDER BY xid DESC, id DESC LIMIT 1) AS last"""
_ADVANCE = """INSERT INTO reactor_cursor (consumer, lane, xid, event_id) VALUES (%s, %s, %s, %s)
ON CONFLICT (consumer, lane) DO UPDATE SET xid = excluded.xid, event_id = excluded.event_id"""

IN_SPAN = """e.lane = %(lane)s AND (e.xid, e.id) > (%(xid)s::text::xid8, %(id)s)
    AND (e.xid, e.id) <= (%(to_xid)s::text::xid8, %(to_id)s)"""
"""In SQL: the events ``e`` of a span, by its ``params``."""


@dataclass(frozen=True, slots=True)
class Batch:
    facts: list[Fact]
    xid: int
    event_id: int


def with_news(consumers: Sequence[str]) -> list[tuple[str, int]]:
    """(consumer, lane) for all that have something to read, in one question."""
    found = pg.many(NEWS, {"consumers": pg.texts(consumers), "last": LANES - 1})
    return [(consumer, lane) for consumer, lane in found]


def try_lane(consumer: str, lane: int) -> bool:
    """Take the lane for this transaction; one consumer reads one lane at a time."""
    return pg.try_lock(LOCK_CLASS, f"{consumer}:{lane}")


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
    pg.run(_ADVANCE, [consumer, lane, batch.xid, batch.event_id])


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a lane, for a consumer that reads it where it is. ``params``: of ``IN_SPAN``."""

    lane: int
    to_xid: int
    to_id: int
    params: dict[str, object]


def next_span(consumer: str, lane: int, limit: int) -> Span | None:
    """The next events of a lane, which is this transaction's from now on. None: there are none, or another
    process holds the lane."""
    if not try_lane(consumer, lane):
        return None
    found = pg.one(_NEXT, {"consumer": consumer, "lane": lane, "limit": limit})
    if found is None:
        return None
    xid, ident, to_xid, to_id = found
    params = {"lane": lane, "xid": str(xid), "id": ident, "to_xid": str(to_xid), "to_id": to_id}
    return Span(lane, to_xid, to_id, params)


def advance_past(consumer: str, span: Span) -> None:
    pg.run(_ADVANCE, [consumer, span.lane, span.to_xid, span.to_id])


def passed(consumer: str) -> str:
    """In SQL: the events ``e`` that this consumer has behind it. ``consumer``: a constant of ours."""
    return f"""(e.xid, e.id) <= (SELECT r.xid::text::xid8, r.event_id FROM reactor_cursor r
    WHERE r.consumer = '{consumer}' AND r.lane = e.lane)"""  # noqa: S608


def hold_still(consumer: str, lanes: Collection[int]) -> None:
    """Wait until nobody reads these lanes for that consumer, and let nobody until this transaction ends."""
    for lane in sorted(lanes):
        pg.lock(LOCK_CLASS, f"{consumer}:{lane}")


def _json(value: object) -> dict[str, object]:
    loaded = json.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else {}
