"""Who and what has come to a stop: asked each evening, when the house has nothing left to do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tactful.events.feed import with_news
from tactful.foundation.queries import business_at
from tactful.gate.rules.office import office_rule
from tactful.inbox.actions.quiet import writing_days
from tactful.inbox.rules.quiet_days import quiet_enough_at
from tactful.kernel.windows import minus_working_hours
from tactful.wiring.gate_facts import settings_of
from tests.year.oracle import Oracle

WALKING = """
SELECT e.id, e.contact_id, j.slug || ' at ' || e.step || ' (' || e.phase || ')',
    CASE
    WHEN e.failures > 0 THEN 'failed: ' || e.error
    WHEN EXISTS (SELECT FROM journey_spell s
                 WHERE s.journey_id = j.id AND s.kind = 'paused' AND s.to_at IS NULL)
        THEN NULL
    WHEN e.retry_at > '9999-01-15' THEN NULL
    WHEN e.retry_at > '9998-01-01' THEN 'is laid aside though its journey is on'
    WHEN e.phase IN ('ready', 'waiting', 'waiting_event') AND e.due_at IS NULL THEN 'waits for no time'
    WHEN e.due_at < %(late)s AND e.phase IN ('ready', 'waiting', 'waiting_event') THEN 'is overdue'
    WHEN e.phase = 'sending' AND NOT EXISTS (
        SELECT FROM message m JOIN dispatch d ON d.message_id = m.id
        WHERE m.cause_kind = 'visit' AND m.cause_id = e.id AND m.cause_visit = e.visit
            AND d.state IN ('queued', 'held', 'claimed', 'handoff', 'unknown'))
        THEN 'waits for a message that is gone'
    WHEN e.phase = 'task' AND NOT EXISTS (
        SELECT FROM task t WHERE t.dedupe_key = 'visit:' || e.id || ':' || e.visit AND t.done_at IS NULL)
        THEN 'waits for a task that is not there'
    END
FROM enrolment e JOIN journey j ON j.id = e.journey_id WHERE e.ended_at IS NULL
"""
OUTBOX = """
SELECT d.message_id, d.contact_id, m.template || ' (' || d.state || ')',
    CASE
    WHEN d.state IN ('claimed', 'handoff') THEN 'is in nobody''s hands'
    WHEN d.state IN ('queued', 'held') AND greatest(d.not_before, d.retry_at) < %(late)s AND NOT %(paused)s
        THEN 'should have been looked at'
    WHEN d.state = 'held' AND d.wake_on IS NOT NULL AND d.held_since < %(long_ago)s
        AND NOT d.reasons->0->'params'->>'reason' IN ('away', 'is_this_it') IS TRUE
        AND NOT EXISTS (  -- which fades by itself, later than anybody would be asked
            SELECT FROM jsonb_array_elements(d.reasons) AS why
            WHERE why->>'code' ~ '^mood' AND why->>'code' <> 'mood.complaint_open')
        AND NOT (d.reasons->0->>'code' IN ('talk.handoff', 'talk.conversation') AND EXISTS (
            SELECT FROM entry e JOIN conversation c ON c.id = e.conversation_id
            WHERE c.contact_id = d.contact_id AND e.kind IN ('outbound', 'elsewhere')
                AND e.at > %(long_ago)s))  -- where only we talk, it ends by itself two days after our word
        AND NOT EXISTS (
        SELECT FROM task t WHERE t.subject_kind = 'message' AND t.subject_id = d.message_id
            AND (t.done_at IS NULL OR t.done_at > %(long_ago)s))
        AND NOT (d.reasons->0->>'code' = 'talk.question' AND EXISTS (  -- whose answer ends it
            SELECT FROM task t WHERE t.contact_id = d.contact_id
                AND t.code IN ('answer', 'complaint', 'sensitive')
                AND t.done_at IS NULL AND t.opened_at > %(long_ago)s))
        THEN 'is held since ' || d.held_since || ' and nobody was asked'
    END
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.state IN ('queued', 'held', 'claimed', 'handoff')
"""
TASKS = """
SELECT t.id, t.contact_id, 'the task ' || t.code, 'asks about a message that is ' || d.state
FROM task t JOIN dispatch d ON t.subject_kind = 'message' AND d.message_id = t.subject_id
WHERE t.done_at IS NULL AND (
    t.code IN ('message_held', 'message_late', 'hold_ended', 'hold_expired')
        AND d.state NOT IN ('queued', 'held', 'claimed', 'handoff')
    OR t.code = 'message_unknown' AND d.state NOT IN ('unknown', 'queued', 'held'))
