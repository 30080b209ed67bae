"""A client wants to hear less: by one click, by mail, on the page or in words."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tactful.contacts.models import BasisSpell, ConsentReceipt, ContactSpell
from tactful.contacts.types import Ground
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit

from ._writing import bump_gate, locked
from .basis import withdraw_basis
from .flags import clear_flag, set_flag

OPTIONAL, MARKETING = "objected:optional", "objected:marketing"
OBJECTIONS = (OPTIONAL, MARKETING)


@transaction.atomic
def object_to(contact_id: int, flags: Collection[str], *, how: str, source: str, now: datetime) -> bool:
    """No more of these, from now: the flags reach the gate before the next message does (R70).

    ``flags``: of ``OBJECTIONS``. An objection to marketing withdraws the consent as well. ``source``: page,
    header or entry; a second objection changes nothing, but its source is kept, so that correcting the
    first one does not lift it. Answers whether anything changed.
    """
    fresh = []
    for flag in sorted(flags):
        is_new = set_flag(contact_id, "flag", flag, acting_user=None, now=now, value={"sources": [source]})
        if not is_new:
            _said_again(contact_id, flag, source)
        fresh.append(is_new)
    if MARKETING in flags:
        ground = Ground(purpose="marketing", channel="mail", kind="consent", how=how, source=source)
        fresh.append(withdraw_basis(contact_id, ground, acting_user=None, now=now) is not None)
    return any(fresh)


@transaction.atomic
def take_back(contact_id: int, flags: Collection[str], *, now: datetime) -> None:
    """The client takes an objection back. A withdrawn consent stays withdrawn: it is asked for anew."""
    for flag in sorted(flags):
        clear_flag(contact_id, "flag", flag, acting_user=None, now=now)


@transaction.atomic
def correct_objection(
    contact_id: int, source: str, *, reason: str, acting_user: int, now: datetime
) -> list[str] | None:
    """A person says that what was read as an objection was none. Answers with the flags that end.

    A flag ends when nothing else stands behind it: what the client has said another way too stays, be it
    before or afterwards. Consent that such a reading had withdrawn runs on from now. None: nothing rests
    on ``source``. ``reason`` goes into the audit log.
    """
    locked(contact_id)
    resting = [spell for spell in _running(contact_id) if source in _sources(spell)]
    if not resting:
        return None
    for spell in resting:
        kept = [each for each in _sources(spell) if each != source]
        ContactSpell.objects.filter(id=spell.id).update(value={"sources": kept})
    lifted = [spell.key for spell in resting if _sources(spell) == [source]]
    for flag in lifted:
        clear_flag(contact_id, "flag", flag, acting_user=acting_user, now=now)
    restored = MARKETING in lifted and _restore(contact_id, source, now)
    bump_gate([contact_id])
    record([NewFact("contact.objection_corrected", contact_id, {"source": source, "flags": lifted})], now=now)
    body = {"source": source, "flags": lifted, "basis": restored, "reason": reason}
    about = f"contact:{contact_id}"
    record_audit(actor=acting_user, verb="contact.objection_corrected", subject=about, now=now, body=body)
    return lifted


def _running(contact_id: int) -> list[ContactSpell]:
    running = ContactSpell.objects.running().filter(contact_id=contact_id, kind="flag", key__in=OBJECTIONS)
    return list(running.order_by("key"))


def _sources(spell: ContactSpell) -> list[str]:
    return list(spell.value.get("sources", ())) if isinstance(spell.value, dict) else []


def _said_again(contact_id: int, flag: str, source: str) -> None:
    for spell in _running(contact_id):
        if spell.key == flag and source not in _sources(spell):
            known = _sources(spell) or [""]  # one that is older than our keeping of sources has one too
            ContactSpell.objects.filter(id=spell.id).update(value={"sources": [*known, source]})


def _restore(contact_id: int, source: str, now: datetime) -> bool:
    """The basis for news as it was before the reading, with the receipt that it rested on."""
    uses = BasisSpell.objects.filter(contact_id=contact_id, purpose="marketing", channel="mail")
    withdrawn = uses.filter(to_at=None, kind="withdrawn").first()
    kind = source.partition(":")[0] + ":"  # of several readings the first one has withdrawn it
    receipts = ConsentReceipt.objects.filter(source__startswith=kind)
    if withdrawn is None or not receipts.filter(id=withdrawn.receipt_id).exists():
        return False
    before = uses.filter(to_at=withdrawn.from_at).exclude(kind="withdrawn").order_by("-from_at").first()
    uses.filter(id=withdrawn.id).update(to_at=now, end_recorded_at=now)
    if before is not None:
        BasisSpell.objects.create(
            contact_id=contact_id, purpose="marketing", channel="mail", kind=before.kind,
            receipt_id=before.receipt_id, from_at=now, recorded_at=now,
        )  # fmt: skip
    return before is not None
