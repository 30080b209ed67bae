"""All that the house knows of one client, gathered over every table (R74)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tactful.contacts.queries import suppression_hashes
from tactful.foundation import pg
from tactful.wiring.personal_data import SECTIONS, Holds

_USERS = "SELECT value FROM identity WHERE contact_id = %s AND kind = 'external'"
_OTHER_IDS = """SELECT ident FROM identity_link WHERE "user" = ANY(%(users)s::text[])
UNION SELECT "user" FROM tracked_user WHERE root = ANY(%(ends)s::text[])"""
_STRANGERS = """SELECT c.id FROM conversation c WHERE c.contact_id IS NULL AND c.stranger <> ''
    AND lower(c.stranger) IN (SELECT lower(i.value) FROM identity i
        WHERE i.contact_id = %s AND i.kind = 'email')"""
_VISITORS = """SELECT id FROM visitor WHERE value = ANY(%s::text[]) AND kind IN ('anon', 'user')"""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows``: by column. ``shows``: the columns for people."""

    name: str
    rows: Sequence[dict[str, Any]]
    shows: Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """``title``: to be translated."""

    title: str
    tables: Sequence[Table]


@dataclass(frozen=True, slots=True)
class File:
    """``name``: as it came. ``stored``: its name in the store; without one, ``content`` is it."""

    name: str
    stored: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Copy:
    parts: Sequence[Part]
    files: Sequence[File]


def copy_of(contact_id: int) -> Copy:
    """Values as PostgreSQL itself writes them in JSON."""
    asked = asked_of(contact_id)
    parts, files = [], []
    for section in SECTIONS:
        tables = []
        for held in section.tables:
            rows = _rows(held, asked)
            files += [_file(held, row) for row in rows if held.files]
            shown = [{key: value for key, value in row.items() if key not in held.hides} for row in rows]
            tables.append(Table(held.table, shown, held.shows))
        parts.append(Part(section.title, tables))
    return Copy(parts, files)


def asked_of(contact_id: int) -> dict[str, Any]:
    """The parameters that ``personal_data`` names."""
    users = {row[0] for row in pg.many(_USERS, [contact_id])}
    found = {"users": pg.texts(users), "ends": pg.texts(">" + user for user in users)}
    users |= {row[0] for row in pg.many(_OTHER_IDS, found)}
    visitors = [row[0] for row in pg.many(_VISITORS, [pg.texts(users)])]
    return {
        "contact": contact_id,
        "users": pg.texts(users),
        "visitors": pg.numbers(visitors),
        "hashes": pg.bytes_(suppression_hashes(contact_id)),
        "strangers": pg.numbers(row[0] for row in pg.many(_STRANGERS, [contact_id])),
    }


def _rows(held: Holds, asked: dict[str, Any]) -> list[dict[str, Any]]:
    more = ", ".join(f"'{column}', {made}" for column, made in held.adds.items())
    row = f"to_jsonb(t) || jsonb_build_object({more})"
    text = f'SELECT {row} FROM "{held.table}" t WHERE {held.of} ORDER BY {held.order}'  # noqa: S608 - constants
    return [row[0] for row in pg.many(text, asked)]


def _file(held: Holds, row: dict[str, Any]) -> File:
    if held.files == "stored":
        return File(row["name"], row["stored"])
    return File(f"{row['id']}.eml", "", bytes.fromhex(row[held.files].removeprefix("\\x")))
