"""T3 in SQL: outcomes, each fenced by worker and attempt."""

from collections.abc import Mapping, Sequence
from typing import Any

from tactful.foundation import pg

SENT = """
UPDATE dispatch d SET state = 'sent', settled_at = %(now)s, result_code = v.code, result = '',
    provider_id = v.provider_id, tries = d.tries + 1
FROM unnest(%(ids)s::bigint[], %(attempts)s::integer[], %(codes)s::smallint[], %(providers)s::text[])
     AS v(id, attempt, code, provider_id)
WHERE d.message_id = v.id AND d.attempt = v.attempt AND d.state = 'handoff' AND d.worker = %(worker)s
RETURNING d.message_id
"""
# A mail that could not even be built never came to the mark; its row is still claimed.
OTHERS = """
UPDATE dispatch d SET state = v.state, retry_at = clock_timestamp() + v.delay * interval '1 second',
    tries = d.tries + v.counts::integer, resent = d.resent OR v.resent, result_code = v.code,
    result = v.result, body_hash = COALESCE(d.body_hash, v.body_hash), task_at = v.task_at,
    settled_at = CASE WHEN v.state = 'queued' THEN NULL ELSE %(now)s END,
    worker = NULL, cap_day = CASE WHEN v.state = 'dead' THEN NULL ELSE d.cap_day END
FROM unnest(%(ids)s::bigint[], %(attempts)s::integer[], %(states)s::text[], %(delays)s::float8[],
            %(counts)s::boolean[], %(resents)s::boolean[], %(codes)s::smallint[], %(results)s::text[],
            %(hashes)s::bytea[], %(tasks)s::timestamptz[])
     AS v(id, attempt, state, delay, counts, resent, code, result, body_hash, task_at)
WHERE d.message_id = v.id AND d.attempt = v.attempt AND d.state IN ('claimed', 'handoff')
  AND d.worker = %(worker)s
RETURNING d.message_id
"""
UNMARK = """
UPDATE dispatch d SET state = 'queued', worker = NULL, clearance = NULL, cleared_at = NULL
FROM unnest(%s::bigint[], %s::integer[]) AS v(id, attempt)
WHERE d.message_id = v.id AND d.attempt = v.attempt AND d.state = 'handoff' AND d.worker = %s
"""


def sent(params: Mapping[str, Any]) -> set[int]:
    return {row[0] for row in pg.many(SENT, params)}


def others(params: Mapping[str, Any]) -> set[int]:
    return {row[0] for row in pg.many(OTHERS, params)}


def unmark(ids: Sequence[int], attempts: Sequence[int], worker: int) -> None:
    """The dot never left: back to the queue, nothing burned."""
    if ids:
        pg.run(UNMARK, [pg.numbers(ids), pg.numbers(attempts), worker])
