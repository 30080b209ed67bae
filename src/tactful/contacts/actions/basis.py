"""Why we may write, and to which addresses we may not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.contacts.address_hash import address_hash
from tactful.contacts.models import BasisSpell, ConsentReceipt, Suppression
from tactful.contacts.types import Ground
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.queries import business_at
from tactful.foundation.sealing import seal

from ._writing import bump_gate, locked, tell

KINDS = frozenset({"consent", "existing_customer", "contract"})


@dataclass(frozen=True, slots=True)
class Subject:
    """The address that a suppression stands on, and whose it is, if anybody's."""

    channel: str
    address: str
    contact_id: int | None = None
    scope: str = "all"  # all | marketing


@transaction.atomic
def record_basis(
    contact_id: int, ground: Ground, *, acting_user: int | None, now: datetime
) -> ConsentReceipt:
    """A receipt (R68) and the spell that rests on it; an earlier spell for the same use ends.

    Raises ``ValueError`` for consent without the words that were shown: it would prove nothing.
    """
    if ground.kind not in KINDS:
        raise ValueError(f"A basis is one of {', '.join(sorted(KINDS))}, not {ground.kind!r}.")
    if ground.kind == "consent" and not ground.wording.strip():
        raise ValueError(_("Consent needs the exact words that the person agreed to."))
    locked(contact_id)
    saved = receipt(contact_id, ground, ground.kind, business_at(now).name, acting_user, now)
    saved.save(force_insert=True)
    _replace(contact_id, ground.purpose, ground.channel, ground.kind, saved.id, now)
    bump_gate([contact_id])
    tell(
        "basis.recorded", contact_id, now, acting_user,
        kind=ground.kind, purpose=ground.purpose, channel=ground.channel, receipt=saved.id,
    )  # fmt: skip
    return saved


@transaction.atomic
def withdraw_basis(
    contact_id: int, ground: Ground, *, acting_user: int | None, now: datetime
) -> ConsentReceipt | None:
    """No more for this purpose and channel, whatever basis there was. ``None``: withdrawn already.

    Only ``purpose``, ``channel``, ``how``, ``source`` and the wording of ``ground`` are read.
    """
    locked(contact_id)
    use = {"contact_id": contact_id, "purpose": ground.purpose, "channel": ground.channel}
    if BasisSpell.objects.running().filter(**use, kind="withdrawn").exists():
        return None
    saved = receipt(contact_id, ground, "withdrawal", business_at(now).name, acting_user, now)
    saved.save(force_insert=True)
    _replace(contact_id, ground.purpose, ground.channel, "withdrawn", saved.id, now)
    bump_gate([contact_id])
    tell(
        "basis.withdrawn", contact_id, now, acting_user,
        purpose=ground.purpose, channel=ground.channel, receipt=saved.id,
    )  # fmt: skip
    return saved


@transaction.atomic
def suppress(
    subject: Subject, reason: str, *, acting_user: int | None, now: datetime, detail: str = ""
) -> bool:
    """Write to this address no more. ``False``: it was suppressed already for this scope."""
    if subject.contact_id:
        locked(subject.contact_id)
    digest = address_hash(subject.channel, subject.address)
    running = Suppression.objects.running().filter(
        channel=subject.channel, address_hash=digest, scope=subject.scope
    )
    if running.exists():
        return False
    Suppression.objects.create(
        channel=subject.channel, address_hash=digest, contact_id=subject.contact_id, reason=reason,
        scope=subject.scope, detail=detail[:500], from_at=now, recorded_at=now,
    )  # fmt: skip
    _told("suppression.begun", subject, now, acting_user, reason)
    return True


@transaction.atomic
def unsuppress(subject: Subject, *, acting_user: int, now: datetime, reason: str) -> bool:
    """A person lifts the suppression and says why. ``False``: there was none."""
    if not reason.strip():
        raise ValueError(_("Say why this address may be used again."))
    if subject.contact_id:
        locked(subject.contact_id)
    ended = Suppression.objects.running().filter(
        channel=subject.channel,
        address_hash=address_hash(subject.channel, subject.address),
        scope=subject.scope,
    )
    if not ended.update(to_at=now, end_recorded_at=now):
        return False
    _told("suppression.ended", subject, now, acting_user, reason)
    return True


def receipt(
    contact_id: int, ground: Ground, kind: str, controller: str, actor: int | None, now: datetime
) -> ConsentReceipt:
    """An unsaved receipt."""
    return ConsentReceipt(
        contact_id=contact_id, kind=kind, purpose=ground.purpose, channel=ground.channel,
        wording=ground.wording, wording_hash=hashlib.sha256(ground.wording.encode()).digest(),
        wording_version=ground.wording_version, language=ground.language, controller=controller,
        how=ground.how, source=ground.source[:300], actor=actor, at=now,
    )  # fmt: skip


def _replace(contact_id: int, purpose: str, channel: str, kind: str, receipt_id: int, now: datetime) -> None:
    running = BasisSpell.objects.running().filter(contact_id=contact_id, purpose=purpose, channel=channel)
    running.update(to_at=now, end_recorded_at=now)
    BasisSpell.objects.create(
        contact_id=contact_id, purpose=purpose, channel=channel, kind=kind, receipt_id=receipt_id,
        from_at=now, recorded_at=now,
    )  # fmt: skip


def _told(verb: str, subject: Subject, now: datetime, actor: int | None, reason: str) -> None:
    data = {"channel": subject.channel, "scope": subject.scope, "reason": reason}
    if subject.contact_id:
        bump_gate([subject.contact_id])
        record([NewFact(verb, subject.contact_id, dict(data))], now=now)
    if actor is not None:
        about = f"contact:{subject.contact_id}" if subject.contact_id else "address"
        record_audit(actor=actor, verb=verb, subject=about, now=now, body=data)


def seal_receipts() -> int:
    """Chain the receipts that are not chained yet; answers how many."""
    return seal(ConsentReceipt)
