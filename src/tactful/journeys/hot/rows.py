"""Enrolments in bulk: claim what is due, write where it stands. Plain SQL, a few statements a batch.

No lease: claim, step and effects are one transaction, and a rollback is the recovery (ENGINE.md).
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tactful.journeys.rules.moves import Phase, State, Visited

COLUMNS = """id, version_id, failures, journey_id, contact_id, entry_key, step, visit, phase, due_at,
    wait_since, wait_event, wait_match, context"""

DUE = f"""SELECT {COLUMNS} FROM enrolment
WHERE due_at <= %(now)s AND due_at IS NOT NULL AND journey_id <> ALL(%(resting)s::bigint[])
ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED"""

OF_CONTACTS = f"""SELECT {COLUMNS} FROM enrolment
WHERE contact_id = ANY(%(contacts)s) AND ended_at IS NULL ORDER BY id FOR UPDATE"""

BY_ID = f"""SELECT {COLUMNS} FROM enrolment
WHERE id = ANY(%(ids)s) AND ended_at IS NULL ORDER BY id FOR UPDATE"""

WRITE = """UPDATE enrolment e SET step = u.step, visit = u.visit, phase = u.phase, due_at = u.due_at,
    wait_since = u.wait_since, wait_event = u.wait_event, wait_match = u.wait_match::jsonb,
    context = u.context::jsonb, end_reason = u.end_reason, failures = 0, error = '',
    ended_at = CASE WHEN u.phase = 'ended' THEN %(now)s::timestamptz END
FROM unnest(%(id)s::bigint[], %(step)s::text[], %(visit)s::int[], %(phase)s::text[],
    %(due_at)s::timestamptz[], %(wait_since)s::timestamptz[], %(wait_event)s::text[],
    %(wait_match)s::text[], %(context)s::text[], %(end_reason)s::text[])
    AS u(id, step, visit, phase, due_at, wait_since, wait_event, wait_match, context, end_reason)
WHERE e.id = u.id"""

VISITS = """INSERT INTO visit (enrolment_id, visit, step, at, result)
SELECT * FROM unnest(%(enrolment)s::bigint[], %(visit)s::int[], %(step)s::text[], %(at)s::timestamptz[],
    %(result)s::text[])
ON CONFLICT (enrolment_id, visit) DO NOTHING"""

PUT_OFF = "UPDATE enrolment SET due_at = %(due_at)s WHERE id = ANY(%(ids)s) AND ended_at IS NULL"

FAILED = """UPDATE enrolment SET failures = failures + 1, error = %(error)s, due_at = %(due_at)s
WHERE id = %(id)s"""

INSERT = """INSERT INTO enrolment (id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id,
    step, visit, phase, due_at, wait_since, context, entered_at, end_reason, failures, error)
SELECT id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id, '', 0, 'ready', due_at,
    due_at, context::jsonb, %(now)s, '', 0, ''
FROM unnest(%(id)s::bigint[], %(journey_id)s::bigint[], %(version_id)s::bigint[], %(contact_id)s::bigint[],
    %(entry_key)s::text[], %(entry_no)s::int[], %(trigger_id)s::bigint[], %(due_at)s::timestamptz[],
    %(context)s::text[])
    AS u(id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id, due_at, context)
