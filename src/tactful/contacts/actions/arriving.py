"""People who come by themselves, through calls of other systems: written many at a time.

Whoever calls has decided who is who (``tracking``); nothing here looks for anybody.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from tactful.contacts.models import Contact, ContactSpell, DuplicatePair, Identity
from tactful.contacts.rules.names import PersonName, person_sort_key
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.pg import copy_in

from ._writing import bump_gate, company_named, refresh_search, spell

_UPDATE = """
    UPDATE contact SET name = u.name, given_name = u.given_name, sort_key = u.sort_key,
        language = u.language, time_zone = u.time_zone, company_id = u.company_id,
        attributes = u.attributes::jsonb, gate_rev = gate_rev + 1
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
                %s::text[]) AS u (id, name, given_name, sort_key, language, time_zone, company_id, attributes)
    WHERE contact.id = u.id"""
_END = """UPDATE contact_spell s SET to_at = %(now)s, end_recorded_at = %(now)s
    FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(keys)s::text[]) AS old (contact_id, kind, key)
    WHERE s.contact_id = old.contact_id AND s.kind = old.kind AND s.key = old.key AND s.to_at IS NULL"""
_MOVE = """UPDATE identity i SET contact_id = way.contact_id, is_primary = false
    FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS way (kind, value, contact_id)
    WHERE i.kind = way.kind AND i.value = way.value"""
_PRIMARY = """UPDATE identity i SET is_primary = true FROM (
        SELECT DISTINCT ON (f.contact_id, f.kind) f.id FROM identity f
        WHERE f.contact_id = ANY(%(ids)s::bigint[]) AND NOT EXISTS (
            SELECT FROM identity p WHERE p.contact_id = f.contact_id AND p.kind = f.kind AND p.is_primary)
        ORDER BY f.contact_id, f.kind, f.added_at, f.id) AS first
    WHERE i.id = first.id"""


class Address(NamedTuple):
    """``kind`` email, phone or external; ``value`` as it is kept."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """``people``: new contacts by their ids. ``added``: addresses that nobody had. ``moved``: addresses
    with the contact that they go to."""

    people: Mapping[int, PersonName] = field(default_factory=dict)
    added: Mapping[Address, int] = field(default_factory=dict)
    moved: Mapping[Address, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written on one contact. ``columns``: language, time_zone, company (a name).
    ``attributes``: with None for those to take away."""

    name: PersonName | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def arrive(arrivals: Arrivals, *, source: str, now: datetime) -> None:
    """Make contacts and put addresses where they belong."""
    before = _owners(arrivals.moved)
    copy_in([_contact(ident, name, source, now) for ident, name in sorted(arrivals.people.items())])
    copy_in([_identity(address, ident, now) for address, ident in sorted(arrivals.added.items())])
    _move(arrivals.moved)
    touched = sorted({*arrivals.added.values(), *arrivals.moved.values(), *before})
    if touched:
        pg.run(_PRIMARY, {"ids": pg.numbers(touched)})
        refresh_search(touched)
        bump_gate(touched)
    known = [(a, i) for a, i in sorted(arrivals.added.items()) if i not in arrivals.people]
    facts = [NewFact("contact.created", ident, {"source": source}) for ident in sorted(arrivals.people)]
    facts += [NewFact("contact.identity_added", ident, {"kind": address.kind}) for address, ident in known]
    record(facts, now=now)


def _owners(moved: Mapping[Address, int]) -> list[int]:
    rows = Identity.objects.filter(value__in=[address.value for address in moved]) if moved else ()
    return [row.contact_id for row in rows if Address(row.kind, row.value) in moved]


def _contact(ident: int, name: PersonName, source: str, now: datetime) -> Contact:
    return Contact(
        id=ident,
        name=name.full,
        given_name=name.given[:100],
        sort_key=person_sort_key(name)[:200],
        source=source[:120],
        created_at=now,
    )


def _identity(address: Address, ident: int, now: datetime) -> Identity:
    return Identity(
        contact_id=ident,
        kind=address.kind,
        value=address.value,
        shown=address.value,
        is_primary=False,
        added_at=now,
    )


def _move(moved: Mapping[Address, int]) -> None:
    if moved:
        keys = sorted(moved)
        pg.run(
            _MOVE,
            [
                pg.texts(key.kind for key in keys),
                pg.texts(key.value for key in keys),
                pg.numbers(moved[key] for key in keys),
            ],
        )


