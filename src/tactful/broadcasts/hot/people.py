"""The audience in SQL: frozen, taken in chunks, stopped, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.sql import SQL

from tactful.broadcasts.rules.variants import thresholds
from tactful.foundation import pg
from tactful.segments.queries import Compiled, fetch

ZONES = "SELECT DISTINCT time_zone FROM contact"
# ``rules.variants`` says the same in Python. Change both or neither.
NUMBER = (
    "('x' || left(encode(sha256(convert_to(%(frozen_seed)s::text || ':' || %(frozen_id)s::text || ':'"
    " || c.id, 'UTF8')), 'hex'), 8))::bit(32)::bigint"
)
VARIANT = f"width_bucket({NUMBER} %% %(frozen_total)s::bigint, %(frozen_ends)s::bigint[])"
FREEZE = SQL(
    f"""WITH zone AS (
        SELECT * FROM unnest(%(frozen_zones)s::text[], %(frozen_dues)s::timestamptz[]) AS z(name, due_at)
    ), frozen AS (
        INSERT INTO broadcast_person (broadcast_id, contact_id, variant, due_at, state)
        SELECT %(frozen_id)s::bigint, c.id, {VARIANT}, COALESCE(z.due_at, %(frozen_due)s::timestamptz),
            'waiting'
        FROM contact c LEFT JOIN zone z ON z.name = c.time_zone WHERE {{where}}
        RETURNING 1
    ) SELECT count(*) FROM frozen"""
)
NEXT = """
SELECT p.contact_id, p.variant, c.language
FROM (
    SELECT contact_id, variant, due_at FROM broadcast_person
    WHERE broadcast_id = %(broadcast)s AND state = 'waiting' AND due_at <= %(now)s
    ORDER BY due_at, contact_id LIMIT %(most)s FOR UPDATE
) p LEFT JOIN contact c ON c.id = p.contact_id
ORDER BY p.due_at, p.contact_id
"""
QUEUED = """
UPDATE broadcast_person p SET state = 'queued', message_id = v.message
FROM unnest(%(contacts)s::bigint[], %(messages)s::bigint[]) AS v(contact, message)
WHERE p.broadcast_id = %(broadcast)s AND p.contact_id = v.contact AND p.state = 'waiting'
"""
GONE = """
UPDATE broadcast_person SET state = 'gone'
WHERE broadcast_id = %s AND contact_id = ANY(%s::bigint[]) AND state = 'waiting'
"""
STOP = "UPDATE broadcast_person SET state = 'cancelled' WHERE broadcast_id = %s AND state = 'waiting'"
LEFT = """
SELECT EXISTS (SELECT FROM broadcast_person WHERE broadcast_id = %(broadcast)s AND state = 'waiting'),
       EXISTS (SELECT FROM broadcast_person WHERE broadcast_id = %(broadcast)s AND state = 'waiting'
               AND due_at <= %(before)s)
"""
LANGUAGES = """
SELECT c.language, count(*) FROM broadcast_person p JOIN contact c ON c.id = p.contact_id
WHERE p.broadcast_id = %s GROUP BY 1
"""
TO_COME = """
SELECT broadcast_id, count(*), min(due_at) FROM broadcast_person
WHERE broadcast_id = ANY(%(broadcasts)s::bigint[]) AND state = 'waiting' AND due_at < %(end)s
GROUP BY 1
"""
COUNTS = """
SELECT p.state, d.state, p.variant, d.reasons->0->>'code', count(*)
FROM broadcast_person p LEFT JOIN dispatch d ON d.message_id = p.message_id
WHERE p.broadcast_id = %s GROUP BY 1, 2, 3, 4
"""
PEOPLE = """
SELECT p.contact_id, p.variant, p.due_at, p.message_id, p.state, d.state
FROM broadcast_person p LEFT JOIN dispatch d ON d.message_id = p.message_id
WHERE p.broadcast_id = %(broadcast)s AND p.contact_id > %(after)s
  AND (%(everybody)s OR p.state = ANY(%(people)s::text[])
       OR (p.state = 'queued' AND d.state = ANY(%(messages)s::text[]))
       OR (p.state = 'queued' AND d.state IS NULL AND 'gone' = ANY(%(people)s::text[])))
  AND (%(code)s::text = '' OR d.reasons->0->>'code' = %(code)s)