"""
UNKNOWN = """
SELECT d.message_id, d.contact_id, 'an unknown message', 'nobody was asked since ' || d.settled_at
FROM dispatch d WHERE d.state = 'unknown' AND d.result <> 'left' AND d.settled_at < %(long_ago)s
    AND NOT EXISTS (SELECT FROM task t WHERE t.subject_kind = 'message' AND t.subject_id = d.message_id
                    AND t.code = 'message_unknown' AND t.done_at IS NULL)
"""
STOPPED = """
SELECT 0, NULL, 'the way out', 'is closed (' || sending_paused || '), and nobody was asked' FROM instance
WHERE sending_paused <> '' AND NOT EXISTS (SELECT FROM task WHERE code = 'sending_paused' AND done_at IS NULL)
UNION ALL SELECT 0, NULL, 'the account', 'is stopped (' || paused_reason || '), and nobody was asked'
FROM account WHERE paused_reason <> ''
    AND NOT EXISTS (SELECT FROM task WHERE code = 'account_paused' AND done_at IS NULL)
"""
TALKS = """
SELECT s.ref, s.contact_id, 'the ' || s.kind, 'keeps automation quiet though the thread is ' || c.state
FROM talk_spell s JOIN conversation c ON c.contact_id = s.contact_id
WHERE s.to_at IS NULL AND s.kind IN ('conversation', 'question', 'handoff') AND c.state = 'closed'
"""
THREADS = """
SELECT c.id, c.contact_id, 'the thread', 'is snoozed since ' || c.last_at FROM conversation c
WHERE c.state = 'snoozed' AND c.snoozed_until < %(late)s
"""
WAITING = (
    "SELECT id, contact_id, last_at FROM conversation WHERE state = 'waiting' AND contact_id IS NOT NULL"
)
MAIL = """
SELECT id, NULL, 'an inbound mail', 'was not read' FROM inbound_raw WHERE processed_at IS NULL
    AND received_at < %(late)s
UNION ALL SELECT id, NULL, 'an inbound mail', 'could not be read: ' || error FROM inbound_raw
    WHERE result = 'failed'
"""
FAILED = """
SELECT id, contact_id, 'a fact', 'could not be taken in: ' || params::text
FROM task WHERE code = 'fact_failed'
"""
PAUSED = """
SELECT sending_paused <> '' OR EXISTS (SELECT FROM account WHERE paused_reason <> '')
    OR EXISTS (SELECT FROM sending_pause WHERE ended_at IS NULL) FROM instance
"""


def look_around(oracle: Oracle) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PAUSED)
        (paused,) = cursor.fetchone()
    params = {"paused": paused}
    for ident, client, what, why in _rows(oracle, params):
        if why:
            oracle.wrong(f"{what} {ident} is stuck: {why}", client)
    for ident, client, last_at in _left_waiting(params["late"]):
        oracle.wrong(f"the thread {ident} is stuck: is waiting since {last_at}", client)
    if with_news(("reactions", "journeys")):
        oracle.wrong("Facts were not read.", None)


def _left_waiting(late: datetime) -> Iterator[tuple[int, int, datetime]]:
    """Whose two quiet days are over."""
    house = business_at(late)
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        found = cursor.fetchall()
    for ident, client, last_at in found:
        if quiet_enough_at(last_at, house.time_zone, writing_days(house)) < late:
            yield ident, client, last_at


def _long_ago(now: datetime) -> datetime:
    """Five days, and three days of work: from the Wednesday before Easter to the Tuesday after it nobody is
    there to be asked."""
    house = business_at(now)
    rule = office_rule(settings_of(house), house.country)
    return min(now - timedelta(days=5), minus_working_hours(now, 24, house.time_zone, rule))


def _rows(oracle: Oracle, params: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    now = oracle.world.now
    params |= {"late": now - timedelta(hours=2), "long_ago": _long_ago(now)}
    for query in (WALKING, OUTBOX, TASKS, UNKNOWN, STOPPED, TALKS, THREADS, MAIL, FAILED):
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            yield from cursor.fetchall()
