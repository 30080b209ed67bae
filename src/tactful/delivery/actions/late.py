"""After a time in which nothing could be sent: a person decides what is past its grace, many at once."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from tactful.delivery.actions.outbox import NEWS, cancel_messages, recompute
from tactful.delivery.models import Dispatch, Message, State
from tactful.delivery.queries import held_late
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit


class Late(StrEnum):
    SEND = "send"  # as it was meant, if the gate lets it through now
    RECOMPUTE = "recompute"  # the journey asks again whether it is still wanted
    SKIP = "skip"


@transaction.atomic
def decide_late_ones(message_ids: Collection[int], choice: Late, *, acting_user: int, now: datetime) -> int:
    """For those of them that are still held past their grace; answers how many. What no journey has asked
    for cannot be recomputed: it stays as it is."""
    ids = held_late(message_ids)
    if choice is Late.RECOMPUTE:
        caused = Message.objects.filter(pk__in=ids, cause_kind="visit")
        ids = list(caused.order_by("pk").values_list("pk", flat=True))
        count = recompute(ids, now)
    elif choice is Late.SKIP:
        count = cancel_messages(ids, now=now, reason="late", acting_user=acting_user)
    else:
        count = send_late(ids, acting_user, now)
    subject = f"messages:{ids[0]}" if ids else "messages:"
    body: dict[str, object] = {"messages": ids, "choice": str(choice)}
    if ids:
        record_audit(actor=acting_user, verb="late.decided", subject=subject, now=now, body=body)
        _tell(ids, now)
    return count


def send_late(ids: Collection[int], acting_user: int, now: datetime) -> int:
    """By a person's decision they go although their grace is over. Answers how many were still held."""
    return Dispatch.objects.filter(pk__in=ids, state=State.HELD).update(
        state=State.QUEUED,
        late_decided_by=acting_user,
        not_before=now,
        held_since=None,
        wake_on=None,
        task_at=None,
        reasons=None,
    )


def _tell(ids: Collection[int], now: datetime) -> None:
    """Who was asked about one of them need not answer any more."""
    rows = Dispatch.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "contact_id")
    facts = [
        NewFact("task.done", contact, {"kind": "message_late", "message": ident}) for ident, contact in rows
    ]
    events.record(facts, now=now)
    events.notify({NEWS})
