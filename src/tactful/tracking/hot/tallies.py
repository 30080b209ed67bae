"""Computed properties, counted in the database: one sentence of SQL for new events, for the past of a new
property, and for a client whose events have moved. Sums are exact, and ties are broken by the value
itself, so that the order of arrival makes no difference."""

from collections.abc import Collection

from tactful.events.types import LANES
from tactful.foundation import pg

CONSUMER = "computed"
LOCK_CLASS = 7_301  # that of ``events.feed``: one consumer reads one lane at a time
MOST_DIGITS = 40

#: A number, or a text that is plainly one; ``total`` stays empty for everything else.
_NUMBER = rf"""CASE WHEN p.kind = 'sum'
    AND v.value ~ '^[+-]?[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DIGITS}}})?$'
    THEN v.value::numeric ELSE 0 END"""

_ROWS = """
    FROM event e
    JOIN computed_property p ON p.event = e.name AND p.removed_at IS NULL
    CROSS JOIN LATERAL (SELECT left(COALESCE(e.data ->> p.field, ''), 200) COLLATE "C" AS value) AS v
    WHERE e.contact_id IS NOT NULL AND (p.field = '' OR (e.data ->> p.field) IS NOT NULL)
      AND @WHICH@"""

_VALUES = f"""
INSERT INTO computed_value AS c
    (property_id, contact_id, n, total, first_at, first_value, last_at, last_value)
SELECT p.id, e.contact_id, count(*), sum({_NUMBER}),
    min(e.ts), (array_agg(v.value ORDER BY e.ts, v.value))[1],
    max(e.ts), (array_agg(v.value ORDER BY e.ts DESC, v.value DESC))[1]
{_ROWS}
GROUP BY p.id, e.contact_id ORDER BY p.id, e.contact_id
ON CONFLICT (property_id, contact_id) DO UPDATE SET
    n = c.n + excluded.n,
    total = c.total + excluded.total,
    first_value = CASE WHEN (excluded.first_at, excluded.first_value COLLATE "C")
        < (c.first_at, c.first_value COLLATE "C") THEN excluded.first_value ELSE c.first_value END,
    first_at = least(c.first_at, excluded.first_at),
    last_value = CASE WHEN (excluded.last_at, excluded.last_value COLLATE "C")
        > (c.last_at, c.last_value COLLATE "C") THEN excluded.last_value ELSE c.last_value END,
    last_at = greatest(c.last_at, excluded.last_at)"""

_TALLIES = f"""
INSERT INTO computed_tally AS c (property_id, contact_id, value, n)
SELECT p.id, e.contact_id, v.value, count(*)
{_ROWS} AND p.kind = 'most_frequent'
GROUP BY p.id, e.contact_id, v.value ORDER BY p.id, e.contact_id, v.value
ON CONFLICT (property_id, contact_id, value) DO UPDATE SET n = c.n + excluded.n"""

_FRESH = """e.lane = %(lane)s AND (e.xid, e.id) > (%(xid)s::text::xid8, %(id)s)
    AND (e.xid, e.id) <= (%(to_xid)s::text::xid8, %(to_id)s)"""
_SEEN = f"""(e.xid, e.id) <= (SELECT r.xid::text::xid8, r.event_id FROM reactor_cursor r
    WHERE r.consumer = '{CONSUMER}' AND r.lane = e.lane)"""
_PAST = f"p.id = %(property)s AND {_SEEN}"
_OF_CONTACTS = f"e.contact_id = ANY(%(contacts)s::bigint[]) AND {_SEEN}"

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
_ANY = "SELECT EXISTS (SELECT FROM computed_property WHERE removed_at IS NULL)"
_ANY_TALLY = """SELECT EXISTS
    (SELECT FROM computed_property WHERE kind = 'most_frequent' AND removed_at IS NULL)"""
_LOCK = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
_TRY = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"


def count_lane(lane: int, limit: int) -> bool:
    """Count the next events of a lane, in this transaction. False: none, or another process is at it."""
    if not _first(_TRY, [LOCK_CLASS, f"{CONSUMER}:{lane}"]):
        return False
    found = pg.one(_NEXT, {"consumer": CONSUMER, "lane": lane, "limit": limit})
    if found is None:
        return False
    xid, ident, to_xid, to_id = found
    if _first(_ANY, []):
        stretch = {"lane": lane, "xid": str(xid), "id": ident, "to_xid": str(to_xid), "to_id": to_id}
        _count(_FRESH, stretch)
    pg.run(_ADVANCE, [CONSUMER, lane, to_xid, to_id])
    return True


def count_past(property_id: int) -> None:
    """Of a new property: what the lanes have passed already. The rest comes by itself."""
    _hold_still(range(LANES))
    _count(_PAST, {"property": property_id})


def count_contacts(contact_ids: Collection[int]) -> None:
    """Anew, for clients whose events have come from elsewhere or gone."""
    contacts = sorted(contact_ids)
    _hold_still(sorted({contact % LANES for contact in contacts}))
    for table in ("computed_value", "computed_tally"):
        pg.run(f"DELETE FROM {table} WHERE contact_id = ANY(%s::bigint[])", [pg.numbers(contacts)])
    _count(_OF_CONTACTS, {"contacts": pg.numbers(contacts)})


def forget(property_id: int) -> None:
    for table in ("computed_value", "computed_tally"):
        pg.run(f"DELETE FROM {table} WHERE property_id = %s", [property_id])


def _count(which: str, params: dict[str, object]) -> None:
    pg.run(_VALUES.replace("@WHICH@", which), params)
    if _first(_ANY_TALLY, []):
        pg.run(_TALLIES.replace("@WHICH@", which), params)


def _hold_still(lanes: Collection[int]) -> None:
    for lane in lanes:
        pg.many(_LOCK, [LOCK_CLASS, f"{CONSUMER}:{lane}"])


def _first(query: str, params: list[object]) -> bool:
    row = pg.one(query, params)
    return bool(row and row[0])
