"""Who may be one person, who has become one, and what each of two holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tactful.contacts.address_hash import address_hashes
from tactful.contacts.models import (
    BasisSpell,
    Company,
    Contact,
    ContactMerge,
    ContactSpell,
    DuplicatePair,
    Household,
    Identity,
    MergePart,
    Suppression,
)
from tactful.contacts.rules.merging import PLAIN, OwnAddress, OwnBasis, OwnSpell, Shut, Side
from tactful.foundation import pg
from tactful.foundation.models import User

COLUMNS = ("name", "given_name", "sort_key", "country", "created_at", *PLAIN)
CHANNELS_OF = {Identity.Kind.EMAIL.value: ("mail",), Identity.Kind.PHONE.value: ("sms", "whatsapp")}
LONGEST_WAY = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts that may be one person, and the grounds that speak for it."""

    one: int
    other: int
    reasons: tuple[str, ...]
    found_at: datetime


#: A pair stays open as long as nobody has decided on it, whatever ground it was decided by.
_OPEN = """FROM duplicate_pair p
WHERE NOT EXISTS (SELECT FROM duplicate_pair d WHERE d.one = p.one AND d.other = p.other AND d.verdict <> '')
    AND EXISTS (SELECT FROM contact c WHERE c.id = p.one)
    AND EXISTS (SELECT FROM contact c WHERE c.id = p.other)"""
_OF_ONE = "AND (p.one = %(only)s OR p.other = %(only)s)"
_PAIRS = f"""SELECT p.one, p.other, array_agg(p.reason ORDER BY p.reason), max(p.found_at) AS newest
{_OPEN} {{only}}
GROUP BY p.one, p.other
HAVING %(before)s::timestamptz IS NULL OR (max(p.found_at), p.one, p.other) < (%(before)s, %(one)s, %(other)s)
ORDER BY newest DESC, p.one DESC, p.other DESC LIMIT %(limit)s"""
_COUNT = f"SELECT count(*) FROM (SELECT DISTINCT p.one, p.other {_OPEN}) AS pairs"  # noqa: S608 - put together from constants


def open_pairs(
    *, limit: int, before: tuple[datetime, int, int] | None = None, only: int | None = None
) -> list[Pair]:
    """The newest first. ``before``: moment and ids of the last pair of the page before. ``only``: of one."""
    at, one, other = before or (None, None, None)
    params = {"limit": limit, "before": at, "one": one, "other": other, "only": only}
    query = _PAIRS.format(only="" if only is None else _OF_ONE)
    return [Pair(row[0], row[1], tuple(row[2]), row[3]) for row in pg.many(query, params)]


def open_pair_count() -> int:
    return int((pg.one(_COUNT) or (0,))[0])


def reasons_of(one: int, other: int) -> tuple[str, ...]:
    rows = DuplicatePair.objects.filter(one=min(one, other), other=max(one, other)).order_by("reason")
    return tuple(rows.values_list("reason", flat=True))


def kept_of(contact_ids: Collection[int]) -> dict[int, int]:
    """Where contacts are that have become part of others: old links lead there. Others are left out."""
    found: dict[int, int] = {}
    frontier = {ident: ident for ident in contact_ids}
    for _round in range(LONGEST_WAY):
        rows = ContactMerge.objects.filter(gone__in=list(frontier), undone_at__isnull=True)
        steps = dict(rows.values_list("gone", "kept"))
        if not steps:
            break
        further: dict[int, int] = {}
        for gone, kept in steps.items():
            further[kept] = kept
            found |= {ident: kept for ident, at in found.items() if at == gone}
            if gone in contact_ids:
                found[gone] = kept
        frontier = further
    return found


def leads_to(column: str, ident: int) -> int | None:
    """What rows of ``column`` name since a merge, who named ``ident`` before; such as a thread that joined
    another. None: nothing was moved away from it."""
    parts = MergePart.objects.filter(kind="moved", names=[column], was=ident, merge__undone_at__isnull=True)
    return parts.order_by("-merge_id").values_list("becomes", flat=True).first()


def merges_of(contact_id: int, since: datetime) -> list[ContactMerge]:
    """What has become part of this contact and may be taken out again, the newest first."""
    rows = ContactMerge.objects.filter(kept=contact_id, undone_at__isnull=True, at__gte=since)
    return list(rows.order_by("-at", "-id"))


def merge_of(ident: int) -> ContactMerge | None:
    return ContactMerge.objects.filter(id=ident).first()


