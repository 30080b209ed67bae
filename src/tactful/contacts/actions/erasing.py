"""An erasure begins, is carried out step by step, and may be lifted for whoever comes back (R75).

What the floors above hold is erased by ``wiring.erasing``; here stands what is of an erasure itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tactful.contacts.models import Contact, Erasure, ErasureRefusal, Identity, Suppression
from tactful.contacts.queries.erasing import ERASED, LOCK_CLASS, VERB, Place, marks_of, places_of
from tactful.contacts.queries.merging import all_ids_of
from tactful.contacts.rules.addresses import read_mail, read_phone
from tactful.contacts.rules.erasure_lines import Erased, Mark
from tactful.contacts.rules.trouble import Unusable
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.actions import record_audit

from ._writing import bump_gate, refresh_search
from .people import ContactError

REASONS: Final = ("asked", "objected", "not_needed", "mistake")
"""Why: they asked for it; they object; the data is no longer needed; it should never have been here. No words
of one's own: they would be about the very person who is to be forgotten."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``way``: page, command, api."""

    contact_id: int
    reason: str
    way: str


@transaction.atomic
def ask_erasure(wish: Wish, places: Iterable[Place], *, acting_user: int | None, now: datetime) -> Erasure:
    """From the moment when this is committed nothing more goes to them and nothing comes in of them.

    ``places``: beside their addresses, what else would let them in again. Asking again answers with the
    erasure that runs. Raises ``ContactError`` if there is no such client.
    """
    if wish.reason not in REASONS:
        raise ContactError(_("Say why this client is erased."))
    pg.many("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_CLASS])
    contact = Contact.objects.select_for_update().filter(id=wish.contact_id).first()
    if contact is None:
        raise ContactError(_("There is no such client."))
    running = Erasure.objects.filter(contacts__contains=[contact.id]).first()
    if running is not None:
        return running
    ids = all_ids_of(contact.id)
    own = Identity.objects.filter(contact_id__in=ids).values_list("kind", "value")
    marks = marks_of([*(place for kind, value in own for place in places_of(kind, value)), *places])
    row = Erasure.objects.create(
        contacts=ids, reason=wish.reason, way=wish.way, by=acting_user, asked_at=now,
        marks=sorted((channel, digest.hex()) for (channel, _value), digest in marks.items()),
    )  # fmt: skip
    _shut([(channel, digest) for (channel, _value), digest in marks.items()], now)
    bump_gate([contact.id])
    return row


def _shut(marks: Sequence[tuple[str, bytes]], now: datetime) -> None:
    """Into the list of those to whom nothing goes. What stood there before for another reason ends."""
    for channel, digest in dict.fromkeys(marks):
        standing = Suppression.objects.running().filter(channel=channel, address_hash=digest, scope="all")
        if standing.filter(reason=ERASED).exists():
            continue
        standing.update(to_at=now, end_recorded_at=now)
        Suppression.objects.create(
            channel=channel, address_hash=digest, reason=ERASED, scope="all", from_at=now, recorded_at=now
        )


def name_erasure(erasure_id: int) -> None:
    """For the transaction at hand: the database lets pass what this erasure may empty, and nothing else."""
    pg.many("SELECT set_config('tactful.erasure', %s, true)", [str(erasure_id)])


def running(erasure_id: int) -> Erasure | None:
    """Under lock; None: it is done, or another process is at it."""
    rows = Erasure.objects.select_for_update(skip_locked=True).filter(id=erasure_id, swept_at=None)
    return rows.first()


@transaction.atomic
def wiped(
    row: Erasure,
    counts: Mapping[str, int],
    receipts: Mapping[str, str],
    files: Sequence[str],
    *,
    now: datetime,
) -> None:
    """The database holds nothing more of them. ``receipts``: order -> seal of the consents whose words went;
    the audit log vouches for them from now on."""
    row.wiped_at, row.counts, row.files = now, dict(counts), list(files)
    row.save(update_fields=["wiped_at", "counts", "files"])
    body = {"reason": row.reason, "way": row.way, "receipts": dict(receipts), "rows": sum(counts.values())}
    record_audit(actor=row.by, verb=VERB, subject=f"erasure:{row.id}", now=now, body=body)
    facts = [NewFact(VERB, None, {"contact_id": str(row.contacts[0]), "reason": row.reason})]
    record(facts, now=now)


@transaction.atomic
def files_gone(row: Erasure) -> None:
    row.files = []
    row.save(update_fields=["files"])


@transaction.atomic
def swept(row: Erasure, *, now: datetime) -> None:
    row.swept_at = now
    row.save(update_fields=["swept_at"])


@transaction.atomic
def refused(door: str, count: int, *, now: datetime) -> None:
    """Something came in about an erased client and was not taken in. Of whom stands nowhere."""
    if count:
        row, _made = ErasureRefusal.objects.get_or_create(door=door[:20], day=now.date())
        ErasureRefusal.objects.filter(id=row.id).update(count=F("count") + count)


@transaction.atomic
def let_in_again(address: str, *, region: str, acting_user: int, now: datetime) -> list[Mark]:
    """Somebody who was erased comes back by their own wish: this address may come in again. Answers with what
    was lifted. Raises ``ContactError`` for what is no address, or one of nobody who was erased."""
    digests = marks_of(_places_of(address, region))
    rows = Suppression.objects.running().filter(reason=ERASED, address_hash__in=list(digests.values()))
    lifted = [(row.channel, bytes(row.address_hash).hex()) for row in rows]
    if not lifted:
        raise ContactError(_("Nobody with this address was erased, or they have been let in again."))
    rows.update(to_at=now, end_recorded_at=now)
    body: dict[str, Any] = {"channels": sorted(channel for channel, _digest in lifted)}
    record_audit(actor=acting_user, verb="contact.let_in_again", subject="address", now=now, body=body)
    return lifted


def _places_of(address: str, region: str) -> list[Place]:
    kind = "email" if "@" in address else "phone"
    try:
        value = read_mail(address) if kind == "email" else read_phone(address, region)
    except Unusable as trouble:
        raise ContactError(_("Write their mail address or phone number.")) from trouble
    return list(places_of(kind, value))


@transaction.atomic
def erase_again(erased: Erased, let_in: Collection[Mark], *, now: datetime) -> bool:
    """After a restore: what the journal says, as if it had been asked now. ``let_in``: who may come in.
    False: the house knows of it."""
    if Erasure.objects.filter(id=erased.id).exists():
        return False
    Erasure.objects.create(
        id=erased.id, contacts=list(erased.contacts), reason=erased.reason, way="restore",
        asked_at=erased.at, marks=[list(mark) for mark in erased.marks],
    )  # fmt: skip
    _shut([(c, bytes.fromhex(digest)) for c, digest in erased.marks if (c, digest) not in let_in], now)
    return True


@transaction.atomic
def lift_again(marks: Iterable[Mark], *, now: datetime) -> None:
    """After a restore: what had been lifted after the backup."""
    digests = {(channel, bytes.fromhex(digest)) for channel, digest in marks}
    for row in Suppression.objects.running().filter(reason=ERASED):
        if (row.channel, bytes(row.address_hash)) in digests:
            Suppression.objects.filter(id=row.id).update(to_at=now, end_recorded_at=now)


@transaction.atomic
def take_away_shut(size: int = 5_000) -> int:
    """After a restore: addresses of the erased that stood with somebody else on the day of the backup."""
    gone: list[int] = []
    after = 0
    while rows := list(Identity.objects.filter(id__gt=after).order_by("id")[:size]):
        after = rows[-1].id
        places = {place: row for row in rows for place in places_of(row.kind, row.value)}
        marks = marks_of(places)
        found = Suppression.objects.running().filter(reason=ERASED, address_hash__in=set(marks.values()))
        digests = {bytes(each) for each in found.values_list("address_hash", flat=True)}
        hit = [places[place] for place, digest in marks.items() if digest in digests]
        gone += [row.contact_id for row in hit]
        Identity.objects.filter(id__in=[row.id for row in hit]).delete()
    if gone:
        refresh_search(sorted(set(gone)))
    return len(gone)
