"""What a person of ours wrote to a client in another program, as their folder of sent mail shows it."""

from dataclasses import replace
from datetime import datetime

from tactful.channels import queries as stored
from tactful.channels.mail.heads import see
from tactful.channels.mail.parse import Reading, parse_message
from tactful.channels.models import Account, InboundRaw
from tactful.channels.types import InboundMessage
from tactful.contacts import queries as contacts
from tactful.content.rules.sanitise import sanitise_mail_html
from tactful.content.types import SafeHtml
from tactful.foundation.models import User
from tactful.inbox.actions.outside import say_outside
from tactful.inbox.types import Outside, Received
from tactful.wiring.mail_parts import kept_files, taken_in
from tactful.wiring.whose_mail import is_our_own

TO_MANY = 10
"""Recipients, clients or not, above which a mail is a circular, and nobody's answer."""


def take_in_sent(row: InboundRaw, now: datetime) -> str:
    """Into the thread of each client whom it went to, once; answers with the result."""
    raw, own = bytes(row.raw), stored.own_addresses()
    seen = see(raw, own)
    if is_our_own(seen):
        return "own"
    known = contacts.known_since(seen.recipients)
    clients = list(dict.fromkeys(known[each][0] for each in seen.recipients if each in known))
    if not clients:
        return "nobody"
    message = parse_message(raw, Reading(own=own))
    author, to_many = _author(row.account, message), len(seen.recipients) > TO_MANY
    managers, first = contacts.people(clients), _received(row, message, now)
    history = bool(row.envelope.get("history"))
    for place, client in enumerate(clients):
        received = replace(
            first,
            contact_id=client,
            raw_id=row.id if place == 0 else None,
            manager_id=managers[client].manager_id if client in managers else None,
        )
        say_outside(Outside(received, author, to_many, history), now=now)
    return "history" if history else "outside"


def _received(row: InboundRaw, message: InboundMessage, now: datetime) -> Received:
    kept = tuple(kept_files(message.attachments))
    safe = sanitise_mail_html(message.html) if message.html else SafeHtml("")
    return Received(
        message=message,
        contact_id=None,
        channel="mail",
        verified=True,
        safe_html=safe.html,
        files=kept,
        left_out=len(message.attachments) - len(kept),
        words_only=safe.words_only,
        cut=safe.cut,
        at=taken_in(row, now),
    )


def _author(account: Account, message: InboundMessage) -> int | None:
    """The person of ours, by the address, by whose mailbox it is, or by the name that stands there."""
    staff = User.objects.filter(is_active=True)
    found = staff.filter(email__iexact=message.sender).values_list("id", flat=True).first()
    if found is not None or account.owner_id is not None:
        return found or account.owner_id
    called = list(staff.filter(name__iexact=message.sender_name.strip()).values_list("id", flat=True)[:2])
    return called[0] if len(called) == 1 else None