@transaction.atomic
def change_many(wanted: Mapping[int, Wanted], *, now: datetime) -> None:
    """Write what differs; each change ends a spell and begins another, as ``update_contact`` does."""
    rows = list(Contact.objects.select_for_update().filter(id__in=sorted(wanted)).order_by("id"))
    changed: list[Contact] = []
    spells: list[ContactSpell] = []
    for row in rows:
        fresh = list(_write(row, wanted[row.id], now))
        if fresh:
            changed.append(row)
            spells += fresh
    if not changed:
        return
    _end(spells, now)
    copy_in(spells)  # one without a value, too: it takes the place of what the client began with
    _update(changed)
    refresh_search([row.id for row in changed if wanted[row.id].name or "company" in wanted[row.id].columns])
    fields: dict[int, set[str]] = {}
    for each in spells:
        fields.setdefault(each.contact_id, set()).add(each.key or each.kind)
    record([NewFact("contact.updated", i, {"fields": sorted(fields[i])}) for i in sorted(fields)], now=now)


def _write(row: Contact, wanted: Wanted, now: datetime) -> Sequence[ContactSpell]:
    spells: list[ContactSpell] = []
    name = wanted.name
    if name is not None and name.full != row.name:
        row.name, row.given_name = name.full, name.given[:100]
        row.sort_key = person_sort_key(name)[:200]
        spells.append(spell(row.id, "attribute", "name", now, name.full))
    for key, value in wanted.columns.items():
        if key == "company":
            row.company = company_named(value) if value else None
            spells.append(spell(row.id, "company", "", now, row.company.id if row.company else None))
        elif getattr(row, key) != value:
            setattr(row, key, value)
            spells.append(spell(row.id, "attribute", key, now, value))
    if wanted.attributes:
        kept = {**row.attributes, **wanted.attributes}
        row.attributes = {key: value for key, value in kept.items() if value is not None}
        spells += [spell(row.id, "attribute", k, now, v) for k, v in wanted.attributes.items()]
    return spells


def _end(spells: Sequence[ContactSpell], now: datetime) -> None:
    pg.run(
        _END,
        {
            "now": now,
            "ids": pg.numbers(each.contact_id for each in spells),
            "kinds": pg.texts(each.kind for each in spells),
            "keys": pg.texts(each.key for each in spells),
        },
    )


def _update(rows: Sequence[Contact]) -> None:
    pg.run(
        _UPDATE,
        [
            pg.numbers(row.id for row in rows),
            pg.texts(row.name for row in rows),
            pg.texts(row.given_name for row in rows),
            pg.texts(row.sort_key for row in rows),
            pg.texts(row.language for row in rows),
            pg.texts(row.time_zone for row in rows),
            pg.numbers(row.company_id for row in rows),
            pg.texts(json.dumps(row.attributes, ensure_ascii=False) for row in rows),
        ],
    )


@transaction.atomic
def dissolve(contact_ids: Collection[int]) -> None:
    """Contacts that nobody ever spoke with, and whose every address belongs to somebody else."""
    DuplicatePair.objects.filter(Q(one__in=contact_ids) | Q(other__in=contact_ids)).delete()
    Contact.objects.filter(id__in=sorted(contact_ids)).delete()
    pg.run("DELETE FROM event WHERE contact_id = ANY(%s::bigint[])", [pg.numbers(sorted(contact_ids))])


@transaction.atomic
def withdraw_duplicates(contact_ids: Collection[int], reasons: Collection[str]) -> None:
    """Pairs of these contacts that nobody has decided on."""
    touching = Q(one__in=contact_ids) | Q(other__in=contact_ids)
    DuplicatePair.objects.filter(touching, verdict="", reason__in=reasons).delete()


@transaction.atomic
def note_duplicates(pairs: Collection[tuple[int, int, str, str]], *, now: datetime) -> None:
    """Contacts that may be one person: (one, other, reason, evidence). Known pairs stay as decided."""
    rows = [
        DuplicatePair(
            one=min(one, other),
            other=max(one, other),
            reason=reason,
            evidence={"of": evidence},
            found_at=now,
        )
        for one, other, reason, evidence in sorted(set(pairs))
        if one != other
    ]
    DuplicatePair.objects.bulk_create(rows, ignore_conflicts=True)
