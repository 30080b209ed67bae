"""Writing facts down, in the transaction that makes them true."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tactful.events.types import LANES, NewFact
from tactful.foundation.copying import copy_columns
from tactful.foundation.ids import new_ids

NOTIFY_CHANNEL = "tactful"
NAMES_AT_ONCE = 20  # of at most 80 characters: PostgreSQL takes payloads below 8,000 bytes


def record(facts: Sequence[NewFact], *, now: datetime, source: str = "tactful") -> list[int]:
    """Append facts to the log and wake whoever listens. Answers with their ids."""
    if not facts:
        return []
    ids, contacts = new_ids(len(facts)), [fact.contact_id for fact in facts]
    copy_columns(
        "event",
        [
            ("id", "bigint", ids),
            ("lane", "smallint", [(contact or 0) % LANES for contact in contacts]),
            ("contact_id", "bigint", contacts),
            ("name", "text", [fact.name for fact in facts]),
            ("ts", "timestamptz", [fact.ts or now for fact in facts]),
            ("recorded_at", "timestamptz", [now] * len(facts)),
            ("source", "text", [source] * len(facts)),
            ("data", "jsonb", [fact.data for fact in facts]),
        ],
    )
    notify({fact.name for fact in facts})
    return ids


def notify(names: set[str]) -> None:
    """Tell open pages and the worker which kinds of facts have come; names only, no content."""
    ordered = sorted(names)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), NAMES_AT_ONCE):
            payload = json.dumps(ordered[start : start + NAMES_AT_ONCE], ensure_ascii=False)
            cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFY_CHANNEL, payload])
