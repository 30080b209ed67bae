"""After a restore, in SQL: which of what waits has left before, by the journal of departures."""

from collections.abc import Collection, Mapping
from typing import Any

from tactful.foundation import pg

RIDERS = """
SELECT d.message_id, d.contact_id, m.cause_kind, m.cause_id, m.cause_visit, m.touchpoint_id, m.template,
    m.due_at, d.merged_into
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.contact_id = ANY(%s::bigint[]) AND d.merged_into = ANY(%s::bigint[])
"""
# The same message; the same visit of a journey or the same broadcast, decided again; or what was caused anew
# by the same date: same client, same place on the line, same words, due at the same moment.
SAME = """
p.contact_id = d.contact_id AND (
    p.message_id = d.message_id
    OR m.cause_kind = 'visit' AND p.cause_kind = 'visit' AND p.cause_id = m.cause_id
        AND p.cause_visit = m.cause_visit
    OR m.cause_kind = 'broadcast' AND p.cause_kind = 'broadcast' AND p.cause_id = m.cause_id
    OR m.template <> '' AND p.template = m.template AND p.touchpoint_id = m.touchpoint_id
        AND p.due_at = date_trunc('milliseconds', m.due_at))
"""
KNOWN = f"""
SELECT DISTINCT ON (d.message_id) d.message_id, d.contact_id, m.touchpoint_id, m.cause_kind, m.cause_id,
    m.cause_visit, p.fate, p.at, p.clearance
FROM departed p JOIN dispatch d ON d.contact_id = p.contact_id AND d.shelf IN (1, 2)
JOIN message m ON m.id = d.message_id
WHERE {SAME} AND (%(ids)s::bigint[] IS NULL OR d.message_id = ANY(%(ids)s::bigint[]))
ORDER BY d.message_id, p.message_id = d.message_id DESC, p.fate, p.at
"""
# A line that has been moved since the backup keeps the promise's constraint from being met: then the row says
# that it was taken out, and the journal says that it went.
SETTLE = """
UPDATE dispatch d SET
    state = CASE WHEN d.author = 'automation' AND (d.line <> 'structural' OR d.touchpoint_rev IS NULL)
        THEN 'cancelled' ELSE v.state END,
    clearance = COALESCE(v.clearance, d.clearance, 0), cleared_at = v.at, body_hash = d.approved_hash,
    settled_at = v.at, first_handoff_at = v.at, result = 'departed', worker = NULL, reasons = NULL,
    retry_at = NULL, wake_on = NULL, held_since = NULL,
    task_at = CASE WHEN v.state = 'unknown' THEN %(now)s ELSE NULL END
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(ats)s::timestamptz[], %(clearances)s::integer[])
     AS v(id, state, at, clearance)
WHERE d.message_id = v.id AND d.shelf IN (1, 2)
RETURNING d.message_id
"""
DOUBTFUL = """
SELECT d.message_id FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.message_id = ANY(%s::bigint[]) AND d.shelf IN (1, 2) AND m.due_at <= %s
"""
WAITING = f"""
SELECT d.message_id, d.contact_id, m.touchpoint_id, m.subject, GREATEST(m.due_at, d.not_before)
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.shelf = 1 AND d.not_before <= %(now)s AND NOT EXISTS (SELECT FROM departed p WHERE {SAME})
ORDER BY 5, 1 LIMIT %(limit)s
"""
COUNTS = f"""
SELECT (SELECT count(*) FROM dispatch d JOIN message m ON m.id = d.message_id
        WHERE d.shelf = 1 AND d.not_before <= %(now)s
          AND NOT EXISTS (SELECT FROM departed p WHERE {SAME})),
    (SELECT count(*) FROM departed WHERE fate = 'sent'),
    (SELECT count(*) FROM departed WHERE fate = 'unknown')
"""


def riders(contacts: Collection[int], speakers: Collection[int]) -> list[pg.Row]:
    """Messages whose words the speakers carry."""
    return pg.many(RIDERS, [pg.numbers(contacts), pg.numbers(speakers)])


def known(ids: Collection[int] | None) -> list[pg.Row]:
    """Those of them (of all that wait, for None) that have left before."""
    return pg.many(KNOWN, {"ids": None if ids is None else pg.numbers(ids)})


def settle(params: Mapping[str, Any]) -> set[int]:
    return {row[0] for row in pg.many(SETTLE, params)}


def doubtful(ids: Collection[int], until: object) -> list[int]:
    return [row[0] for row in pg.many(DOUBTFUL, [pg.numbers(ids), until])]
