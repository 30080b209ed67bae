"""T2 in SQL: the handoff mark, which is the moment of sending."""

from collections.abc import Mapping
from typing import Any

from tactful.foundation import pg

# The lock on the contacts waits for whoever is changing a gate fact, and answers with the gate_rev as it is
# after that; the lock on the touchpoints does the same for the line, and the one on the house for orders to
# all: once somebody has pressed the brake, nothing of automation is marked. Each of the lists is read to its
# end before the first row is compared with it, so all locks on contacts come before the others, in one order.
# A pause is read and not locked: whoever settles what became of messages holds their rows when it pauses an
# account, so a lock here would be taken in two orders. It counts if it stood when the statement began.
MARK = """
WITH person AS MATERIALIZED (
    SELECT id, gate_rev FROM contact WHERE id = ANY(%(contacts)s::bigint[]) ORDER BY id FOR SHARE
), point AS MATERIALIZED (
    SELECT current_id FROM touchpoint WHERE id = ANY(%(touchpoints)s::bigint[]) ORDER BY id FOR SHARE
), house AS MATERIALIZED (
    SELECT rev FROM house_state WHERE id = 1 AND (SELECT count(*) FROM person) >= 0 FOR SHARE
), paused AS MATERIALIZED (
    SELECT FROM sending_pause WHERE ended_at IS NULL
      AND (scope = 'everything' OR scope = 'account' AND scope_id = %(account)s)
    UNION ALL SELECT FROM instance WHERE sending_paused <> ''
    UNION ALL SELECT FROM account WHERE id = %(account)s AND paused_reason <> ''
)
UPDATE dispatch d SET state = 'handoff', handoff_at = clock_timestamp(),
    template_version = v.version, address = v.address, fixed = v.fixed::jsonb, body_hash = v.body_hash,
    first_handoff_at = v.first_at
FROM unnest(%(ids)s::bigint[], %(attempts)s::integer[], %(versions)s::bigint[], %(addresses)s::text[],
            %(fixed)s::text[], %(hashes)s::bytea[], %(firsts)s::timestamptz[])
     AS v(id, attempt, version, address, fixed, body_hash, first_at)
WHERE d.message_id = v.id AND d.attempt = v.attempt AND d.state = 'claimed' AND d.worker = %(worker)s
  AND ((d.contact_id, d.gate_rev) IN (SELECT id, gate_rev FROM person)) IS TRUE
  AND (d.touchpoint_rev IS NULL AND d.author <> 'automation'
       OR d.touchpoint_rev IN (SELECT current_id FROM point))
  AND (d.author = 'person_direct' OR (SELECT rev FROM house) = %(house)s)
  AND NOT EXISTS (SELECT FROM paused)
RETURNING d.message_id
"""
RETURN = """
UPDATE dispatch SET state = 'queued', worker = NULL, clearance = NULL, cleared_at = NULL
WHERE message_id = ANY(%s::bigint[]) AND worker = %s AND state = 'claimed' RETURNING message_id
"""


def mark(params: Mapping[str, Any]) -> set[int]:
    """Which of them went over."""
    return {row[0] for row in pg.many(MARK, params)}


def give_back(ids: pg.Numbers, worker: int) -> set[int]:
    """Claimed messages go back to the queue and meet the gate again; nothing was handed over."""
    return {row[0] for row in pg.many(RETURN, [ids, worker])}


def save_letterhead(ident: int, body: str) -> None:
    pg.run(
        "INSERT INTO letterhead (id, body) VALUES (%s, %s::jsonb) ON CONFLICT (id) DO NOTHING", [ident, body]
    )
