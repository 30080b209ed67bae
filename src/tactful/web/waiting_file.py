"""The file that somebody has sent and not yet brought in: content in the store, its name in the session."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from tactful.contacts import actions, queries
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import open_table
from tactful.contacts.types import ColumnMapping, Declaration, Field, Table
from tactful.foundation import files
from tactful.web.forms.imports import declaration

KEY = "import"


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """``stored``: its name in the store. ``as_before``: the columns mean what they did last time."""

    stored: str
    name: str
    content: bytes
    table: Table
    declared: Declaration
    mapping: ColumnMapping
    as_before: bool = False


@dataclass(frozen=True, slots=True)
class SentFile:
    """As it came with a form; ``declared`` as JSON."""

    name: str
    content: bytes
    declared: dict[str, Any]


def put_aside(session: SessionBase, sent: SentFile, by: int, now: datetime) -> None:
    """One file per session; a new one takes the place of the last. Raises ``files.FileRefused``."""
    let_go(session)
    stored = actions.put_aside(sent.content, acting_user=by, now=now)
    session[KEY] = {"stored": stored, "name": sent.name[:200], "declared": sent.declared}


def waiting(session: SessionBase, region: str) -> WaitingFile | None:
    """What waits in this session, or None. A file that has gone from the store waits no more."""
    kept = session.get(KEY)
    if kept is None:
        return None
    try:
        content = files.read(kept["stored"])
    except FileNotFoundError:
        return None
    table = open_table(content)
    before = None if "mapping" in kept else queries.mapping_before(table.header)
    if "mapping" in kept:
        mapping = _mapping(kept["mapping"])
    elif before is not None:
        mapping = replace(before, region=region)
    else:
        mapping = guess_mapping(table.header, table.rows, region)
    declared = declaration(kept["declared"])
    return WaitingFile(
        kept["stored"], kept["name"], content, table, declared, mapping, as_before=before is not None
    )


def remember_mapping(session: SessionBase, mapping: ColumnMapping) -> None:
    columns = {str(number): field.value for number, field in mapping.columns.items()}
    kept = {
        "columns": columns,
        "order": mapping.date_order,
        "region": mapping.region,
        "file": mapping.prefer_file,
    }
    session[KEY] = {**session[KEY], "mapping": kept}


def let_go(session: SessionBase) -> None:
    """The file goes; ``forget`` leaves it to whoever reads it now."""
    kept = session.pop(KEY, None)
    if kept is not None:
        actions.let_go(kept["stored"])


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)


def _mapping(kept: dict[str, Any]) -> ColumnMapping:
    columns = {int(number): Field(field) for number, field in kept["columns"].items()}
    return ColumnMapping(columns, kept["order"], kept["region"], kept["file"])
