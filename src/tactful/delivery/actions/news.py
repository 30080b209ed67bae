"""What a provider says later: receipts, bounces, complaints."""

from datetime import datetime, timedelta

from django.db import transaction

from tactful.channels.types import DeliveryEvent, DeliveryEventKind, Outcome
from tactful.delivery.bounces import bounced
from tactful.delivery.models import Dispatch, State
from tactful.delivery.queries import cause_data
from tactful.delivery.rules.mail import MESSAGE_ID, RETURN_PATH
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import TokenError, verify

TOKEN_LIFE = timedelta(days=30)
BOUNCES = {Outcome.HARD_ADDRESS: "hard", Outcome.MAILBOX_FULL: "soft"}
SPEAKING = (DeliveryEventKind.BOUNCED, DeliveryEventKind.COMPLAINED)


@transaction.atomic
def apply_delivery_event(event: DeliveryEvent, *, now: datetime) -> bool:
    """Believe what carries a token of ours, for thirty days; answers whether it did.

    Anything that a provider knows of a message shows that it was handed over: ``unknown`` becomes
    ``sent`` (R4). Only the return path's own token can suppress, because nobody but the receiving
    servers has seen it; a Message-ID is no such proof (R37).
    """
    by_path = _ident(RETURN_PATH, event.token)
    ident = by_path or _ident(MESSAGE_ID, event.message_id.strip("<>").partition("@")[0])
    row = Dispatch.objects.select_for_update().filter(pk=ident).first() if ident else None
    if row is None or not row.address:  # whom it went to was erased
        return False
    if row.first_handoff_at is None or now - row.first_handoff_at > TOKEN_LIFE:
        return False
    if row.state == State.UNKNOWN:
        Dispatch.objects.filter(pk=row.pk).update(state=State.SENT, settled_at=now, task_at=None, result="")
        events.record([NewFact("message.sent", row.contact_id, cause_data(row.pk) | {"late": True})], now=now)
    if by_path and event.kind in SPEAKING:
        _bounce(row, event, now)
    return True


def _bounce(row: Dispatch, event: DeliveryEvent, now: datetime) -> None:
    """Once per message and kind; the address is the one that we wrote to, not the one that is claimed."""
    complaint = event.kind is DeliveryEventKind.COMPLAINED
    kind = "complaint" if complaint else BOUNCES.get(event.outcome or Outcome.TRANSIENT, "other")
    noted = f"bounced:{kind} {event.enhanced} {event.detail}"[:500]
    fresh = Dispatch.objects.filter(pk=row.pk).exclude(result__startswith=f"bounced:{kind}")
    if not fresh.update(result=noted):
        return
    detail = f"{event.enhanced} {event.detail}".strip()[:500]
    data = {"message": row.pk, "address": row.address, "code": event.enhanced, "detail": detail}
    events.record([bounced(data, kind, row.contact_id, now)], now=now)


def _ident(purpose: str, token: str) -> int | None:
    try:
        return verify(key_ring(), purpose, token) if token else None
    except TokenError:
        return None
