"""One client, written by hand by one of ours."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.contacts import queries as contacts
from tactful.contacts.actions import ContactError, create_contact, record_basis
from tactful.contacts.rules.addresses import read_mail
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.types import Ground, NewContact
from tactful.foundation.models import User


@transaction.atomic
def add_by_hand(new: NewContact, *, by: User, now: datetime) -> int:
    """The new id. What they have agreed with us is the ground for service messages, never for news. Raises
    ``ContactError``."""
    if not any(text.strip() for text in (*new.mails, *new.phones)):
        raise ContactError(_("Write a mail address or a phone number, so that they can be reached."))
    for text in new.mails:
        _require_open(text)
    contact = create_contact(new, acting_user=by.id, now=now)
    ground = Ground("service", "mail", "contract", how="typed", source="typed", language=new.language)
    record_basis(contact.id, ground, acting_user=by.id, now=now)
    return contact.id


def _require_open(text: str) -> None:
    """What cannot be read as an address is refused with better words when the client is made."""
    try:
        address = read_mail(text)
    except Unusable:
        return
    if contacts.mail_is_suppressed(address):
        raise ContactError(
            _(
                "We do not write to %(address)s any more: somebody asked us not to, or mail to it came back. "
                "Use another address, or only a phone number."
            )
            % {"address": address}
        )
