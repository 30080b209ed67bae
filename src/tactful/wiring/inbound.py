"""Mail that came in: whose it is, whether anybody vouches for it, and where it belongs.

Order of matching (R38): our signed plus token, the Message-IDs of ours that it answers, the sender's
address. A token that we did not make matches nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tactful.channels import actions as channels
from tactful.channels import queries as stored
from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.models import InboundRaw
from tactful.channels.types import Attachment, Authentication, InboundMessage
from tactful.contacts import actions as grounds
from tactful.contacts import queries as contacts
from tactful.contacts.types import Ground
from tactful.content.rules.sanitise import sanitise_mail_html
from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.rules.mail import MESSAGE_ID, REPLY, UNSUBSCRIBE
from tactful.foundation import files
from tactful.foundation.secrets import key_ring
from tactful.inbox import queries as inbox
from tactful.inbox.actions.receive import receive
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask, Received, StoredFile
from tactful.kernel.tokens import TokenError, verify

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Match:
    """``proven``: by something that only a reader of our mail can know."""

    contact_id: int | None
    message_id: int | None = None
    proven: bool = False


def read_waiting(now: datetime) -> int:
    """Take in what waits in the raw store; one mail that fails stops no other. Answers how many."""
    rows = stored.waiting_raw()
    for row in rows:
        try:
            with transaction.atomic():
                channels.mark_processed(row.id, _take_in(row, now), now=now)
        except Exception as error:
            logger.exception("Inbound mail %s could not be read.", row.id)
            if channels.note_failure(row.id, str(error), now=now):
                _ask_owner(row, now)
    return len(rows)


def _take_in(row: InboundRaw, now: datetime) -> str:
    raw, own = bytes(row.raw), frozenset({row.account.address.lower()})
    events = read_events(raw, own)
    if events:
        known = [delivery.apply_delivery_event(event, now=now) for event in events]
        return "report" if any(known) else "report_unknown"
    message = parse_message(raw, _reading(row, own), _envelope(row))
    if _unsubscribes(message, now):
        return "unsubscribed"
    match = match_message(message)
    receive(_received(row, message, match), now=now)
    return "stranger" if match.contact_id is None else "message"


def match_message(message: InboundMessage) -> Match:
    """Find the client, and which message of ours this answers."""
    sender = contacts.find_by_address("email", message.sender)
    answered = _token(REPLY, message.plus_token) or _answered((message.in_reply_to, *reversed(message.references)))
    contact = outbox.contact_of(answered) if answered else None
    if contact is not None:
        return Match(contact, answered, proven=True)
    return Match(inbox.contact_of_thread(message.in_reply_to, *message.references) or sender)


def _answered(internet_ids: Iterable[str]) -> int | None:
    for internet_id in internet_ids:
        token = internet_id.strip("<>").partition("@")[0]
        if ident := _token(MESSAGE_ID, token):
            return ident
    return None


def _token(purpose: str, token: str) -> int | None:
    try:
        return verify(key_ring(), purpose, token) if token else None
    except TokenError:
        return None


def _unsubscribes(message: InboundMessage, now: datetime) -> bool:
    """The mailto way of List-Unsubscribe: a mail to the address with its own token."""
    ident = _token(UNSUBSCRIBE, message.plus_token)
    contact = outbox.contact_of(ident) if ident else None
    if contact is None:
        return False
    withdraw_mail(contact, how="mail", now=now)
    return True


def withdraw_mail(contact_id: int, *, how: str, now: datetime) -> None:
    """No more marketing by mail, from now. Service messages have their own choice."""
    ground = Ground(purpose="marketing", channel="mail", kind="consent", how=how)
    grounds.withdraw_basis(contact_id, ground, acting_user=None, now=now)
    grounds.set_flag(contact_id, "flag", "objected:marketing", acting_user=None, now=now)


def _received(row: InboundRaw, message: InboundMessage, match: Match) -> Received:
    person = contacts.people([match.contact_id]).get(match.contact_id) if match.contact_id else None
    return Received(
        message=message,
        contact_id=match.contact_id,
        channel="mail",
        verified=match.proven or message.authentication is Authentication.PASS,
        raw_id=row.id,
        about_message_id=match.message_id,
        manager_id=person.manager_id if person else None,
        safe_html=sanitise_mail_html(message.html).html if message.html else "",
        files=tuple(_kept(message.attachments)),
    )


def _kept(attachments: Sequence[Attachment]) -> Iterable[StoredFile]:
    for attachment in attachments:
        try:
            kept = files.keep(attachment.content)
        except files.FileRefused as refused:
            logger.warning("An attachment was left out: %s.", refused.code)
            continue
        yield StoredFile(
            attachment.file_name[:200] or "file", kept.content_type, kept.size, kept.sha256, kept.stored
        )


def _reading(row: InboundRaw, own: frozenset[str]) -> Reading:
    trusted = row.account.settings.get("trusted_servers", [])
    return Reading(own=own, trusted=frozenset(trusted))


def _envelope(row: InboundRaw) -> Envelope | None:
    if "sender" not in row.envelope:
        return None
    return Envelope(row.envelope["sender"], tuple(row.envelope.get("recipients", ())))


def _ask_owner(row: InboundRaw, now: datetime) -> None:
    task = NewTask(
        kind="decide",
        code="mail_unreadable",
        dedupe_key=f"raw:{row.id}",
        params={"from": row.envelope.get("sender", "")},
        subject_kind="inbound",
        subject_id=row.id,
    )
    open_tasks([task], now=now)
