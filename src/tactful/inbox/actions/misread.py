"""A person corrects what was read out of a client's words."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.contacts.actions import correct_objection
from tactful.inbox.actions import tasks
from tactful.inbox.actions.answer import InboxError
from tactful.inbox.models import Entry
from tactful.inbox.types import reading_of


@transaction.atomic
def was_no_objection(entry_id: int, reason: str, *, acting_user: int, now: datetime) -> bool:
    """ "This was not an objection". Answers whether anything may be sent again: what the client has said
    another way too stays."""
    if not reason.strip():
        raise InboxError(_("Say why this was no objection. It is kept with your name."))
    entry = Entry.objects.select_related("conversation").get(id=entry_id)
    contact = entry.conversation.contact_id
    source, why = reading_of(entry_id), reason.strip()[:500]
    lifted = None
    if contact is not None:
        lifted = correct_objection(contact, source, reason=why, acting_user=acting_user, now=now)
    if lifted is None:
        raise InboxError(_("Nothing rests on this mail any more. Look at the client's profile."))
    tasks.settle("entry", entry_id, ("decide",), acting_user=acting_user, now=now)
    return bool(lifted)
