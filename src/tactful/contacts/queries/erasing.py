"""Who is being erased, and what may not come in again (R75)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tactful.contacts.address_hash import address_hashes
from tactful.contacts.models import ConsentReceipt, Erasure, ErasureRefusal, Identity, Suppression
from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.trouble import Unusable
from tactful.foundation import pg
from tactful.foundation.models import AuditPayload
from tactful.foundation.sealing import Break, first_break

from .merging import CHANNELS_OF

__all__ = [
    "CALENDAR",
    "ERASED",
    "LOCK_CLASS",
    "TRACKED",
    "VERB",
    "Erasure",
    "Place",
    "RefusedSince",
    "anybody_is_shut",
    "erasure",
    "erasure_of",
    "erasures",
    "first_broken_receipt",
    "marks_of",
    "places_of",
    "places_said",
    "refused_since",
    "running_erasures",
    "shut",
    "shut_identities",
    "shut_mails",
    "vouched_receipts",
]
ERASED = "erased"
VERB = "contact.erased"
LOCK_CLASS = 7_312
TRACKED, CALENDAR = "tracked", "calendar"
"""Channels of what is no address: ids in calls of other systems, and appointments."""

Place = tuple[str, str]
"""Channel and value, as identities keep it."""


@dataclass(frozen=True, slots=True)
class RefusedSince:
    door: str
    count: int
    last: str


def places_of(kind: str, value: str) -> tuple[Place, ...]:
    """Under which channels an identity stands in the list of those who are not to come in."""
    channels: Mapping[str, tuple[str, ...]] = {**CHANNELS_OF, Identity.Kind.EXTERNAL.value: (TRACKED,)}
    return tuple((channel, value) for channel in channels.get(kind, ()))


def places_said(kind: str, text: str, region: str = "NO") -> tuple[Place, ...]:
    """The same for an address in whatever form it was written; none for what is no address."""
    try:
        return places_of(kind, read_mail(text) if kind == Identity.Kind.EMAIL else read_phone(text, region))
    except Unusable:
        return ()


def marks_of(places: Iterable[Place]) -> dict[Place, bytes]:
    by_channel: dict[str, list[str]] = {}
    for channel, value in dict.fromkeys(places):
        by_channel.setdefault(channel, []).append(value)
    return {
        (channel, value): digest
        for channel, values in by_channel.items()
        for value, digest in zip(values, address_hashes(channel, values), strict=True)
    }


def shut(places: Iterable[Place]) -> set[Place]:
    """Of these, those of erased clients. Whoever then lets the others in does so in the same transaction:
    an erasure that begins meanwhile waits for it. So this is asked before rows of contacts are locked."""
    wanted = list(places)
    if not wanted or not anybody_is_shut():
        return set()
    marks = marks_of(wanted)
    rows = Suppression.objects.running().filter(reason=ERASED, address_hash__in=set(marks.values()))
    found = {(channel, bytes(digest)) for channel, digest in rows.values_list("channel", "address_hash")}
    return {place for place, digest in marks.items() if (place[0], digest) in found}


def anybody_is_shut() -> bool:
    """Was anybody ever erased? Holds back who would be while this transaction lasts, as ``shut`` says."""
    pg.many("SELECT pg_advisory_xact_lock_shared(%s, 0)", [LOCK_CLASS])
    return Erasure.objects.exists()


def shut_identities(identities: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The same by (kind, value), of mail addresses, phone numbers and ids of other systems."""
    asked = {place: (kind, value) for kind, value in identities for place in places_of(kind, value)}
    return {asked[place] for place in shut(asked)}


def shut_mails(addresses: Collection[str]) -> set[str]:
    """Of these mail addresses, in whatever form, those of erased clients."""
    read: dict[str, str] = {}
    for address in addresses:
        try:
            read[address] = read_mail(address)
        except Unusable:
            continue
    found = shut(("mail", value) for value in read.values())
    return {address for address, value in read.items() if ("mail", value) in found}


def erasures(limit: int) -> list[Erasure]:
    return list(Erasure.objects.order_by("-asked_at", "-id")[:limit])


def erasure(ident: int) -> Erasure | None:
    return Erasure.objects.filter(id=ident).first()


def erasure_of(contact_id: int) -> Erasure | None:
    """The one that speaks of this client, be it done or not."""
    return Erasure.objects.filter(contacts__contains=[contact_id]).order_by("-id").first()


def running_erasures() -> list[int]:
    return list(Erasure.objects.filter(swept_at=None).order_by("id").values_list("id", flat=True))


def refused_since(day: datetime) -> list[RefusedSince]:
    """What was not taken in from this day on, door by door."""
    found: dict[str, RefusedSince] = {}
    for row in ErasureRefusal.objects.filter(day__gte=day.date()).order_by("day"):
        before = found.get(row.door)
        count = row.count + (before.count if before else 0)
        found[row.door] = RefusedSince(row.door, count, row.day.isoformat())
    return sorted(found.values(), key=lambda each: each.door)


def vouched_receipts() -> dict[int, bytes]:
    """Order in the chain -> seal, of receipts whose words were erased, as the audit log says."""
    rows = AuditPayload.objects.filter(audit__verb=VERB).values_list("body", flat=True)
    return {
        int(order): bytes.fromhex(seal) for body in rows for order, seal in body.get("receipts", {}).items()
    }


def first_broken_receipt() -> Break | None:
    """The first receipt at which the chain does not hold and no erasure vouches for it."""
    return first_break(ConsentReceipt, vouched_receipts())
