"""Writing facts down, in the transaction that makes them true."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tactful.events.models import Event
from tactful.events.types import LANES, NewFact
from tactful.foundation.ids import new_ids

NOTIFY_CHANNEL = "tactful"


def record(facts: Sequence[NewFact], *, now: datetime, source: str = "tactful") -> list[int]:
    """Append facts to the log and wake whoever listens. Answers with their ids."""
    if not facts:
        return []
    ids = new_ids(len(facts))
    Event.objects.bulk_create(
        Event(
            id=ident,
            lane=(fact.contact_id or 0) % LANES,
            contact_id=fact.contact_id,
            name=fact.name,
            ts=fact.ts or now,
            recorded_at=now,
            source=source,
            data=fact.data,
        )
        for ident, fact in zip(ids, facts, strict=True)
    )
    notify({fact.name for fact in facts})
    return ids


def notify(names: set[str]) -> None:
    """Tell open pages and the worker which kinds of facts have come; names only, no content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFY_CHANNEL, json.dumps(sorted(names))])
