"""Double opt-in: an address that somebody wrote into a form, and the yes of whoever owns it.

Anybody can write anybody's address into a form. So nobody hears of a new client until its owner has said
yes; until then there is a ground for the one question, which ends by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from tactful.contacts.address_hash import address_hash
from tactful.contacts.models import (
    BasisSpell,
    ConsentReceipt,
    ConsentRequest,
    Contact,
    ContactSpell,
    Identity,
    Suppression,
)
from tactful.contacts.rules.addresses import read_mail
from tactful.contacts.rules.names import person_sort_key, read_name
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import Ground
from tactful.foundation import pg
from tactful.foundation.queries import business_at

from ._writing import bump_gate, locked, refresh_search, tell
from .basis import receipt, record_basis
from .flags import clear_flag

VALID: Final = timedelta(days=7)
KEPT: Final = timedelta(days=40)
OFTEN: Final = ((timedelta(days=1), 1), (timedelta(days=30), 3))
"""An address is asked at most so many times in such a time."""
LOCK_CLASS: Final = 7_311
SOURCE: Final = "site_form"
HOW: Final = "double_opt_in"
NO: Final = ("objected:marketing", "restricted")
_GROUND = {"purpose": "service", "channel": "mail"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form said. ``wording``: the business's own words, in ``language``, to which a yes will be given.
    ``page``: where the form stands."""

    address: str
    name: str
    wording: str
    language: str
    page: str


@transaction.atomic
def note_wish(wish: Wish, *, now: datetime) -> ConsentRequest | None:
    """The request, with somebody to whom the question can go. None: this address is not asked, because it is
    none, its owner has said no or yes already, mail to it came back, or it was asked lately."""
    try:
        address = read_mail(wish.address)
    except Unusable:
        return None
    pg.lock(LOCK_CLASS, address)
    digest = address_hash("mail", address)
    if _is_closed(digest) or _asked_lately(digest, now):
        return None
    owner = Identity.objects.filter(kind="email", value=address).values_list("contact_id", flat=True).first()
    if owner is not None and (_has_answered(owner) or not _is_first(owner, address)):
        return None
    expires = now + VALID
    contact = owner if owner is not None else _expected(wish, address, now)
    _ground(contact, wish, now, expires)
    return ConsentRequest.objects.create(
        contact_id=contact, is_new=owner is None, name=wish.name[:200], address_hash=digest,
        wording=wish.wording, language=wish.language, source=wish.page[:300],
        asked_at=now, expires_at=expires,
    )  # fmt: skip


@transaction.atomic
def confirm_wish(request_id: int, *, now: datetime) -> ConsentRequest | None:
    """The yes of whoever reads the mail, with the words that stood beside the button. None: too late, or the
    client is gone. A second yes changes nothing."""
    row = ConsentRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None or (row.confirmed_at is None and row.expires_at <= now):
        return None
    if row.confirmed_at is not None:
        return row
    if not Contact.objects.filter(id=row.contact_id).exists():
        return None
    if row.is_new:
        _name(row)
        Identity.objects.filter(contact_id=row.contact_id, verified_at=None).update(verified_at=now)
        tell("contact.created", row.contact_id, now, None, source=SOURCE)
    clear_flag(row.contact_id, "flag", "objected:marketing", acting_user=None, now=now)
    ground = Ground(
        purpose="marketing", channel="mail", kind="consent", how=HOW, wording=row.wording,
        language=row.language, source=row.source,
    )  # fmt: skip
    record_basis(row.contact_id, ground, acting_user=None, now=now)
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    return row


def _name(row: ConsentRequest) -> None:
    name = read_name(row.name)
    if name.full:
        Contact.objects.filter(id=row.contact_id).update(
            name=name.full[:200], given_name=name.given[:100], sort_key=person_sort_key(name)[:200]
        )
        refresh_search([row.contact_id])


def unanswered(now: datetime) -> list[int]:
    """Clients who are here only because of a request that nobody has answered in time."""
    open_ones = ConsentRequest.objects.filter(Q(confirmed_at__isnull=False) | Q(expires_at__gt=now))
    rows = ConsentRequest.objects.filter(is_new=True, confirmed_at=None, expires_at__lte=now)
    rows = rows.exclude(contact_id__in=open_ones.values("contact_id"))
    ids = set(rows.values_list("contact_id", flat=True))
    plain = Contact.objects.filter(id__in=ids, source=SOURCE, company=None, manager=None)
    known = ContactSpell.objects.filter(contact_id__in=ids).values("contact_id")
    return list(plain.exclude(id__in=known).values_list("id", flat=True))


def forget_wishes(now: datetime) -> int:
    """Requests that count no more."""
    return ConsentRequest.objects.filter(asked_at__lt=now - KEPT).delete()[0]


def wish(request_id: int) -> ConsentRequest | None:
    return ConsentRequest.objects.filter(id=request_id).first()


def _is_closed(digest: bytes) -> bool:
    """Came back, objected, erased: whatever closes an address closes it here as well."""
    return Suppression.objects.running().filter(channel="mail", address_hash=digest).exists()


def _asked_lately(digest: bytes, now: datetime) -> bool:
    asked = ConsentRequest.objects.filter(address_hash=digest)
    return any(asked.filter(asked_at__gt=now - long).count() >= most for long, most in OFTEN)


def _has_answered(contact_id: int) -> bool:
    """Yes or no, or that their data may not be used: a form that anybody can fill in changes none of it."""
    said = BasisSpell.objects.running().filter(
        contact_id=contact_id, purpose="marketing", channel="mail", kind__in=("consent", "withdrawn")
    )
    no = ContactSpell.objects.running().filter(contact_id=contact_id, kind="flag", key__in=NO)
    return said.exists() or no.exists()


def _is_first(contact_id: int, address: str) -> bool:
    """The question must reach the very address that was written."""
    own = Identity.objects.filter(contact_id=contact_id, kind="email").order_by("-is_primary", "id").first()
    return own is not None and own.value == address


def _expected(wish: Wish, address: str, now: datetime) -> int:
    """A client of whom nobody is told. What was typed as their name waits for their yes: else a stranger
    could put words into our mail to them."""
    contact = Contact.objects.create(
        name=address[:200], sort_key=address[:200], language=wish.language, source=SOURCE, created_at=now
    )
    Identity.objects.create(contact=contact, kind="email", value=address, shown=address, added_at=now)
    refresh_search([contact.id])
    return int(contact.id)


def _ground(contact_id: int, wish: Wish, now: datetime, expires: datetime) -> None:
    """For the one question, if there is no other ground to write; it ends by itself."""
    locked(contact_id)
    held = BasisSpell.objects.filter(contact_id=contact_id, **_GROUND).filter(
        Q(to_at__isnull=True) | Q(to_at__gt=now)
    )
    if held.exists():
        return
    asked = Ground(how=SOURCE, kind="contract", source=wish.page[:300], language=wish.language, **_GROUND)
    saved: ConsentReceipt = receipt(contact_id, asked, "request", business_at(now).name, None, now)
    saved.save(force_insert=True)
    BasisSpell.objects.create(
        contact_id=contact_id, **_GROUND, kind="contract", receipt_id=saved.id, from_at=now, to_at=expires,
        recorded_at=now, end_recorded_at=now,
    )  # fmt: skip
    bump_gate([contact_id])
