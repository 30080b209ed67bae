"""Calls to other systems: queued with the state that wants them, made outside of any transaction.

A claim is a lease by the machine clock: a worker that dies in the middle leaves the call to the next one,
which sends the same idempotency key again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tactful.foundation import pg
from tactful.foundation.ids import new_ids
from tactful.journeys.rules.moves import CallWebhook

LEASE = "1 minute"  # longer than a call may take
MOST_ATTEMPTS = 6
PAUSES = "ARRAY[interval '1 minute', '5 minutes', '30 minutes', '2 hours', '6 hours']"

QUEUE = """INSERT INTO webhook_call (id, enrolment_id, visit, contact_id, url, body, wanted_at, state,
    attempt, not_before, error)
SELECT id, enrolment, visit, contact, url, body::jsonb, %(now)s, 'queued', 0, clock_timestamp(), ''
FROM unnest(%(id)s::bigint[], %(enrolment)s::bigint[], %(visit)s::int[], %(contact)s::bigint[],
    %(url)s::text[], %(body)s::text[]) AS u(id, enrolment, visit, contact, url, body)
ON CONFLICT (enrolment_id, visit) DO NOTHING"""

CLAIM = f"""UPDATE webhook_call c SET attempt = attempt + 1,
    not_before = clock_timestamp() + interval '{LEASE}'
FROM (SELECT id FROM webhook_call WHERE state = 'queued' AND not_before <= (SELECT clock_timestamp())
        AND attempt < {MOST_ATTEMPTS}
      ORDER BY not_before LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS due
WHERE c.id = due.id
RETURNING c.id, c.enrolment_id, c.visit, c.contact_id, c.url, c.body::text, c.attempt"""

SETTLE = """UPDATE webhook_call SET state = %(state)s, status = %(status)s, error = %(error)s
WHERE id = %(id)s AND state = 'queued' AND attempt = %(attempt)s RETURNING id"""

AGAIN = f"""UPDATE webhook_call SET status = %(status)s, error = %(error)s,
    not_before = clock_timestamp() + ({PAUSES})[attempt]
WHERE id = %(id)s AND state = 'queued' AND attempt = %(attempt)s"""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt. ``id`` is the idempotency key; ``attempt`` counts from 1."""

    id: int
    enrolment: int
    visit: int
    contact: int
    url: str
    body: dict[str, Any]
    attempt: int


def queue(wanted: Sequence[tuple[int, int, CallWebhook]], now: datetime) -> None:
    """(enrolment, contact, effect) each; in the transaction of the state that wants it."""
    if not wanted:
        return
    params = {
        "now": now,
        "id": pg.numbers(new_ids(len(wanted))),
        "enrolment": pg.numbers(enrolment for enrolment, _, _ in wanted),
        "visit": pg.numbers(effect.visit for _, _, effect in wanted),
        "contact": pg.numbers(contact for _, contact, _ in wanted),
        "url": pg.texts(effect.url for _, _, effect in wanted),
        "body": pg.texts(
            json.dumps(dict(effect.body), ensure_ascii=False, default=str) for *_, effect in wanted
        ),
    }
    pg.run(QUEUE, params)


def claim(limit: int) -> list[Call]:
    rows = pg.many(CLAIM, {"limit": limit})
    return [Call(r[0], r[1], r[2], r[3], r[4], json.loads(r[5]), r[6]) for r in rows]


def settle(call: Call, *, done: bool, status: int | None, error: str) -> bool:
    """The last word about a call; false if another worker has had it."""
    state = "done" if done else "dead"
    return pg.one(SETTLE, _params(call, status, error) | {"state": state}) is not None


def try_again(call: Call, status: int | None, error: str) -> None:
    pg.run(AGAIN, _params(call, status, error))


def _params(call: Call, status: int | None, error: str) -> dict[str, Any]:
    return {"id": call.id, "attempt": call.attempt, "status": status, "error": error[:300].replace("\0", "")}
