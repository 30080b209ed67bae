"""T0: messages and their dispatches in two statements, however many there are."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from tactful.delivery.rules.lanes import lane_of
from tactful.delivery.types import NewMessage
from tactful.foundation import pg

# column -> (SQL type, attribute of NewMessage)
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
    '"references"': "text",
    "is_auto_reply": "boolean",
}
JSON = ("condition", "variables")
LISTS = ("topics", "allow")
DISPATCH: Mapping[str, str] = {
    "contact_id": "bigint",
    "account_id": "bigint",
    "author": "text",
    "line": "text",
    "touchpoint_rev": "bigint",
    "approved_by": "bigint",
    "approved_hash": "bytea",
}
DEFAULTS = {
    "state": "'queued'",
    "attempt": "0",
    "tries": "0",
    "misses": "0",
    "resent": "false",
    "on_release": "''",
    "address": "''",
    "result": "''",
    "provider_id": "''",
}


_DUMPS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "bigint": pg.numbers,
    "text": pg.texts,
    "timestamptz": pg.moments,
}


class _Columns:
    """Columns of a bulk insert: a value that all rows share travels once, the others as arrays."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.selected: list[str] = []
        self.arrays: list[str] = []
        self.fields: list[str] = []
        self.params: dict[str, Any] = {}

    def add(self, name: str, kind: str, values: Sequence[Any], *, via: str = "", shared: bool = True) -> None:
        """``via``: the type that travels, where arrays of ``kind`` cannot (``text`` for ``text[]``)."""
        key = name.strip('"')
        self.names.append(name)
        first = values[0]
        if shared and values.count(first) == len(values):
            self.params[key] = first
            self.selected.append(f"%({key})s::{via or kind}" + (f"::{kind}" if via else ""))
            return
        dump = _DUMPS.get(via or kind, list)
        self.params[key] = dump(values)
        self.arrays.append(f"%({key})s::{via or kind}[]")
        self.fields.append(f"u_{key}")
        self.selected.append(f"u_{key}" + (f"::{kind}" if via else ""))

    def source(self) -> str:
        return f"unnest({', '.join(self.arrays)}) AS u({', '.join(self.fields)})"


def insert(messages: Sequence[NewMessage], ids: Sequence[int], key_id: int, now: datetime) -> set[int]:
    """Answers with the ids of those that were new."""
    columns = _Columns()
    columns.add("id", "bigint", ids, shared=False)
    for name, kind in MESSAGE.items():
        attribute = name.strip('"')
        columns.add(name, kind, list(map(attrgetter(attribute), messages)))
    for name in JSON:
        columns.add(name, "jsonb", [_json(getattr(message, name)) for message in messages], via="text")
    for name in LISTS:
        columns.add(name, "text[]", [_list(getattr(message, name)) for message in messages], via="text")
    columns.add("key_id", "smallint", [key_id] * len(messages))
    columns.add("created_at", "timestamptz", [now] * len(messages))
    rows = pg.many(
        # Names are our own; values travel as parameters.
        f"INSERT INTO message ({', '.join(columns.names)}) SELECT {', '.join(columns.selected)}"
        f" FROM {columns.source()} ON CONFLICT (dedupe_key) DO NOTHING RETURNING id",
        columns.params,
    )
    fresh = {row[0] for row in rows}
    kept = [(ident, message) for ident, message in zip(ids, messages, strict=True) if ident in fresh]
    if kept:
        _insert_dispatches(kept)
    return fresh


def _insert_dispatches(kept: Sequence[tuple[int, NewMessage]]) -> None:
    columns = _Columns()
    columns.add("message_id", "bigint", [ident for ident, _ in kept], shared=False)
    messages = [message for _, message in kept]
    for name, kind in DISPATCH.items():
        columns.add(name, kind, list(map(attrgetter(name), messages)))
    columns.add("lane", "smallint", [lane_of(message) for message in messages])
    columns.add("not_before", "timestamptz", [message.not_before or message.due_at for message in messages])
    pg.run(
        f"INSERT INTO dispatch ({', '.join([*columns.names, *DEFAULTS])})"
        f" SELECT {', '.join([*columns.selected, *DEFAULTS.values()])} FROM {columns.source()}",
        columns.params,
    )


def _json(value: Mapping[str, Any]) -> str:
    return _encode(value) if value else "{}"


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _list(values: Sequence[str]) -> str:
    if not values:
        return "{}"
    quoted = ('"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(quoted) + "}"
