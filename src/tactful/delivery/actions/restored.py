"""A house that was made of a backup: what had left before leaves no second time (R13)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery.actions.outbox import NEWS, cancel_messages
from tactful.delivery.hot import changes, departed
from tactful.delivery.rules.departures import MADE_OF_ANOTHER
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.actions import record_audit
from tactful.foundation.models import Instance

RESTORED = "restored"


class Since(StrEnum):
    """What becomes of what was due before the restore and is not known to have left."""

    SEND = "send"
    LEAVE = "leave"


class NothingRestored(ValueError):
    """This house does not wait for the word of an owner after a restore."""


@transaction.atomic
def confirm_restored(*, since: Since, acting_user: int, now: datetime) -> None:
    """The owner has seen the list: this is the house that sends. Raises ``NothingRestored``."""
    waiting = Instance.objects.filter(id=1, sending_paused__in=MADE_OF_ANOTHER)
    if not waiting.update(
        sending_paused="", paused_at=None, paused_by=None, last_now=now, restored_choice=str(since)
    ):
        raise NothingRestored(_("Nothing waits for this word: sending is not stopped by a restore."))
    record_audit(
        actor=acting_user, verb="restore.confirmed", subject="instance:1", now=now, body={"since": str(since)}
    )
    events.notify({NEWS})


@transaction.atomic
def settle_departed(now: datetime, among: Collection[int] | None = None) -> set[int]:
    """What waits and has left before is settled as the journal of departures tells it, and what the owner
    let be is taken out. ``among``: these messages only. Answers with their ids."""
    instance = Instance.objects.filter(id=1, restored_at__isnull=False).first()
    if instance is None:
        return set()
    rows = departed.known(among)
    changes.lock_contacts(row[1] for row in rows)
    gone = departed.settle(
        {
            "now": now,
            "ids": pg.numbers([row[0] for row in rows]),
            "states": pg.texts([row[6] for row in rows]),
            "ats": pg.moments([row[7] for row in rows]),
            "clearances": pg.numbers([row[8] for row in rows]),
        }
    )
    events.record([_fact(row) for row in rows if row[0] in gone], now=now)
    if among is not None and instance.restored_choice == Since.LEAVE:
        left = departed.doubtful(set(among) - gone, instance.restored_at)
        cancel_messages(left, now=now, reason=RESTORED)
        gone |= set(left)
    return gone


def _fact(row: pg.Row) -> NewFact:
    message, contact, touchpoint, kind, cause, visit, fate, at, _clearance = row
    data = {"message": message, "touchpoint": touchpoint, "cause": kind, "cause_id": cause, "visit": visit}
    if fate == "sent":
        return NewFact("message.sent", contact, data, ts=at)
    more = {"outcome": "ambiguous", "code": None, "detail": "", "why": RESTORED}
    return NewFact("message.unknown", contact, data | more)
