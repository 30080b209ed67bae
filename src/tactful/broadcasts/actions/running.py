"""What people do to a broadcast on its way: pause, resume, cancel."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.broadcasts.actions.moving import locked, move, tell
from tactful.broadcasts.hot import people
from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.queries import account_of, being_written
from tactful.broadcasts.rules.slugs import slug_of
from tactful.broadcasts.types import Account, Standing, State
from tactful.content.actions import drop_letters
from tactful.delivery import actions as delivery

CAUSE = "broadcast"


@dataclass(frozen=True, slots=True)
class Stopped:
    """``stopped``: these do not get it any more. ``left``: these have it, or nobody can call it back."""

    stopped: int
    left: int
    account: Account


@transaction.atomic
def pause(*, broadcast_id: int, acting_user: int | None, now: datetime, why: str = "person") -> Broadcast:
    """What is past the handoff mark still goes. ``acting_user`` None: by the machine, which says ``why``."""
    row = locked(broadcast_id)
    move(row, State.PAUSED)
    row.pause_why = why
    row.save()
    delivery.pause(scope=CAUSE, scope_id=row.id, acting_user=acting_user, now=now, reason=why)
    tell("paused", row, acting_user, now, why=why)
    return row


@transaction.atomic
def resume(*, broadcast_id: int, acting_user: int, now: datetime) -> Broadcast:
    row = locked(broadcast_id)
    move(row, State.SENDING)
    row.pause_why, row.fed_at = "", now
    row.save()
    delivery.resume(scope=CAUSE, scope_id=row.id, acting_user=acting_user, now=now)
    tell("resumed", row, acting_user, now)
    return row


@transaction.atomic
def cancel(*, broadcast_id: int, acting_user: int, now: datetime) -> Stopped:
    """Whoever has not got it does not get it. Answers with what was stopped and what had left."""
    row = locked(broadcast_id)
    was_paused = row.state == State.PAUSED
    move(row, State.CANCELLED)
    row.ended_at, row.ended_by = now, acting_user
    row.save()
    drop_letters(slug_of(row.id, place) for place in being_written(row))
    if row.began_at is not None:
        people.stop(row.id)
        delivery.cancel_cause(kind=CAUSE, ident=row.id, now=now, acting_user=acting_user)
    if was_paused:  # else each claim would ask for it for ever
        delivery.resume(scope=CAUSE, scope_id=row.id, acting_user=acting_user, now=now)
    account = account_of(row)
    stopped = account.counts.get(Standing.CANCELLED, 0)
    left = sum(account.counts.get(each, 0) for each in (Standing.SENT, Standing.FAILED, Standing.WAITING))
    tell("cancelled", row, acting_user, now, stopped=stopped, left=left)
    return Stopped(stopped, left, account)