ON CONFLICT DO NOTHING RETURNING id"""

MATCHING_EVENTS = """SELECT contact_id, id, name, ts, data FROM event
WHERE contact_id = ANY(%(contacts)s) AND name = ANY(%(names)s) AND ts >= %(since)s ORDER BY ts, id"""


@dataclass(slots=True)
class Row:
    """One locked enrolment; ``state`` moves with it in memory until it is written."""

    id: int
    version_id: int
    failures: int
    state: State


@dataclass(frozen=True, slots=True)
class NewRow:
    id: int
    version_id: int
    entry_no: int
    trigger_id: int
    state: State


def claim_due(now: datetime, limit: int, resting: Collection[int]) -> list[Row]:
    return _rows(DUE, {"now": now, "limit": limit, "resting": list(resting)})


def running_of(contact_ids: Collection[int]) -> list[Row]:
    return _rows(OF_CONTACTS, {"contacts": sorted(contact_ids)})


def running(enrolment_ids: Collection[int]) -> list[Row]:
    return _rows(BY_ID, {"ids": sorted(enrolment_ids)})


def write(rows: Sequence[Row], now: datetime) -> None:
    """Write the states of moved rows."""
    states = [row.state for row in rows]
    _run(
        WRITE,
        {
            "now": now,
            "id": [row.id for row in rows],
            "step": [state.step for state in states],
            "visit": [state.visit for state in states],
            "phase": [state.phase.value for state in states],
            "due_at": [state.due_at for state in states],
            "wait_since": [state.wait_since for state in states],
            "wait_event": [state.wait_event for state in states],
            "wait_match": [_json(state.wait_match) for state in states],
            "context": [_json(state.context) for state in states],
            "end_reason": [state.end_reason for state in states],
        },
    )


def write_visits(visits: Sequence[tuple[int, Visited]]) -> None:
    if visits:
        _run(
            VISITS,
            {
                "enrolment": [ident for ident, _ in visits],
                "visit": [visit.visit for _, visit in visits],
                "step": [visit.step for _, visit in visits],
                "at": [visit.since for _, visit in visits],
                "result": [visit.result[:40] for _, visit in visits],
            },
        )


def put_off(rows: Sequence[Row], until: datetime) -> None:
    """A fact could not be read: the rows stay as they are and are due again later."""
    if rows:
        _run(PUT_OFF, {"ids": [row.id for row in rows], "due_at": until})


def note_failure(row: Row, error: str, now: datetime) -> None:
    """Back off from 1 minute to a day; the row keeps its place and shows its error."""
    pause = min(timedelta(minutes=2**row.failures), timedelta(days=1))
    _run(FAILED, {"id": row.id, "error": error[:2000], "due_at": now + pause})


def insert(rows: Sequence[NewRow], now: datetime) -> set[int]:
    """Answers with the ids that are new; the unique keys decide between rivals."""
    states = [row.state for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "now": now,
                "id": [row.id for row in rows],
                "version_id": [row.version_id for row in rows],
                "entry_no": [row.entry_no for row in rows],
                "trigger_id": [row.trigger_id for row in rows],
                "journey_id": [state.journey_id for state in states],
                "contact_id": [state.contact_id for state in states],
                "entry_key": [state.entry_key for state in states],
                "due_at": [state.due_at for state in states],
                "context": [_json(state.context) for state in states],
            },
        )
        return {ident for (ident,) in cursor.fetchall()}


def events_since(
    contact_ids: Collection[int], names: Collection[str], since: datetime
) -> list[tuple[int, int, str, datetime, dict[str, Any]]]:
    """(contact, id, name, ts, data) in the order in which they happened."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHING_EVENTS, {"contacts": list(contact_ids), "names": list(names), "since": since})
        return [(*row[:4], _loaded(row[4])) for row in cursor.fetchall()]


def _rows(sql: str, params: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [_row(record) for record in cursor.fetchall()]


def _row(record: tuple[Any, ...]) -> Row:
    ident, version, failures, journey, contact, key, step, visit, phase, due, since, event, match, context = record
    state = State(
        journey_id=journey,
        contact_id=contact,
        entry_key=key,
        step=step,
        visit=visit,
        phase=Phase(phase),
        due_at=due,
        wait_since=since,
        wait_event=event,
        wait_match=_loaded(match) if match is not None else None,
        context=_loaded(context),
    )
    return Row(ident, version, failures, state)


def _run(sql: str, params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _loaded(value: Any) -> dict[str, Any]:
    """Django leaves JSON of raw queries as text."""
    loaded: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return loaded
