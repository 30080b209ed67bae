"""A million clients on their way through a journey, copied into the database of a bench."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from tactful.foundation.clock import business_now
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import JourneyVersion
from tactful.touchpoints.models import Touchpoint, TouchpointRevision

JOURNEY = Path(__file__).with_name("mixed.yaml")
CLASSES = {
    "document-request": "relationship",
    "document-reminder": "relationship",
    "document-received": "awaited",
}
DOCUMENTS = ("bank", "receipts", "payroll")
FIRST = 1_000_000_000  # ids of clients; each client's engagement has the same one
FAR = timedelta(days=90)

Rows = Iterable[tuple[Any, ...]]


def make(waiting: int, due: int, falls_due: timedelta) -> None:
    """``waiting`` enrolments, of which ``due`` fall due ``falls_due`` from now; they have clients, open
    engagements and documents. One in four has handed everything in and needs no reminder."""
    now = business_now()
    version = _journey(now)
    moment = now + falls_due
    numbers = range(due)
    _copy("contact", "id,name,given_name,sort_key,language,time_zone,country,subdivision,tier,attributes,source,"
          "created_at,gate_rev,pieces", _clients(numbers, now))  # fmt: skip
    _copy(
        "engagement", "id,contact_id,kind,title_en,title_nb,year,due_on,opened_at", _engagements(numbers, now)
    )
    _copy("requested_document", "id,engagement_id,slug,name_en,name_nb,position", _documents(numbers))
    _copy("document_spell", "id,document_id,state,how,from_at,recorded_at", _spells(numbers, now))
    _copy("enrolment", "id,journey_id,version_id,contact_id,entry_key,entry_no,trigger_id,step,visit,phase,due_at,"
          "wait_event,wait_match,wait_since,context,entered_at,end_reason,failures,error",
          _enrolments(waiting, due, (now, moment), version))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _journey(now: datetime) -> JourneyVersion:
    for slug, kind in CLASSES.items():
        point = Touchpoint.objects.create(
            slug=slug, name_en=slug, name_nb=slug, phase="working", position=1, message_class=kind
        )
        revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=now)
        Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    version = import_journey(JOURNEY.read_text(), acting_user=None, now=now)
    switch_on(version.journey_id, acting_user=None, now=now)
    return version


def _copy(table: str, columns: str, rows: Rows) -> None:
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _clients(numbers: range, now: datetime) -> Iterator[tuple[Any, ...]]:
    for n in numbers:
        name = f"Kari Hansen {n}"
        yield (
            FIRST + n,
            name,
            "Kari",
            f"hansen {n}",
            "nb",
            "Europe/Oslo",
            "NO",
            "",
            "",
            "{}",
            "",
            now,
            0,
            "{}",
        )


def _engagements(numbers: range, now: datetime) -> Iterator[tuple[Any, ...]]:
    day = (now + FAR).date()
    for n in numbers:
        yield FIRST + n, FIRST + n, "annual_accounts", "Annual accounts", "Årsregnskap", 2026, day, now


def _documents(numbers: range) -> Iterator[tuple[Any, ...]]:
    for n in numbers:
        for place, slug in enumerate(DOCUMENTS):
            yield FIRST + n * 10 + place, FIRST + n, slug, slug.title(), slug.title(), place


def _spells(numbers: range, now: datetime) -> Iterator[tuple[Any, ...]]:
    for n in numbers:
        state = "claimed_sent" if n % 4 == 3 else "missing"
        for place in range(len(DOCUMENTS)):
            ident = FIRST + n * 10 + place
            yield ident, ident, state, "request", now, now


def _enrolments(
    waiting: int, due: int, moments: tuple[datetime, datetime], version: JourneyVersion
) -> Iterator[tuple[Any, ...]]:
    """Every other one waits for documents or a week, and then for a reminder; the others for the moment
    when a person is asked to call."""
    now, falls_due = moments
    for n in range(waiting):
        ident = FIRST + n
        at = falls_due if n < due else now + FAR + timedelta(seconds=n % 86_400)
        entry = {"engagement": ident}
        context = json.dumps({"entered": now.isoformat(), "entry": entry, "seen": [ident]})
        first = n % 2 == 0
        step, visit, phase = (
            ("wait-for-documents", 1, "waiting_event") if first else ("wait-once-more", 4, "waiting")
        )
        event, match = ("documents.complete", json.dumps(entry)) if first else (None, None)
        yield (ident, version.journey_id, version.pk, ident, str(ident), 1, ident, step, visit, phase, at,
               event, match, now, context, now, "", 0, "")  # fmt: skip
