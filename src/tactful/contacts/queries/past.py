"""What was known of people over time, for a whole batch of ids at once: every spell, to be cut in memory.

Addresses that were taken away, and what a column held before its first recorded change, were not kept:
the former are left out, the latter are None in ``ContactPast.column``.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tactful.contacts.address_hash import address_hash
from tactful.contacts.queries.facts import _place
from tactful.contacts.types import BEGAN, PlaceState
from tactful.foundation import pg
from tactful.kernel.spans import Span

COLUMNS = ("language", "time_zone", "country", "subdivision", "tier")
PLACE = ("time_zone", "country", "subdivision")
NOT_KEPT = None

_ROWS = """SELECT id, name, language, time_zone, country, subdivision, tier, household_id, company_id,
    attributes::text, created_at FROM contact WHERE id = ANY(%s::bigint[])"""
_SPELLS = """SELECT contact_id, kind, key, value::text, from_at, to_at, recorded_at, end_recorded_at
FROM contact_spell WHERE contact_id = ANY(%s::bigint[]) AND kind IN ('flag', 'began', 'attribute', 'company')
ORDER BY from_at, id"""
_GROUNDS = """SELECT contact_id, purpose, channel, kind, receipt_id,
    from_at, to_at, recorded_at, end_recorded_at
FROM basis_spell WHERE contact_id = ANY(%s::bigint[]) ORDER BY from_at, id"""
_ADDRESSES = """SELECT contact_id, value, added_at FROM identity
WHERE contact_id = ANY(%s::bigint[]) AND kind = 'email' ORDER BY is_primary DESC, added_at, id"""
_AGAINST = """SELECT address_hash, scope, reason, from_at, to_at, recorded_at, end_recorded_at
FROM suppression WHERE address_hash = ANY(%s::bytea[]) AND channel = 'mail'"""
_CIRCLES = """SELECT id, household_id, company_id FROM contact
WHERE id = ANY(%(ids)s::bigint[]) OR household_id = ANY(%(households)s::bigint[])
    OR company_id = ANY(%(companies)s::bigint[]) ORDER BY id"""


class Ground(NamedTuple):
    span: Span
    purpose: str
    channel: str
    kind: str
    receipt_id: int | None


class Address(NamedTuple):
    """``against``: (span, scope, reason) of suppressions."""

    channel: str
    added_at: datetime
    against: tuple[tuple[Span, str, str], ...]


class Change(NamedTuple):
    span: Span
    value: Any


@dataclass(slots=True)
class ContactPast:
    """``columns``: as they stand today. ``changes``: by column or attribute, the oldest first."""

    id: int
    name: str
    columns: dict[str, Any]
    attributes: dict[str, Any]
    changes: dict[str, list[Change]] = field(default_factory=dict)
    flags: list[tuple[Span, str]] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)

    def column(self, name: str, at: datetime, known_by: datetime) -> Any:
        """Its value then; None where that was not kept."""
        changes = self.changes.get(name)
        return self.columns[name] if changes is None else _last(changes, at, known_by)

    def attribute(self, name: str, at: datetime, known_by: datetime) -> Any:
        """Its value then; None where there was none."""
        changes = self.changes.get(name)
        return self.attributes.get(name) if changes is None else _last(changes, at, known_by)

    def places(self) -> tuple[tuple[datetime, PlaceState | None], ...]:
        """(known from, place), the first from the beginning; None where it was not kept."""
        moved = [change for name in (*PLACE, "company_id") for change in self.changes.get(name, ())]
        if not moved:
            return ((_BEGINNING, self._place_at(_BEGINNING)),)
        moments = sorted({max(change.span.from_at, change.span.recorded_at) for change in moved})
        return tuple((at, self._place_at(at)) for at in (_BEGINNING, *moments))

    def _place_at(self, at: datetime) -> PlaceState | None:
        zone, country, part = (self.column(name, at, at) for name in PLACE)
        if zone is None or country is None or part is None:
            return None
        company = self.column("company_id", at, at)  # each company that was ever given has its spell
        return _place(zone, country, part, self.columns["household_id"], company)


_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _last(changes: list[Change], at: datetime, known_by: datetime) -> Any:
    held = [change.value for change in changes if change.span.held(at, known_by)]
    return held[-1] if held else NOT_KEPT


def contact_pasts(ids: Collection[int]) -> dict[int, ContactPast]:
    """Five queries for all of them."""
    params = [pg.numbers(ids)]
    found = {row[0]: _contact(row) for row in pg.many(_ROWS, params)}
    for ident, kind, key, value, *span in pg.many(_SPELLS, params):
        past, spell = found[ident], Span(*span)
        if kind == "flag":
            past.flags.append((spell, key))
        else:
            for name, said in _said(kind, key, _loaded(value)):
                past.changes.setdefault(name, []).append(Change(spell, said))
    for ident, purpose, channel, kind, receipt, *span in pg.many(_GROUNDS, params):
        found[ident].grounds.append(Ground(Span(*span), purpose, channel, kind, receipt))
    _add_addresses(found)
    return found


def _said(kind: str, key: str, value: Any) -> Iterable[tuple[str, Any]]:
    """Of which columns and attributes a spell speaks, with what it says of them."""
    if kind == BEGAN:
        yield from value.get("attributes", {}).items()
        if "company" in value:
            yield "company_id", value["company"]
    else:
        yield "company_id" if kind == "company" else key, value


def _contact(row: pg.Row) -> ContactPast:
    ident, name, language, zone, country, subdivision, tier, household, company, attributes, _ = row
    columns = {
        "language": language, "time_zone": zone, "country": country, "subdivision": subdivision,
        "tier": tier, "household_id": household, "company_id": company,
    }  # fmt: skip
    return ContactPast(ident, name, columns, _loaded(attributes))


def _loaded(text: str | None) -> Any:
    return None if text is None else {} if text == "{}" else json.loads(text)


def _add_addresses(found: dict[int, ContactPast]) -> None:
    rows = pg.many(_ADDRESSES, [pg.numbers(found)])
    digests = [address_hash("mail", value) for _, value, _ in rows]
    against: dict[bytes, list[tuple[Span, str, str]]] = defaultdict(list)
    for digest, scope, reason, *span in pg.many(_AGAINST, [pg.bytes_(digests)]):
        against[bytes(digest)].append((Span(*span), scope, reason))
    for (ident, _, added_at), digest in zip(rows, digests, strict=True):
        found[ident].addresses.append(Address("mail", added_at, tuple(against.get(digest, ()))))


def circles(ids: Iterable[int]) -> list[list[int]]:
    """The same contacts, put together where they share a household or a company: their caps are shared.
    The same data give the same order."""
    group: dict[tuple[str, int], int] = {}
    leader: dict[int, int] = {}

    def head(ident: int) -> int:
        while leader[ident] != ident:
            leader[ident] = ident = leader[leader[ident]]
        return ident

    rows = pg.many(
        _CIRCLES, {"ids": pg.numbers(ids), "households": pg.numbers([]), "companies": pg.numbers([])}
    )
    for ident, household, company in rows:
        leader[ident] = ident
        for place in (("household", household), ("company", company)):
            if place[1] is not None:
                other = group.setdefault(place, ident)
                leader[head(ident)] = head(other)
    found: dict[int, list[int]] = defaultdict(list)
    for ident, _, _ in rows:
        found[head(ident)].append(ident)
    return list(found.values())


def neighbours(ids: Collection[int], households: Collection[int], companies: Collection[int]) -> set[int]:
    """Everybody whose messages count in the caps of these contacts, they themselves included."""
    rows = pg.many(
        _CIRCLES,
        {
            "ids": pg.numbers(ids),
            "households": pg.numbers(households),
            "companies": pg.numbers(companies),
        },
    )
    return {ident for ident, _, _ in rows}
