"""Out of sight until a moment. What keeps automation quiet stays: a snoozed conversation still holds."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.inbox.actions.answer import InboxError
from tactful.inbox.models import Conversation

State = Conversation.State


@transaction.atomic
def snooze(conversation_id: int, until: datetime, *, acting_user: int, now: datetime) -> None:
    """Back at ``until``, or as soon as the client writes something that expects an answer."""
    if until <= now:
        raise InboxError(_("This moment is over. Choose a later one."))
    row = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if row is None or row.state == State.CLOSED:
        raise InboxError(_("This conversation is closed. There is nothing to put off."))
    row.state, row.snoozed_until, row.unread = State.SNOOZED, until, False
    row.save(update_fields=["state", "snoozed_until", "unread"])
    data = {"conversation": row.id, "until": until.isoformat()}
    record([NewFact("conversation.snoozed", row.contact_id, data)], now=now)
    about = f"conversation:{row.id}"
    record_audit(actor=acting_user, verb="conversation.snoozed", subject=about, now=now, body=data)


@transaction.atomic
def wake_snoozed(*, now: datetime) -> int:
    """Those whose moment has come are open again. Answers how many."""
    due = Conversation.objects.select_for_update(skip_locked=True).filter(
        state=State.SNOOZED, snoozed_until__lte=now
    )
    found = {row.id: row.contact_id for row in due.order_by("id")}
    Conversation.objects.filter(id__in=found).update(state=State.OPEN, snoozed_until=None, unread=True)
    facts = [NewFact("conversation.woke", whose, {"conversation": ident}) for ident, whose in found.items()]
    record(facts, now=now)
    return len(found)
