"""Beginnings in bulk: what is known of earlier ones, and the new rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from tactful.foundation import pg
from tactful.journeys.rules.entry import Past
from tactful.journeys.rules.moves import State

PAST = """SELECT u.place, count(*), max(e.ended_at), bool_or(e.trigger_id = u.trigger_id),
    array_agg(e.id) FILTER (WHERE e.ended_at IS NULL)
FROM unnest(%(journey)s::bigint[], %(contact)s::bigint[], %(key)s::text[], %(trigger)s::bigint[])
    WITH ORDINALITY AS u(journey_id, contact_id, entry_key, trigger_id, place)
JOIN enrolment e USING (journey_id, contact_id, entry_key)
GROUP BY u.place"""

INSERT = """INSERT INTO enrolment (id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id,
    step, visit, phase, due_at, wait_since, context, entered_at, end_reason, failures, error)
SELECT id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id, '', 0, 'ready', due_at,
    wait_since, context::jsonb, %(now)s, '', 0, ''
FROM unnest(%(id)s::bigint[], %(journey_id)s::bigint[], %(version_id)s::bigint[], %(contact_id)s::bigint[],
    %(entry_key)s::text[], %(entry_no)s::int[], %(trigger_id)s::bigint[], %(due_at)s::timestamptz[],
    %(wait_since)s::timestamptz[], %(context)s::text[])
    AS u(id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id, due_at, wait_since, context)
ORDER BY journey_id, contact_id, entry_key
ON CONFLICT DO NOTHING RETURNING id"""

Wanted: TypeAlias = tuple[int, int, str, int]  # journey, contact, entry key, trigger


@dataclass(frozen=True, slots=True)
class NewRow:
    id: int
    version_id: int
    entry_no: int
    trigger_id: int
    state: State


@dataclass(frozen=True, slots=True)
class Known:
    """``used``: this very trigger has begun one already. ``running``: the id of the live one."""

    past: Past = field(default_factory=Past)
    used: bool = False
    running: int | None = None


def known(wanted: Sequence[Wanted]) -> list[Known]:
    """One answer for each, in order."""
    journeys, contacts, keys, triggers = zip(*wanted, strict=True)
    rows = pg.many(
        PAST,
        {
            "journey": pg.numbers(journeys),
            "contact": pg.numbers(contacts),
            "key": pg.texts(keys),
            "trigger": pg.numbers(triggers),
        },
    )
    found = {
        place: Known(Past(count, live is not None, ended), used, live[0] if live else None)
        for place, count, ended, used, live in rows
    }
    return [found.get(place, Known()) for place in range(1, len(wanted) + 1)]


def insert(rows: Sequence[NewRow], now: datetime) -> set[int]:
    """Answers with the ids that are new; the unique keys decide between rivals."""
    states = [row.state for row in rows]
    made = pg.many(
        INSERT,
        {
            "now": now,
            "id": pg.numbers(row.id for row in rows),
            "version_id": pg.numbers(row.version_id for row in rows),
            "entry_no": pg.numbers(row.entry_no for row in rows),
            "trigger_id": pg.numbers(row.trigger_id for row in rows),
            "journey_id": pg.numbers(state.journey_id for state in states),
            "contact_id": pg.numbers(state.contact_id for state in states),
            "entry_key": pg.texts(state.entry_key for state in states),
            "due_at": pg.moments(state.due_at for state in states),
            "wait_since": pg.moments(state.wait_since for state in states),
            "context": pg.texts(json.dumps(state.context, ensure_ascii=False) for state in states),
        },
    )
    return {ident for (ident,) in made}
