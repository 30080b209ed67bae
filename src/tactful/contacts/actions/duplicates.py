"""Contacts that may be one person: found by a chore, decided by a person. Nothing here merges anybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tactful.contacts.hot import duplicates
from tactful.contacts.models import Contact, DuplicatePair
from tactful.foundation.actions import record_audit

DIFFERENT = "different"
TURN = timedelta(minutes=10)


@transaction.atomic
def find_duplicates(*, now: datetime, reasons: Sequence[str] = duplicates.REASONS) -> int:
    """Note new pairs, each with the ground that speaks for it. Answers how many.

    Whoever was said to be two people is not asked about again, on no ground.
    """
    duplicates.forget_the_gone()
    return sum(duplicates.note(duplicates.find(reason), reason, now) for reason in reasons)


def look_for_duplicates(*, now: datetime) -> int:
    """One ground after the other, a turn for each, for every one of them goes through all clients."""
    turn = int(now.timestamp() // TURN.total_seconds()) % len(duplicates.REASONS)
    return find_duplicates(now=now, reasons=duplicates.REASONS[turn : turn + 1])


@transaction.atomic
def tell_apart(one: int, other: int, *, acting_user: int, now: datetime) -> bool:
    """A person says that these are two people. False: that was known, or one of them is not here."""
    one, other = min(one, other), max(one, other)
    present = Contact.objects.select_for_update().filter(id__in=(one, other)).order_by("id")
    if one == other or len(present) < 2:
        return False
    open_pairs = DuplicatePair.objects.filter(one=one, other=other, verdict="")
    if not open_pairs.update(verdict=DIFFERENT, decided_at=now, decided_by=acting_user):
        said = {"reason": "by_hand", "verdict": DIFFERENT, "decided_at": now, "decided_by": acting_user}
        _row, fresh = DuplicatePair.objects.get_or_create(
            one=one, other=other, verdict=DIFFERENT, defaults={"found_at": now, **said}
        )
        if not fresh:
            return False
    about, body = f"contact:{one}", {"other": other}
    record_audit(actor=acting_user, verb="contact.told_apart", subject=about, now=now, body=body)
    return True
