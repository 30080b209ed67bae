"""What people and facts do to messages that wait, for many at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tactful.delivery.hot import claim
from tactful.delivery.rules.caps import Place
from tactful.foundation import pg

CHUNK = 1000
LOCK = "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
RESERVED = """
SELECT contact_id, cap_day, cap_scopes FROM dispatch
WHERE message_id = ANY(%s::bigint[]) AND state IN ('queued', 'held', 'claimed') AND cap_day IS NOT NULL
"""
WAITING = """
SELECT m.id FROM unnest(%s::bigint[], %s::integer[]) AS v(enrolment, visit)
JOIN message m ON m.cause_kind = 'visit' AND m.cause_id = v.enrolment AND m.cause_visit = v.visit
JOIN dispatch d ON d.message_id = m.id AND d.state IN ('queued', 'held', 'claimed')
"""
CANCEL = """
UPDATE dispatch d SET state = 'cancelled', settled_at = %s, cap_day = NULL, cap_scopes = NULL, task_at = NULL
FROM message m
WHERE m.id = d.message_id AND d.message_id = ANY(%s::bigint[]) AND d.state IN ('queued', 'held', 'claimed')
RETURNING d.message_id, d.contact_id, m.touchpoint_id, m.cause_kind, m.cause_id, m.cause_visit, m.may_merge
"""
REQUEUE = """
UPDATE dispatch SET state = 'queued', not_before = %s, retry_at = NULL, held_since = NULL, wake_on = NULL,
    reasons = NULL, task_at = NULL, owner_id = NULL
WHERE message_id = ANY(%s::bigint[]) AND state = 'held' RETURNING message_id
"""
HELD = """
SELECT d.message_id, d.contact_id, d.on_release, m.cause_kind, d.owner_id
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.shelf = 2 AND d.wake_on && %(names)s::varchar[]
  AND (%(contacts)s::bigint[] IS NULL OR d.contact_id = ANY(%(contacts)s::bigint[]))
ORDER BY d.message_id
"""
IN_HAND = """
SELECT d.message_id, d.contact_id FROM sending_batch b CROSS JOIN LATERAL unnest(b.message_ids) AS v(id)
JOIN message m ON m.id = v.id JOIN dispatch d ON d.message_id = m.id
WHERE m.cause_kind = 'broadcast' AND m.cause_id = %s AND d.state = 'claimed'
"""
TAKE_BACK = """
UPDATE dispatch SET state = 'queued', worker = NULL, clearance = NULL, cleared_at = NULL
WHERE message_id = ANY(%s::bigint[]) AND state = 'claimed'
"""
RESUME = """
UPDATE dispatch d SET not_before = %(now)s FROM message m
WHERE m.id = d.message_id AND d.shelf = 1 AND d.not_before < %(now)s
  AND (%(everything)s OR d.account_id = %(account)s
       OR (m.cause_kind = 'broadcast' AND m.cause_id = %(broadcast)s))
"""


def lock_contacts(contacts: Iterable[int]) -> None:
    """First in the order of locks: contacts, caps, rows."""
    pg.many(LOCK, [pg.numbers(sorted(set(contacts)))])


def waiting_of(visits: Sequence[tuple[int, int]]) -> list[int]:
    """Messages of visits (enrolment, visit) that have not left."""
    if not visits:
        return []
    enrolments, numbers = zip(*visits, strict=True)
    return [row[0] for row in pg.many(WAITING, [pg.numbers(enrolments), pg.numbers(numbers)])]


def cancel(ids: Sequence[int], now: datetime) -> list[pg.Row]:
    """The contacts are locked. Places under caps go back, then the rows are cancelled."""
    params = [pg.numbers(ids)]
    changes: dict[Place, int] = {}
    for contact, day, scopes in pg.many(RESERVED, params):
        household, company = scopes or (None, None)
        held: list[Any] = [
            ("contact", contact, day),
            ("household", household, day),
            ("company", company, day),
        ]
        for place in held:
            if place[1] is not None:
                changes[place] = changes.get(place, 0) - 1
    claim.reserve(changes)
    return pg.many(CANCEL, [now, *params])


def take_back(broadcast: int) -> None:
    """Out of the hands of workers, what has not come to the mark: it fails there, and lies in the queue."""
    rows = pg.many(IN_HAND, [broadcast])
    lock_contacts(row[1] for row in rows)
    pg.run(TAKE_BACK, [pg.numbers(row[0] for row in rows)])


def requeue(ids: Sequence[int], now: datetime) -> set[int]:
    return {row[0] for row in pg.many(REQUEUE, [now, pg.numbers(ids)])}


def held_for(names: Sequence[str], contacts: Sequence[int] | None) -> list[pg.Row]:
    """(message, contact, on_release, cause kind, owner); ``contacts`` ``None`` is all of them."""
    return pg.many(
        HELD, {"names": list(names), "contacts": None if contacts is None else pg.numbers(contacts)}
    )
