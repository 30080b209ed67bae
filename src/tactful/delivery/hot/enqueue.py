"""T0: messages and their dispatches by COPY, which costs the server half of what INSERT does.

COPY knows no ON CONFLICT, so known keys are left out before; of two that write the same key at once,
the database lets one in, and the other looks again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from psycopg import Error

from tactful.delivery.rules.lanes import lane_of
from tactful.delivery.types import NewMessage
from tactful.foundation import pg
from tactful.foundation.copying import Column, copy_columns

# column, the SQL type
MESSAGE: Mapping[str, str] = {
    "contact_id": "bigint",
    "channel": "text",
    "touchpoint_id": "bigint",
    "message_class": "text",
    "purpose": "text",
    "cause_kind": "text",
    "cause_id": "bigint",
    "cause_visit": "integer",
    "dedupe_key": "text",
    "may_merge": "boolean",
    "latest_at": "timestamptz",
    "due_at": "timestamptz",
    "template": "text",
    "language": "text",
    "subject": "text",
    "body": "text",
    "conversation_id": "bigint",
    "in_reply_to": "text",
    "references": "text",
    "is_auto_reply": "boolean",
    "topics": "varchar[]",
    "allow": "varchar[]",
    "condition": "jsonb",
    "variables": "jsonb",
}
DISPATCH: Mapping[str, str] = {
    "contact_id": "bigint",
    "account_id": "bigint",
    "author": "text",
    "line": "text",
    "touchpoint_rev": "bigint",
    "approved_by": "bigint",
    "approved_hash": "bytea",
}
DEFAULTS: Mapping[str, tuple[str, Any]] = {
    "state": ("text", "queued"),
    "attempt": ("integer", 0),
    "tries": ("smallint", 0),
    "misses": ("smallint", 0),
    "resent": ("boolean", False),
    "on_release": ("text", ""),
    "address": ("text", ""),
    "result": ("text", ""),
    "provider_id": ("text", ""),
}
FIELDS = tuple(NewMessage.__annotations__)
Fresh = tuple[int, NewMessage]

ONCE = "message_once"
KNOWN = "SELECT dedupe_key FROM message WHERE dedupe_key = ANY(%s::text[])"


def insert(messages: Sequence[NewMessage], ids: Sequence[int], key_id: int, now: datetime) -> set[int]:
    """Answers with the ids of those that were new."""
    fresh = _without_known(list(zip(ids, messages, strict=True)))
    while fresh:
        try:
            with transaction.atomic():
                _copy_messages(fresh, key_id, now)
            break
        except IntegrityError as error:  # somebody else wrote one of them this very moment
            rest = _without_known(fresh)
            if _constraint(error) != ONCE or len(rest) == len(fresh):
                raise
            fresh = rest
    if fresh:
        _copy_dispatches(fresh)
    return {ident for ident, _ in fresh}


def _without_known(given: Sequence[Fresh]) -> list[Fresh]:
    """The first of those with the same key, where the key is new."""
    first = {message.dedupe_key: (ident, message) for ident, message in reversed(given)}
    for (known,) in pg.many(KNOWN, [pg.texts(first)]):
        del first[known]
    return list(first.values())[::-1]


def _constraint(error: IntegrityError) -> str | None:
    return error.__cause__.diag.constraint_name if isinstance(error.__cause__, Error) else None


def _copy_messages(fresh: Sequence[Fresh], key_id: int, now: datetime) -> None:
    ids, messages = zip(*fresh, strict=True)
    given = dict(zip(FIELDS, zip(*messages, strict=True), strict=True))
    columns: list[Column] = [("id", "bigint", ids)]
    columns += [(name, kind, given[name]) for name, kind in MESSAGE.items()]
    columns += [("key_id", "smallint", [key_id] * len(ids)), ("created_at", "timestamptz", [now] * len(ids))]
    copy_columns("message", columns)


def _copy_dispatches(fresh: Sequence[Fresh]) -> None:
    ids, messages = zip(*fresh, strict=True)
    given = dict(zip(FIELDS, zip(*messages, strict=True), strict=True))
    columns: list[Column] = [("message_id", "bigint", ids)]
    columns += [(name, kind, given[name]) for name, kind in DISPATCH.items()]
    columns += [(name, kind, [value] * len(ids)) for name, (kind, value) in DEFAULTS.items()]
    columns += [
        ("lane", "smallint", [lane_of(message) for message in messages]),
        ("not_before", "timestamptz", [message.not_before or message.due_at for message in messages]),
    ]
    copy_columns("dispatch", columns)