def all_ids_of(contact_id: int) -> list[int]:
    """The contact and everybody who has become part of it, directly or by the way."""
    found, frontier = [contact_id], [contact_id]
    for _round in range(LONGEST_WAY):
        rows = ContactMerge.objects.filter(kept__in=frontier, undone_at__isnull=True)
        frontier = [gone for gone in rows.values_list("gone", flat=True) if gone not in found]
        if not frontier:
            break
        found += frontier
    return found


def sides(contact_ids: Collection[int]) -> dict[int, Side]:
    """Each contact as ``rules.merging`` looks at it. Five queries for any number."""
    contacts: dict[int, dict[str, Any]] = {
        row["id"]: dict(row) for row in Contact.objects.filter(id__in=contact_ids).values()
    }
    addresses = _by_owner(
        (row.contact_id, OwnAddress(row.id, row.kind, row.value, row.shown, row.is_primary))
        for row in Identity.objects.filter(contact_id__in=contact_ids).order_by(
            "kind", "-is_primary", "added_at", "id"
        )
    )
    spells = _by_owner(
        (row.contact_id, OwnSpell(row.id, row.kind, row.key, row.value))
        for row in ContactSpell.objects.running().filter(contact_id__in=contact_ids).order_by("from_at", "id")
    )
    basis = _by_owner(
        (row.contact_id, OwnBasis(row.id, row.purpose, row.channel, row.kind))
        for row in BasisSpell.objects.running().filter(contact_id__in=contact_ids).order_by("purpose", "id")
    )
    shut = _shut(addresses)
    return {
        ident: Side(
            id=ident,
            columns={name: row[name] for name in COLUMNS},
            attributes=row["attributes"],
            addresses=tuple(addresses.get(ident, ())),
            spells=tuple(spells.get(ident, ())),
            basis=tuple(basis.get(ident, ())),
            shut=tuple(shut.get(ident, ())),
        )
        for ident, row in contacts.items()
    }


def places_of(addresses: Iterable[OwnAddress]) -> list[tuple[str, str, bytes]]:
    """(channel, address, keyed hash) of everything that somebody can be written to at."""
    found: list[tuple[str, str, bytes]] = []
    by_channel: dict[str, list[str]] = {}
    for address in addresses:
        for channel in CHANNELS_OF.get(address.kind, ()):
            by_channel.setdefault(channel, []).append(address.value)
    for channel, values in sorted(by_channel.items()):
        found += [
            (channel, value, digest)
            for value, digest in zip(values, address_hashes(channel, values), strict=True)
        ]
    return found


def _shut(addresses: dict[int, list[OwnAddress]]) -> dict[int, list[Shut]]:
    places = {
        (channel, digest): (owner, value)
        for owner, own in addresses.items()
        for channel, value, digest in places_of(own)
    }
    running = Suppression.objects.running().filter(address_hash__in=[digest for _, digest in places])
    found: dict[int, list[Shut]] = {}
    for row in running.order_by("from_at", "id"):
        if (place := places.get((row.channel, bytes(row.address_hash)))) is not None:
            found.setdefault(place[0], []).append(Shut(row.channel, place[1], row.scope, row.reason))
    return found


T = TypeVar("T")


def _by_owner(rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for owner, row in rows:
        found.setdefault(owner, []).append(row)
    return found


def labels(found: Iterable[Side]) -> dict[tuple[str, int], str]:
    """What the ids in columns stand for, by (column, id): companies, households, people of ours."""
    wanted: dict[str, set[int]] = {"company_id": set(), "household_id": set(), "manager_id": set()}
    for side in found:
        for column, ids in wanted.items():
            if side.columns[column]:
                ids.add(side.columns[column])
    tables: dict[str, Any] = {"company_id": Company, "household_id": Household, "manager_id": User}
    return {
        (column, ident): name
        for column, ids in wanted.items()
        if ids
        for ident, name in tables[column].objects.filter(id__in=ids).values_list("id", "name")
    }


MOST_RELATED = 8


def related(contact: Contact) -> list[tuple[Contact, str]]:
    """People of the same household and of the same company, each once: (contact, "household" | "company")."""
    found: dict[int, tuple[Contact, str]] = {}
    for kind, ident in (("household", contact.household_id), ("company", contact.company_id)):
        if ident:
            rows = Contact.objects.defer("search", "pieces").filter(**{f"{kind}_id": ident})
            rows = rows.exclude(id=contact.id)
            for row in rows.order_by("sort_key", "id")[:MOST_RELATED]:
                found.setdefault(row.id, (row, kind))
    return list(found.values())[:MOST_RELATED]
