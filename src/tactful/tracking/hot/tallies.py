"""Computed properties, counted in the database: one sentence of SQL for new events, for the past of a new
property, and for a client whose events have moved. Sums are exact, and ties are broken by the value
itself, so that the order of arrival makes no difference."""

from collections.abc import Collection

from tactful.events import feed
from tactful.events.types import LANES, VOUCHED
from tactful.foundation import pg

CONSUMER = "computed"
MOST_DIGITS = 40

#: A number, or a text that is plainly one; ``total`` stays empty for everything else.
_NUMBER = rf"""CASE WHEN p.kind = 'sum'
    AND v.value ~ '^[+-]?[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DIGITS}}})?$'
    THEN v.value::numeric ELSE 0 END"""

#: As segments see them: what only a browser tells of moves no value on which something may begin (R94).
VOUCHED_FOR = VOUCHED.replace("data", "e.data")
_ROWS = f"""
    FROM event e
    JOIN computed_property p ON p.event = e.name AND p.removed_at IS NULL
    CROSS JOIN LATERAL (SELECT left(COALESCE(e.data ->> p.field, ''), 200) COLLATE "C" AS value) AS v
    WHERE e.contact_id IS NOT NULL AND (p.field = '' OR (e.data ->> p.field) IS NOT NULL)
      AND {VOUCHED_FOR} AND @WHICH@"""

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

_WATCHED = """
WITH counted AS (@VALUES@ RETURNING property_id, contact_id)
SELECT DISTINCT contact_id FROM counted
WHERE property_id IN (SELECT id FROM computed_property WHERE key = ANY(%(watched)s::text[]))"""

_TALLIES = f"""
INSERT INTO computed_tally AS c (property_id, contact_id, value, n)
SELECT p.id, e.contact_id, v.value, count(*)
{_ROWS} AND p.kind = 'most_frequent'
GROUP BY p.id, e.contact_id, v.value ORDER BY p.id, e.contact_id, v.value
ON CONFLICT (property_id, contact_id, value) DO UPDATE SET n = c.n + excluded.n"""

_SEEN = feed.passed(CONSUMER)
_PAST = f"p.id = %(property)s AND {_SEEN}"
_OF_CONTACTS = f"e.contact_id = ANY(%(contacts)s::bigint[]) AND {_SEEN}"

_ANY = "SELECT EXISTS (SELECT FROM computed_property WHERE removed_at IS NULL)"
_ANY_TALLY = """SELECT EXISTS
    (SELECT FROM computed_property WHERE kind = 'most_frequent' AND removed_at IS NULL)"""


def count_lane(lane: int, limit: int, watched: Collection[str] = ()) -> set[int] | None:
    """Count the next events of a lane, in this transaction. Answers the clients for whom a property with one
    of the keys ``watched`` has changed. None: there are no events, or another process is at it."""
    span = feed.next_span(CONSUMER, lane, limit)
    if span is None:
        return None
    changed = _count(feed.IN_SPAN, span.params, watched) if _first(_ANY, []) else set()
    feed.advance_past(CONSUMER, span)
    return changed


def count_past(property_id: int) -> None:
    """Of a new property: what the lanes have passed already. The rest comes by itself."""
    feed.hold_still(CONSUMER, range(LANES))
    _count(_PAST, {"property": property_id})


def count_contacts(contact_ids: Collection[int]) -> None:
    """Anew, for clients whose events have come from elsewhere or gone."""
    contacts = sorted(contact_ids)
    feed.hold_still(CONSUMER, {contact % LANES for contact in contacts})
    for table in ("computed_value", "computed_tally"):
        pg.run(f"DELETE FROM {table} WHERE contact_id = ANY(%s::bigint[])", [pg.numbers(contacts)])
    _count(_OF_CONTACTS, {"contacts": pg.numbers(contacts)})


def forget(property_id: int) -> None:
    for table in ("computed_value", "computed_tally"):
        pg.run(f"DELETE FROM {table} WHERE property_id = %s", [property_id])


def _count(which: str, params: dict[str, object], watched: Collection[str] = ()) -> set[int]:
    values, changed = _VALUES.replace("@WHICH@", which), set()
    if watched:
        rows = pg.many(_WATCHED.replace("@VALUES@", values), params | {"watched": pg.texts(sorted(watched))})
        changed = {row[0] for row in rows}
    else:
        pg.run(values, params)
    if _first(_ANY_TALLY, []):
        pg.run(_TALLIES.replace("@WHICH@", which), params)
    return changed


def _first(query: str, params: list[object]) -> bool:
    row = pg.one(query, params)
    return bool(row and row[0])
