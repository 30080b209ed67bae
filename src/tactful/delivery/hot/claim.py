"""T1 in SQL: candidates whose contact nobody else has in hand, caps in sorted order, verdicts in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from tactful.delivery.rules.caps import Place
from tactful.foundation import pg

WEEK_LENGTH = timedelta(days=6)  # before the day in question

# Each lane is read in order and only as far as the limit goes. Locks on contacts are skipped, never
# waited for: whoever waits in a claim waits for caps alone, and so nobody waits in a circle.
FRESH = """
SELECT x.message_id, x.contact_id, x.gate_rev
FROM generate_series(0, 9) AS lane(number) CROSS JOIN LATERAL (
    SELECT d.message_id, d.contact_id, c.gate_rev
    FROM dispatch d JOIN contact c ON c.id = d.contact_id
    WHERE d.shelf = 1 AND d.retry_at IS NULL AND d.lane = lane.number AND d.not_before <= %(now)s
      AND COALESCE(d.account_id, %(default)s) = ANY(%(accounts)s::bigint[]) {paused}
    ORDER BY d.not_before LIMIT %(limit)s
    FOR NO KEY UPDATE OF c SKIP LOCKED
) x LIMIT %(limit)s
"""
DEFERRED = """
SELECT d.message_id, d.contact_id, c.gate_rev
FROM dispatch d JOIN contact c ON c.id = d.contact_id
WHERE d.shelf = 1 AND d.retry_at <= clock_timestamp() AND d.not_before <= %(now)s
  AND COALESCE(d.account_id, %(default)s) = ANY(%(accounts)s::bigint[]) {paused}
ORDER BY d.retry_at LIMIT %(limit)s
FOR NO KEY UPDATE OF c SKIP LOCKED
"""
PAUSED = """
AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = d.message_id
                AND m.cause_kind = 'broadcast' AND m.cause_id = ANY(%(broadcasts)s::bigint[]))
"""
FIELDS = """
d.message_id, d.contact_id, d.lane, d.account_id, d.author, d.line, d.touchpoint_rev, d.not_before,
d.attempt, d.tries, d.misses, d.resent, d.approved_by, d.approved_hash, d.late_decided_by, d.cap_day,
d.cap_scopes, d.held_since, d.wake_on, d.template_version, d.address, d.fixed::text, d.body_hash,
d.first_handoff_at, m.channel, m.touchpoint_id, m.message_class, m.purpose, m.cause_kind, m.cause_id,
m.cause_visit, m.may_merge, m.latest_at, m.due_at, m.condition::text, m.topics, m.allow, m.template,
m.language, m.variables::text, m.subject, m.body, m.in_reply_to, m."references", m.is_auto_reply, m.key_id,
d.seen_by
"""
LOAD = f"""
SELECT {FIELDS} FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.message_id = ANY(%s::bigint[]) AND d.shelf = 1
"""
_IN_TURN = itemgetter(2, 7, 0)  # lane, not_before, message_id
MERGEABLE = f"""
SELECT {FIELDS} FROM unnest(%(contacts)s::bigint[], %(ends)s::timestamptz[]) AS v(contact_id, ends_at)
JOIN dispatch d ON d.contact_id = v.contact_id AND d.shelf = 1 AND d.not_before < v.ends_at
JOIN message m ON m.id = d.message_id AND m.may_merge
WHERE d.message_id <> ALL(%(known)s::bigint[])
"""
RESERVE = """
INSERT INTO cap_use (scope, scope_id, day, used)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::integer[])
ON CONFLICT (scope, scope_id, day) DO UPDATE SET used = cap_use.used + excluded.used
RETURNING scope_id, used
"""
WEEK = """
SELECT scope_id, day, used FROM cap_use
WHERE scope = 'contact' AND scope_id = ANY(%s::bigint[]) AND day BETWEEN %s AND %s AND used > 0
"""
CLAIMED = """
UPDATE dispatch d SET state = 'claimed', attempt = d.attempt + 1, worker = %(worker)s, gate_rev = v.rev,
    clearance = v.mask, cleared_at = %(now)s, account_id = v.account, cap_day = v.day,
    cap_scopes = v.scopes::bigint[], basis_receipt = v.receipt, retry_at = NULL, reasons = NULL,
    wake_on = NULL, held_since = NULL, task_at = NULL, misses = 0, owner_id = NULL, on_release = ''
FROM unnest(%(ids)s::bigint[], %(revs)s::bigint[], %(masks)s::integer[], %(accounts)s::bigint[],
            %(receipts)s::bigint[], %(days)s::date[], %(scopes)s::text[])
     AS v(id, rev, mask, account, receipt, day, scopes)
WHERE d.message_id = v.id AND d.shelf = 1
"""
JUDGED = """
UPDATE dispatch d SET state = v.state, not_before = COALESCE(v.not_before, d.not_before),
    retry_at = clock_timestamp() + v.delay * interval '1 second', reasons = v.reasons::jsonb,
    wake_on = v.wake_on::text[], owner_id = v.owner, on_release = v.on_release, task_at = v.task_at,
    held_since = v.held_since, misses = v.misses, merged_into = v.merged_into, settled_at = v.settled_at,
    cap_day = NULL, cap_scopes = NULL, clearance = NULL, cleared_at = NULL, worker = NULL
