"""Clients of the town on their way through one journey, for its pages: at every step of it, on two versions, some
late, some that could not go on, some paused by a person, some of whom a message is held."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from bench.crowd import JOURNEY, _journey
from bench.town import _fill
from tactful.foundation.models import User
from tactful.journeys import recipes
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import PAUSED
from tactful.touchpoints.models import Touchpoint
from tactful.wiring.recipes import take_in

FIRST = 5_000_000_000  # ids of enrolments, and above them those of messages
#: Where they stand: tenths of them, the step, its phase, and the steps that lie behind.
PLACES = (
    (0, 3, "wait-for-documents", "waiting_event", ()),
    (4, 5, "wait-once-more", "waiting", ("wait-for-documents", "still-missing", "remind")),
    (6, 6, "remind", "sending", ("wait-for-documents", "still-missing")),
    (7, 7, "call", "task",
     ("wait-for-documents", "still-missing", "remind", "wait-once-more", "and-now", "mark")),
    (8, 8, "wait-a-last-time", "waiting", ("wait-for-documents", "still-missing")),
    (9, 9, "", "ended", ("wait-for-documents",)),
)  # fmt: skip
#: One in ten of the town, and a tenth more who are through with it.
_WALKERS = """CREATE TEMPORARY TABLE walker AS
SELECT %(first)s + n AS id, n * (%(contacts)s / %(everybody)s) AS contact_id, n, p.step, p.phase, p.behind,
    cardinality(p.behind) AS past, %(now)s::timestamptz - interval '1 second' * (%(everybody)s - n) AS entered_at
FROM generate_series(1, %(everybody)s) AS n JOIN (
    SELECT first, last, step, phase, string_to_array(behind, ' ') AS behind
    FROM unnest(%(firsts)s::int[], %(lasts)s::int[], %(steps)s::text[], %(phases)s::text[], %(behinds)s::text[])
        AS p (first, last, step, phase, behind)) AS p
    ON n %% 10 BETWEEN p.first AND p.last"""
_ENROLMENTS = """INSERT INTO enrolment (id, journey_id, version_id, contact_id, entry_key, entry_no, trigger_id, step,
    visit, phase, due_at, wait_since, context, entered_at, ended_at, end_reason, retry_at, failures, error)
SELECT id, %(journey)s, CASE WHEN n %% 7 = 0 THEN %(old)s ELSE %(version)s END, contact_id, contact_id::text, 1, id,
    step, past + CASE WHEN phase = 'ended' THEN 0 ELSE 1 END, phase,
    CASE WHEN phase LIKE 'waiting%%' THEN %(now)s::timestamptz
        + CASE WHEN n %% 500 = 0 THEN interval '-1 hour' ELSE interval '1 minute' * (10 + n %% 40000) END END,
    entered_at + interval '1 hour' * past, jsonb_build_object('entered', entered_at), entered_at,
    CASE WHEN phase = 'ended' THEN %(now)s::timestamptz END, CASE WHEN phase = 'ended' THEN 'goal' ELSE '' END,
    CASE WHEN phase = 'ended' THEN NULL WHEN n %% 1001 = 0 THEN %(paused)s::timestamptz
        WHEN n %% 1003 = 0 THEN %(now)s::timestamptz + interval '1 day' END,
    CASE WHEN n %% 1003 = 0 THEN 3 ELSE 0 END, CASE WHEN n %% 1003 = 0 THEN 'It could not be read.' ELSE '' END
FROM walker ORDER BY id"""
_VISITS = """INSERT INTO visit (enrolment_id, visit, step, at, result)
SELECT w.id, v.place, v.step, w.entered_at + interval '1 hour' * v.place, 'done'
FROM walker w CROSS JOIN LATERAL unnest(w.behind) WITH ORDINALITY AS v (step, place) ORDER BY w.id, v.place"""
#: Who stands at a message waits for it: of one in ten of them it is held.
_MESSAGES = """SELECT id, contact_id, 'mail' AS channel, %(touchpoint)s::bigint AS touchpoint_id,
    'relationship' AS message_class, 'service' AS purpose, 'visit' AS cause_kind, id AS cause_id,
    past + 1 AS cause_visit, 'walker:' || id AS dedupe_key, %(now)s::timestamptz AS due_at,
    'document-reminder-1' AS template, %(now)s::timestamptz AS created_at FROM walker WHERE phase = 'sending'"""
_DISPATCHES = """SELECT m.id AS message_id, m.contact_id, m.contact_id %% 8 AS lane, 'automation' AS author,
    'structural' AS line, %(revision)s::bigint AS touchpoint_rev, 1 AS clearance,
    CASE WHEN n %% 100 = 6 THEN 'held' ELSE 'queued' END AS state,
    %(now)s::timestamptz + interval '1 minute' * (n %% 3000) AS not_before,
    CASE WHEN n %% 100 = 6 THEN '[{"check": "nobody_talking", "code": "talk.question", "owner": null,
        "params": {"since": "2026-04-09T07:00:00+00:00"}}]'::jsonb END AS reasons,
    CASE WHEN n %% 100 = 6 THEN %(now)s::timestamptz END AS held_since
FROM message m JOIN walker w ON w.id = m.id"""


def make(inside: int, contacts: int, owner: User, now: datetime) -> None:
    """``inside``: how many walk it; a ninth as many are through. All recipes stand beside it, switched on."""
    old = _journey(now - timedelta(days=60))
    for slug in recipes.names():
        switch_on(take_in(slug, by=owner, now=now).journey_id, acting_user=owner.id, now=now)
    new = JOURNEY.read_text().replace("days: 7", "days: 8")
    version = import_journey(new, acting_user=None, now=now - timedelta(days=20))
    point = Touchpoint.objects.get(slug="document-reminder")
    params = {
        "first": FIRST, "everybody": inside * 10 // 9, "contacts": contacts, "now": now, "paused": PAUSED,
        "journey": version.journey_id, "old": old.pk, "version": version.pk,
        "touchpoint": point.pk, "revision": point.current_id, **_places(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_WALKERS, _ENROLMENTS, _VISITS):
            cursor.execute(statement, params)
        _fill(cursor, "message", _MESSAGES, params)
        _fill(cursor, "dispatch", _DISPATCHES, params)
        cursor.execute("VACUUM ANALYZE")


def _places() -> Mapping[str, list[object]]:
    return {
        "firsts": [first for first, *_ in PLACES],
        "lasts": [last for _, last, *_ in PLACES],
        "steps": [step for _, _, step, *_ in PLACES],
        "phases": [phase for *_, phase, _ in PLACES],
        "behinds": [" ".join(behind) for *_, behind in PLACES],
    }
