"""Enrolments in bulk: take what is due, write where it stands. Plain SQL, a few statements a batch.

No lease: claim, step and effects are one transaction, and a rollback is the recovery (ENGINE.md).
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.scanner import make_scanner
from typing import Any

from tactful.foundation import pg
from tactful.foundation.copying import copy_columns
from tactful.journeys.models import PAUSED
from tactful.journeys.rules.moves import NEVER_BEGUN, Phase, State, Visited

COLUMNS = """id, version_id, journey_id, contact_id, entry_key, step, visit, phase, due_at,
    wait_since, wait_event, wait_match::text, context::text"""

LAID_ASIDE = "9999-01-01 00:00:00+00"  # not "infinity", which Python cannot say

ALARMS = "(SELECT enrolment_id AS id, due_at AS rings_at FROM enrolment_alarm) AS alarm"

DUE = f"""SELECT {COLUMNS} FROM {ALARMS} JOIN enrolment e USING (id)
WHERE rings_at <= %(now)s AND due_at <= %(now)s AND retry_at IS NULL
ORDER BY rings_at LIMIT %(limit)s FOR UPDATE OF e SKIP LOCKED"""

AGAIN = f"""SELECT {COLUMNS} FROM enrolment
WHERE retry_at <= (SELECT clock_timestamp()) ORDER BY retry_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED"""

# The first of each index, never "is there any", for which the whole table may be looked through.
ANY_DUE = """SELECT (SELECT min(due_at) FROM enrolment_alarm) <= %(now)s
    OR (SELECT min(retry_at) FROM enrolment WHERE retry_at IS NOT NULL) <= clock_timestamp()"""

OF_CONTACTS = f"""SELECT {COLUMNS} FROM enrolment
WHERE contact_id = ANY(%(contacts)s::bigint[]) AND ended_at IS NULL
    AND retry_at IS DISTINCT FROM '{PAUSED}' ORDER BY id FOR UPDATE"""

BY_ID = f"""SELECT {COLUMNS} FROM enrolment
WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL ORDER BY id FOR UPDATE"""

WRITE = """UPDATE enrolment e SET step = u.step, visit = u.visit, phase = u.phase, due_at = u.due_at,
    wait_since = u.wait_since, wait_event = u.wait_event, wait_match = u.wait_match::jsonb,
    context = COALESCE(u.context::jsonb, e.context), end_reason = u.end_reason,
    failures = 0, error = '', retry_at = NULL,
    ended_at = CASE WHEN u.phase = 'ended' THEN %(now)s::timestamptz END
FROM unnest(%(id)s::bigint[], %(step)s::text[], %(visit)s::int[], %(phase)s::text[],
    %(due_at)s::timestamptz[], %(wait_since)s::timestamptz[], %(wait_event)s::text[],
    %(wait_match)s::text[], %(context)s::text[], %(end_reason)s::text[])
    AS u(id, step, visit, phase, due_at, wait_since, wait_event, wait_match, context, end_reason)
WHERE e.id = u.id"""

FORGET = """DELETE FROM enrolment
WHERE id = ANY(%(ids)s::bigint[]) AND phase = 'ended' AND end_reason = %(reason)s"""

CALM = """UPDATE enrolment SET retry_at = NULL, failures = 0, error = '',
    due_at = CASE WHEN due_at > %(now)s THEN due_at END
WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL"""

PUT_OFF = """UPDATE enrolment SET retry_at = clock_timestamp() + interval '1 minute'
WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL"""

FAILED = """UPDATE enrolment e SET failures = LEAST(e.failures + 1, 1000), error = u.error,
    retry_at = clock_timestamp() + LEAST(interval '1 minute' * 2 ^ LEAST(e.failures, 11), interval '1 day')
