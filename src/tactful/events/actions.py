"""Writing facts down, in the transaction that makes them true."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from psycopg import Cursor

from tactful.events.types import LANES, NewFact
from tactful.foundation.ids import new_ids

NOTIFY_CHANNEL = "tactful"
NAMES_AT_ONCE = 20  # of at most 80 characters: PostgreSQL takes payloads below 8,000 bytes
# A tenth of what the ORM's insert costs; delivery writes one fact for each mail.
COPY = "COPY event (id, lane, contact_id, name, ts, recorded_at, source, data) FROM STDIN"


def record(facts: Sequence[NewFact], *, now: datetime, source: str = "tactful") -> list[int]:
    """Append facts to the log and wake whoever listens. Answers with their ids."""
    if not facts:
        return []
    ids = new_ids(len(facts))
    learned = now.isoformat()
    lines = [_line(ident, fact, learned, source) for ident, fact in zip(ids, facts, strict=True)]
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection) as cursor,
        cursor.copy(COPY) as copy,
    ):
        copy.write("".join(lines))
    notify({fact.name for fact in facts})
    return ids


def _line(ident: int, fact: NewFact, learned: str, source: str) -> str:
    """A row in COPY's text format."""
    contact = r"\N" if fact.contact_id is None else fact.contact_id
    happened = fact.ts.isoformat() if fact.ts else learned
    words = f"{_plain(fact.name)}\t{happened}\t{learned}\t{_plain(source)}\t{_plain(_encode(fact.data))}"
    return f"{ident}\t{(fact.contact_id or 0) % LANES}\t{contact}\t{words}\n"


_encode = json.JSONEncoder(ensure_ascii=False).encode
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _plain(text: str) -> str:
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def notify(names: set[str]) -> None:
    """Tell open pages and the worker which kinds of facts have come; names only, no content."""
    ordered = sorted(names)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), NAMES_AT_ONCE):
            payload = json.dumps(ordered[start : start + NAMES_AT_ONCE], ensure_ascii=False)
            cursor.execute("SELECT pg_notify(%s, %s)", [NOTIFY_CHANNEL, payload])
