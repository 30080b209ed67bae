"""What is known of some people, as the evaluator wants it. A handful of queries for any number of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from psycopg.sql import SQL, Composable, Composed, Identifier

from tactful.foundation import pg
from tactful.segments.hot.asking import fetch
from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.rules.walking import leaves
from tactful.segments.types import (
    Allowed,
    Column,
    Happened,
    History,
    Node,
    Occurrence,
    SpellLeaf,
    Stay,
    ValueLeaf,
)

EVENTS = SQL(
    "SELECT contact_id, name, ts, data::text FROM event"
    " WHERE contact_id = ANY(%(ids)s::bigint[]) AND name = ANY(%(names)s::text[]) ORDER BY ts, id"
)


def histories(ids: Collection[int], node: Node, allowed: Allowed) -> dict[int, History]:
    """What the (unfolded) tree wants to know of each. Ids without a contact are missing."""
    params: dict[str, object] = {"ids": pg.numbers(ids)}
    kinds = {getattr(leaf, "kind", "") for leaf in leaves(node)}
    stays: dict[int, list[Stay]] = defaultdict(list)
    for described in (leaf for kind, leaf in allowed.spells.items() if kind in kinds):
        for ident, stay in _stays(described, params):
            stays[ident].append(stay)
    values: dict[int, dict[tuple[str, str], Any]] = defaultdict(dict)
    for kind, leaf in allowed.values.items():
        if kind in kinds:
            for ident, name, value, since in fetch(_values(leaf), params):
                values[ident][kind, name] = since or _json(value)
    events = _events(node, params)
    return {
        ident: History(fields, attributes, values[ident], tuple(stays[ident]), tuple(events[ident]))
        for ident, fields, attributes in _contacts(params)
    }


def _contacts(params: dict[str, object]) -> Iterable[tuple[int, dict[str, str | datetime], Any]]:
    columns = SQL(", ").join(_column(each.column, "c") for each in CONTACT_FIELDS.values())
    query = SQL(
        "SELECT c.id, c.attributes::text, {} FROM contact c WHERE c.id = ANY(%(ids)s::bigint[])"
    ).format(columns)
    for ident, attributes, *found in fetch(query, params):
        yield ident, dict(zip(CONTACT_FIELDS, found, strict=True)), _json(attributes)


def _column(column: Column, alias: str) -> Composable:
    here = SQL(".").join([Identifier(alias), Identifier(column.name)])
    if column.lookup is None:
        return here
    return SQL("COALESCE((SELECT l.{} FROM {} l WHERE l.id = {}), '')").format(
        Identifier(column.lookup.key), Identifier(column.lookup.table), here
    )


def _stays(leaf: SpellLeaf, params: dict[str, object]) -> Iterable[tuple[int, Stay]]:
    for ident, begins, ends, *found in fetch(_spells(leaf), params | _only(leaf)):
        pairs = zip(leaf.fields.items(), found, strict=True)
        words = {name: _word(column, stored) for (name, column), stored in pairs}
        yield ident, Stay(leaf.kind, words, begins, ends)


def _spells(leaf: SpellLeaf) -> Composed:
    moments = [
        SQL("t.{}").format(Identifier(each)) if each else SQL("NULL::timestamptz")
        for each in (leaf.begins, leaf.ends)
    ]
    columns = [*moments, *(_column(column, "t") for column in leaf.fields.values())]
    only = [
        SQL("t.{} = ANY({})").format(Identifier(name), SQL(f"%(only{n})s::text[]"))
        for n, name in enumerate(leaf.only)
    ]
    contact = SQL("t.{}").format(Identifier(leaf.contact))
    mine = SQL("{} = ANY(%(ids)s::bigint[])").format(contact)
    return SQL("SELECT {}, {} FROM {} t WHERE {}").format(
        contact, SQL(", ").join(columns), Identifier(leaf.table), SQL(" AND ").join([mine, *only])
    )


def _only(leaf: SpellLeaf) -> dict[str, object]:
    return {f"only{n}": list(values) for n, values in enumerate(leaf.only.values())}


def _word(column: Column, stored: str) -> str:
    return next((word for word, kept in column.values.items() if kept == stored), stored)


def _values(leaf: ValueLeaf) -> Composed:
    since = Identifier(leaf.since) if leaf.since else SQL("NULL::timestamptz")
    return SQL("SELECT {}, {}, {}::text, {} FROM {} WHERE {} = ANY(%(ids)s::bigint[])").format(
        Identifier(leaf.contact),
        Identifier(leaf.name),
        Identifier(leaf.value),
        since,
        Identifier(leaf.table),
        Identifier(leaf.contact),
    )


def _events(node: Node, params: dict[str, object]) -> dict[int, list[Occurrence]]:
    names: set[str] = set()
    for leaf in leaves(node):
        if isinstance(leaf, Happened):
            names |= {leaf.event} | ({leaf.then.event} if leaf.then else set())
    found: dict[int, list[Occurrence]] = defaultdict(list)
    if names:
        for ident, name, ts, data in fetch(EVENTS, params | {"names": sorted(names)}):
            found[ident].append(Occurrence(name, ts, _json(data)))
    return found


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