FROM unnest(%(id)s::bigint[], %(state)s::text[], %(not_before)s::timestamptz[], %(delay)s::float8[],
            %(reasons)s::text[], %(wake_on)s::text[], %(owner)s::bigint[], %(on_release)s::text[],
            %(task_at)s::timestamptz[], %(held_since)s::timestamptz[], %(misses)s::smallint[],
            %(merged_into)s::bigint[], %(settled_at)s::timestamptz[])
     AS v(id, state, not_before, delay, reasons, wake_on, owner, on_release, task_at, held_since, misses,
          merged_into, settled_at)
WHERE d.message_id = v.id AND d.shelf = 1
"""


REHEARSED = """
INSERT INTO rehearsed (message_id, trial, at)
SELECT v.id, v.trial, %s FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, trial)
ON CONFLICT (message_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """What this claim may touch. ``broadcasts``: the paused ones. ``default``: account of those without."""

    accounts: Sequence[int]
    default: int
    broadcasts: Sequence[int]
    limit: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A message that does not go now. ``delay``: seconds by the machine clock, ``None`` for none."""

    id: int
    state: str
    not_before: datetime | None = None
    delay: float | None = None
    reasons: str | None = None
    wake_on: str | None = None
    owner: int | None = None
    on_release: str = ""
    task_at: datetime | None = None
    held_since: datetime | None = None
    misses: int = 0
    merged_into: int | None = None
    settled_at: datetime | None = None


def candidates(scope: Scope, now: datetime) -> list[tuple[int, int, int]]:
    """(message, contact, gate_rev) with the contacts locked until the end of the transaction."""
    params = {
        "now": now,
        "default": scope.default,
        "accounts": pg.numbers(scope.accounts),
        "broadcasts": pg.numbers(scope.broadcasts),
        "limit": max(1, scope.limit // 4),
    }
    paused = PAUSED if scope.broadcasts else ""
    found = pg.many(DEFERRED.format(paused=paused), params)
    rest = scope.limit - len(found)
    if rest > 0:
        found += pg.many(FRESH.format(paused=paused), {**params, "limit": rest})
    return found


def load(ids: Iterable[int]) -> list[pg.Row]:
    """In the order in which they go. Sorted here: the server would copy each of these wide rows for it."""
    return sorted(pg.many(LOAD, [pg.numbers(ids)]), key=_IN_TURN)


def mergeable(ends: Mapping[int, datetime], known: Iterable[int]) -> list[pg.Row]:
    """Further messages of these contacts that may merge, due before their day ends."""
    params = {"contacts": pg.numbers(ends), "ends": list(ends.values()), "known": pg.numbers(known)}
    return pg.many(MERGEABLE, params)


def reserve(changes: Mapping[Place, int]) -> dict[Place, int]:
    """Add to the places, in sorted order, and answer with what they hold now. Locks them."""
    if not changes:
        return {}
    ordered = sorted(changes)
    params = [
        pg.texts([place[0] for place in ordered]),
        pg.numbers([place[1] for place in ordered]),
        pg.moments([place[2] for place in ordered]),
        pg.numbers([changes[place] for place in ordered]),
    ]
    # One row comes back for each that went in, in that order: the very order of the locks.
    found = pg.many(RESERVE, params)
    if [place[1] for place in ordered] != [row[0] for row in found]:
        raise AssertionError("The places did not come back in the order in which they were locked.")
    return {place: used for place, (_, used) in zip(ordered, found, strict=True)}


def week(days: Mapping[int, date]) -> dict[int, dict[date, int]]:
    """Places used by each contact on the six days before the given one."""
    found: dict[int, dict[date, int]] = {}
    first, last = min(days.values()) - WEEK_LENGTH, max(days.values())
    for contact, day, used in pg.many(WEEK, [pg.numbers(days), first, last]):
        if days[contact] - WEEK_LENGTH <= day < days[contact]:
            found.setdefault(contact, {})[day] = used
    return found


def write_judged(rows: Sequence[Judged]) -> None:
    if not rows:
        return
    numeric = ("id", "owner", "merged_into", "misses")
    params: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in Judged.__slots__}
    pg.run(JUDGED, params | {name: pg.numbers(params[name]) for name in numeric})


def note_rehearsed(ids: pg.Numbers, trials: pg.Numbers, now: datetime) -> None:
    """Each once, however often it meets the gate."""
    pg.run(REHEARSED, [now, ids, trials])


def write_claimed(params: Mapping[str, Any]) -> int:
    return pg.run(CLAIMED, params)


def open_batch(batch_id: int, worker: int, ids: Sequence[int]) -> None:
    pg.run(
        "INSERT INTO sending_batch (id, worker_id, message_ids) VALUES (%s, %s, %s::bigint[])",
        [batch_id, worker, pg.numbers(ids)],
    )


def close_batch(batch_id: int) -> None:
    pg.run("DELETE FROM sending_batch WHERE id = %s", [batch_id])