FROM unnest(%(ids)s::bigint[], %(errors)s::text[]) AS u(id, error) WHERE e.id = u.id"""

LAY_ASIDE = f"UPDATE enrolment SET retry_at = '{LAID_ASIDE}' WHERE id = ANY(%(ids)s::bigint[])"
TAKE_UP = f"""UPDATE enrolment SET retry_at = clock_timestamp()
WHERE journey_id = %(journey)s AND ended_at IS NULL AND retry_at = '{LAID_ASIDE}'"""

PAUSE = f"UPDATE enrolment SET retry_at = '{PAUSED}' WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL"
ONLY_PAUSED = f"""SELECT {COLUMNS} FROM enrolment
WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL AND retry_at = '{PAUSED}' ORDER BY id FOR UPDATE"""
TRY_AGAIN = """UPDATE enrolment SET retry_at = clock_timestamp()
WHERE id = ANY(%(ids)s::bigint[]) AND ended_at IS NULL AND failures > 0"""

ON_VERSION = f"""SELECT id, retry_at IS NOT DISTINCT FROM '{PAUSED}' FROM enrolment
WHERE journey_id = %(journey)s AND version_id = %(version)s AND ended_at IS NULL
    AND step = ANY(%(steps)s::text[]) AND id > %(after)s ORDER BY id LIMIT %(most)s"""
BEGAN_WITH = """SELECT e.id, v.data::text FROM enrolment e JOIN event v ON v.id = e.trigger_id
WHERE e.id = ANY(%(ids)s::bigint[])"""
SET_VERSION = "UPDATE enrolment SET version_id = %(version)s WHERE id = ANY(%(ids)s::bigint[])"

COMING = f"""SELECT {COLUMNS} FROM {ALARMS} JOIN enrolment USING (id)
WHERE rings_at > %(now)s AND rings_at <= %(until)s AND version_id = ANY(%(versions)s::bigint[])
ORDER BY rings_at, id LIMIT %(limit)s"""

PHASES = {phase.value: phase for phase in Phase}

# What ``json.loads`` comes to in the end: PostgreSQL writes jsonb without blanks around it.
_read: Callable[[str, int], tuple[Any, int]] = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]


@dataclass(slots=True)
class Row:
    """One locked enrolment; ``state`` moves with it in memory until it is written. ``context``: as it was
    read, for what has not changed is not written."""

    id: int
    version_id: int
    state: State
    context: Mapping[str, Any]


def any_due(now: datetime) -> bool:
    """Whether it is worth while to claim."""
    found = pg.one(ANY_DUE, {"now": now})
    return found is not None and bool(found[0])


def claim_due(now: datetime, limit: int) -> list[Row]:
    return _rows(DUE, {"now": now, "limit": limit})


def claim_again(limit: int) -> list[Row]:
    """Those that could not be moved and whose pause is over."""
    return _rows(AGAIN, {"limit": limit})


def running_of(contact_ids: Collection[int]) -> list[Row]:
    return _rows(OF_CONTACTS, {"contacts": pg.numbers(sorted(contact_ids))})


def running(enrolment_ids: Collection[int]) -> list[Row]:
    return _rows(BY_ID, {"ids": pg.numbers(sorted(enrolment_ids))})


def write(rows: Sequence[Row], now: datetime) -> None:
    """Write the states of moved rows."""
    states = [row.state for row in rows]
    pg.run(
        WRITE,
        {
            "now": now,
            "id": pg.numbers(row.id for row in rows),
            "step": pg.texts(state.step for state in states),
            "visit": pg.numbers(state.visit for state in states),
            "phase": pg.texts(state.phase.value for state in states),
            "due_at": pg.moments(state.due_at for state in states),
            "wait_since": pg.moments(state.wait_since for state in states),
            "wait_event": pg.texts(state.wait_event for state in states),
            "wait_match": pg.texts(_json(state.wait_match) for state in states),
            "context": pg.texts(_changed(row) for row in rows),
            "end_reason": pg.texts(state.end_reason for state in states),
        },
    )


def forget(ids: Sequence[int]) -> None:
    """Those that stood ready and never began: they count for nothing that comes later."""
    if ids:
        pg.run(FORGET, {"ids": pg.numbers(ids), "reason": NEVER_BEGUN})


def write_visits(visits: Sequence[tuple[int, Visited]]) -> None:
    """A step is left once: who left it a second time would end here."""
    if visits:
        copy_columns(
            "visit",
            [
                ("enrolment_id", "bigint", [ident for ident, _ in visits]),
                ("visit", "integer", [visit.visit for _, visit in visits]),
                ("step", "text", [visit.step for _, visit in visits]),
                ("at", "timestamptz", [visit.since for _, visit in visits]),
                ("result", "text", [visit.result[:40] for _, visit in visits]),
            ],
        )


def calm(ids: Sequence[int], now: datetime) -> None:
    """Nothing moved them: neither their moment nor what they missed wants anything of them any more."""
    if ids:
        pg.run(CALM, {"ids": pg.numbers(ids), "now": now})


def put_off(ids: Sequence[int]) -> None:
    """A fact could not be read: nothing has happened, and in a minute it is tried again."""
    if ids:
        pg.run(PUT_OFF, {"ids": pg.numbers(ids)})


def note_failures(errors: Mapping[int, str]) -> None:
    """Back off from a minute to a day; the row keeps its place and shows its error."""
    if errors:
        texts = pg.texts(error[:2000].replace("\0", "") for error in errors.values())
        pg.run(FAILED, {"ids": pg.numbers(errors), "errors": texts})


def lay_aside(ids: Sequence[int]) -> None:
    """Their journey rests; ``take_up`` wakes them."""
    if ids:
        pg.run(LAY_ASIDE, {"ids": pg.numbers(ids)})


def take_up(journey_id: int) -> int:
    return pg.run(TAKE_UP, {"journey": journey_id})


def pause(ids: Sequence[int]) -> None:
    pg.run(PAUSE, {"ids": pg.numbers(ids)})


def paused(ids: Collection[int]) -> list[Row]:
    return _rows(ONLY_PAUSED, {"ids": pg.numbers(sorted(ids))})


def try_again(ids: Sequence[int]) -> int:
    """Those that stand with an error need not wait for their next turn."""
    return pg.run(TRY_AGAIN, {"ids": pg.numbers(ids)})


def on_version(
    journey_id: int, version_id: int, steps: Collection[str], *, after: int = 0, most: int | None = None
) -> list[tuple[int, bool]]:
    """(id, whether a person has paused it), by id; ``most`` of those behind ``after``."""
    params = {"journey": journey_id, "version": version_id, "steps": pg.texts(steps)}
    params |= {"after": after, "most": most}
    return [(ident, resting) for ident, resting in pg.many(ON_VERSION, params)]


def began_with(ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The fields of the event that began each, where one did."""
    return {ident: json.loads(data) for ident, data in pg.many(BEGAN_WITH, {"ids": pg.numbers(ids)})}


def set_version(ids: Sequence[int], version_id: int) -> None:
    if ids:
        pg.run(SET_VERSION, {"ids": pg.numbers(ids), "version": version_id})


def coming(versions: Collection[int], now: datetime, until: datetime, limit: int) -> list[Row]:
    """Those whose moment comes until then, the soonest first; not locked."""
    params = {"now": now, "until": until, "versions": pg.numbers(versions), "limit": limit}
    return _rows(COMING, params)


def _rows(sql: str, params: dict[str, Any]) -> list[Row]:
    return [_row(record) for record in pg.many(sql, params)]


def _row(record: pg.Row) -> Row:
    ident, version, journey, contact, key, step, visit, phase, due, since, event, match, text = record
    context = _read(text, 0)[0]
    wanted = None if match is None else _read(match, 0)[0]
    state = State(journey, contact, key, step, visit, PHASES[phase], due, since, event, wanted, context)
    return Row(ident, version, state, context)


def _changed(row: Row) -> str | None:
    return None if row.state.context is row.context else _json(row.state.context)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
