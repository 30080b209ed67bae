"""Tellings: queued in the transaction that reads the log, made outside of any.

A claim is a lease by the machine clock: a worker that dies in the middle leaves the telling to the next
one, which sends the same id again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.foundation import pg
from tactful.foundation.ids import new_ids
from tactful.webhooks.types import Due

LEASE = "1 minute"  # longer than a call may take

QUEUE = """INSERT INTO webhook_telling (id, endpoint_id, event_id, event, body, state, attempt, not_before,
    error, made_at)
SELECT id, endpoint, fact, event, body, 'queued', 0, clock_timestamp(), '', %(now)s
FROM unnest(%(id)s::bigint[], %(endpoint)s::bigint[], %(fact)s::bigint[], %(event)s::text[], %(body)s::text[])
    AS u(id, endpoint, fact, event, body)
ON CONFLICT (endpoint_id, event_id) DO NOTHING"""

CLAIM = f"""UPDATE webhook_telling t SET attempt = attempt + 1,
    not_before = clock_timestamp() + interval '{LEASE}'
FROM (SELECT q.id FROM webhook_telling q
      WHERE q.state = 'queued' AND q.not_before <= (SELECT clock_timestamp())
      ORDER BY q.not_before LIMIT 1 FOR UPDATE SKIP LOCKED) AS due, webhook_endpoint e
WHERE t.id = due.id AND e.id = t.endpoint_id
RETURNING t.id, t.endpoint_id, e.url, t.body, t.attempt"""

SETTLE = """UPDATE webhook_telling SET state = %(state)s, status = %(status)s, error = %(error)s,
    settled_at = %(now)s
WHERE id = %(id)s AND state = 'queued' AND attempt = %(attempt)s RETURNING id"""

AGAIN = """UPDATE webhook_telling SET status = %(status)s, error = %(error)s,
    not_before = clock_timestamp() + %(pause)s
WHERE id = %(id)s AND state = 'queued' AND attempt = %(attempt)s RETURNING id"""

ANSWERS = "UPDATE webhook_endpoint SET failing_since = NULL WHERE id = %s AND failing_since IS NOT NULL"
FAILS = """UPDATE webhook_endpoint SET failing_since = COALESCE(failing_since, clock_timestamp())
WHERE id = %s
RETURNING clock_timestamp() - failing_since"""
FORGET = "DELETE FROM webhook_telling WHERE state <> 'queued' AND settled_at < %s RETURNING id"


@dataclass(frozen=True, slots=True)
class Wanted:
    endpoint_id: int
    event_id: int
    event: str
    body: str


def queue(wanted: Sequence[Wanted], now: datetime) -> None:
    if not wanted:
        return
    params = {
        "now": now,
        "id": pg.numbers(new_ids(len(wanted))),
        "endpoint": pg.numbers(each.endpoint_id for each in wanted),
        "fact": pg.numbers(each.event_id for each in wanted),
        "event": pg.texts(each.event for each in wanted),
        "body": pg.texts(each.body for each in wanted),
    }
    pg.run(QUEUE, params)


def claim() -> Due | None:
    row = pg.one(CLAIM, [])
    return Due(*row) if row else None


def settle(due: Due, state: str, status: int | None, error: str, now: datetime) -> bool:
    """The last word; false if another worker has had it."""
    params = _params(due, status, error) | {"state": state, "now": now}
    return pg.one(SETTLE, params) is not None


def try_again(due: Due, pause: timedelta, status: int | None, error: str) -> bool:
    return pg.one(AGAIN, _params(due, status, error) | {"pause": pause}) is not None


def answers(endpoint_id: int) -> None:
    pg.run(ANSWERS, [endpoint_id])


def fails(endpoint_id: int) -> timedelta:
    """For how long it has been failing."""
    row = pg.one(FAILS, [endpoint_id])
    return row[0] if row else timedelta()


def forget(before: datetime) -> int:
    return len(pg.many(FORGET, [before]))


def _params(due: Due, status: int | None, error: str) -> dict[str, object]:
    return {"id": due.id, "attempt": due.attempt, "status": status, "error": error[:300].replace("\0", "")}