ORDER BY p.contact_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """How an audience is to be frozen. ``dues``: by time zone as the clients' rows say it; ``due_at``: of all
    others."""

    broadcast_id: int
    seed: int
    weights: Sequence[int]
    due_at: datetime
    dues: Mapping[str, datetime]


def zones() -> list[str]:
    """As the clients' rows say them; "" is unknown."""
    return [row[0] for row in pg.many(ZONES)]


def freeze(audience: Compiled, how: Frozen) -> int:
    """In one statement; answers how many. Inside ``segments.queries.whole_tables``."""
    ends = thresholds(how.weights)
    params: dict[str, Any] = audience.params | {
        "frozen_id": how.broadcast_id,
        "frozen_seed": how.seed,
        "frozen_total": ends[-1],
        "frozen_ends": list(ends),
        "frozen_due": how.due_at,
        "frozen_zones": list(how.dues),
        "frozen_dues": list(how.dues.values()),
    }
    ((count,),) = fetch(FREEZE.format(where=audience.where), params)
    return int(count)


def take(broadcast_id: int, now: datetime, most: int) -> list[tuple[int, int, str | None]]:
    """(contact, variant, language) of the next whose turn has come; language ``None``: no client any more.
    They stay locked to the end of the transaction."""
    rows = pg.many(NEXT, {"broadcast": broadcast_id, "now": now, "most": most})
    return [(contact, variant, language) for contact, variant, language in rows]


def queued(broadcast_id: int, messages: Mapping[int, int]) -> int:
    """``messages``: by contact. Answers how many were still waiting."""
    params = {"contacts": pg.numbers(list(messages)), "messages": pg.numbers(list(messages.values()))}
    return pg.run(QUEUED, {"broadcast": broadcast_id, **params})


def gone(broadcast_id: int, contacts: Sequence[int]) -> None:
    pg.run(GONE, [broadcast_id, pg.numbers(contacts)])


def stop(broadcast_id: int) -> int:
    """Whoever waits is cancelled; answers how many."""
    return pg.run(STOP, [broadcast_id])


def left(broadcast_id: int, before: datetime) -> tuple[bool, bool]:
    """Whether somebody waits, and whether somebody's turn came at or before that moment."""
    row = pg.one(LEFT, {"broadcast": broadcast_id, "before": before})
    return (bool(row[0]), bool(row[1])) if row else (False, False)


def counts(broadcast_id: int) -> list[tuple[str, str | None, int, str | None, int]]:
    """(state of the person, of the message, variant, code of the first reason, how many)."""
    return [tuple(row) for row in pg.many(COUNTS, [broadcast_id])]


def languages(broadcast_id: int) -> dict[str, int]:
    """How many clients of the audience by what is known of their language; "" is unknown."""
    return dict(pg.many(LANGUAGES, [broadcast_id]))


def to_come(broadcasts: Sequence[int], end: datetime) -> dict[int, tuple[int, datetime]]:
    """By broadcast: how many wait whose turn comes before ``end``, and when the first one's does."""
    given = {"broadcasts": pg.numbers(broadcasts), "end": end}
    return {ident: (count, first) for ident, count, first in pg.many(TO_COME, given)}


def people(broadcast_id: int, chosen: Mapping[str, Any]) -> list[pg.Row]:
    """(contact, variant, due_at, message, state of the person, of the message), by contact.
    ``chosen``: the parameters of ``PEOPLE``."""
    return pg.many(PEOPLE, {"broadcast": broadcast_id, **chosen})
