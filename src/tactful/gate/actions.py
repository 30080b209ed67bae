"""Placing and releasing holds: an order by a person or a rule to keep quiet."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tactful.contacts.actions import bump_gate
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.gate.models import HouseState, StandingHold
from tactful.gate.types import OnRelease

ABOUT_AS_LONG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewHold:
    """``scope``: everything, contact, household, engagement, topic, touchpoint. ``topic`` narrows a hold to
    one purpose ("marketing") or to what can wait ("optional", "until_back"), names the topic, or says that it
    is asked last ("trial", "first").
    ``reason``: a person's words, or a code."""

    scope: str
    reason: str
    scope_id: int | None = None
    topic: str = ""
    owner_id: int | None = None
    expires_at: datetime | None = None
    on_release: OnRelease = OnRelease.RECOMPUTE


@transaction.atomic
def place_hold(hold: NewHold, *, acting_user: int | None, now: datetime) -> int:
    row = StandingHold.objects.create(
        scope=hold.scope,
        scope_id=hold.scope_id,
        topic=hold.topic,
        reason=hold.reason[:300],
        owner_id=hold.owner_id,
        placed_at=now,
        placed_by=acting_user,
        expires_at=hold.expires_at,
        on_release=hold.on_release,
        recorded_at=now,
    )
    _tell("hold.placed", row, acting_user, now)
    return row.id


@transaction.atomic
def keep_hold(hold: NewHold, *, now: datetime) -> int:
    """Like ``place_hold`` by a rule, once: one that runs for as long, give or take a day, is enough.

    A shorter one for the same reason makes room for the longer one, so that however often a cause comes
    again, there is one hold.
    """
    expires = hold.expires_at
    assert expires is not None, "A hold by a rule ends by itself."
    same = {"scope": hold.scope, "scope_id": hold.scope_id, "topic": hold.topic, "reason": hold.reason}
    running = StandingHold.objects.select_for_update().filter(
        **same, released_at__isnull=True, expires_at__gt=now
    )
    shorter: list[int] = []
    for row in running:
        if row.expires_at is not None and row.expires_at >= expires - ABOUT_AS_LONG:
            return row.id
        shorter.append(row.id)
    kept = place_hold(hold, acting_user=None, now=now)
    for hold_id in shorter:
        release_hold(hold_id, acting_user=None, now=now)
    return kept


@transaction.atomic
def release_hold(hold_id: int, *, acting_user: int | None, now: datetime) -> bool:
    row = StandingHold.objects.select_for_update().filter(id=hold_id, released_at__isnull=True).first()
    if row is None:
        return False
    row.released_at = now
    row.released_by = acting_user
    row.save(update_fields=["released_at", "released_by"])
    _tell("hold.released", row, acting_user, now)
    return True


def expire_holds(*, now: datetime) -> int:
    """Release holds whose time is over. What they held is decided again, by ``on_release``."""
    due = StandingHold.objects.filter(expires_at__lte=now, released_at__isnull=True)
    ids = list(due.values_list("id", flat=True))
    for hold_id in ids:
        release_hold(hold_id, acting_user=None, now=now)
    return len(ids)


def lock_house() -> None:
    """Inside a transaction: whoever does something once for the whole house does it alone."""
    HouseState.objects.select_for_update().get(id=1)


def _tell(name: str, row: StandingHold, acting_user: int | None, now: datetime) -> None:
    contact = row.scope_id if row.scope == "contact" else None
    # Whoever marks messages as handed over locks these rows: none is marked after us by an old verdict.
    if contact is None:
        HouseState.objects.filter(id=1).update(rev=F("rev") + 1)
    else:
        bump_gate([contact])
    data = {"hold": row.id, "scope": row.scope, "scope_id": row.scope_id, "topic": row.topic}
    record([NewFact(name, contact, data)], now=now)
    if acting_user is not None:
        body = {"reason": row.reason}
        record_audit(actor=acting_user, verb=name, subject=f"hold:{row.id}", now=now, body=body)
