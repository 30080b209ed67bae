"""Mail that came in: whose it is, whether anybody vouches for it, and where it belongs.

Order of matching (R38): our signed plus token, the Message-IDs of ours that it answers, the sender's
address. A token that we did not make matches nothing. Nothing of one client's lands in another's thread.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from tactful.channels import actions as channels
from tactful.channels import queries as stored
from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.mime import clean
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.models import InboundRaw
from tactful.channels.types import Attachment, Authentication, InboundMessage
from tactful.contacts import queries as contacts
from tactful.contacts.actions import OBJECTIONS, object_to
from tactful.content.rules.sanitise import sanitise_mail_html
from tactful.content.types import SafeHtml
from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.rules.mail import MESSAGE_ID, REPLY, UNSUBSCRIBE
from tactful.foundation import files
from tactful.foundation.secrets import key_ring
from tactful.inbox.actions.receive import receive
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask, Received, StoredFile
from tactful.kernel.tokens import TokenError, verify

logger = logging.getLogger(__name__)

MOST_FILES = 50  # attachments of one mail
MOST_BYTES = 50 * 1024 * 1024  # of all attachments of one mail
OUR_TROUBLE = (OSError, OperationalError, InterfaceError)
"""A full disk or a database that is away: the mail is innocent and waits."""


@dataclass(frozen=True, slots=True)
class Match:
    """``proven``: by something that only a reader of our mail can know. ``is_own``: the sender's address
    is one of the contact's."""

    contact_id: int | None
    message_id: int | None = None
    proven: bool = False
    is_own: bool = False


def read_waiting(now: datetime) -> int:
    """Take in what waits in the raw store; one mail that fails stops no other. Answers how many."""
    waiting = stored.waiting_raw()
    for raw_id in waiting:
        row = stored.raw(raw_id)
        try:
            with transaction.atomic():
                channels.mark_processed(row.id, _take_in(row, now), now=now)
        except OUR_TROUBLE:
            logger.exception("Inbound mail %s waits: something of ours is out of order.", raw_id)
        except Exception as error:
            logger.exception("Inbound mail %s could not be read.", row.id)
            if channels.note_failure(row.id, clean(str(error)), now=now):
                _ask_owner(row, now)
    return len(waiting)


def _take_in(row: InboundRaw, now: datetime) -> str:
    raw, own = bytes(row.raw), frozenset({row.account.address.lower()})
    known = [delivery.apply_delivery_event(event, now=now) for event in read_events(raw, own)]
    if any(known):
        return "report"
    message = parse_message(raw, _reading(row, own), _envelope(row))
    if known and message.automatic:
        return "report_unknown"
    if _unsubscribes(message, now):
        return "unsubscribed"
    match = match_message(message)
    receive(_received(row, message, match), now=now)
    return "stranger" if match.contact_id is None else "message"


def match_message(message: InboundMessage) -> Match:
    """Find the client, and which message of ours this answers.

    A client who answers what we wrote to another client, because it was passed on, speaks for themselves.
    The Message-IDs of other people's mails prove nothing, for everybody in a thread has seen them.
    """
    sender = contacts.find_by_address("email", message.sender)
    answered = _token(REPLY, message.plus_token) or _answered(
        (message.in_reply_to, *reversed(message.references))
    )
    contact = outbox.contact_of(answered) if answered else None
    if contact is not None and sender in (None, contact):
        return Match(contact, answered, proven=True, is_own=sender == contact)
    return Match(sender, is_own=sender is not None)


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
    object_to(contact, OBJECTIONS, how="mail", source="list-unsubscribe", now=now)
    return True


def _received(row: InboundRaw, message: InboundMessage, match: Match) -> Received:
    person = contacts.people([match.contact_id]).get(match.contact_id) if match.contact_id else None
    kept = tuple(_kept(message.attachments))
    safe = sanitise_mail_html(message.html) if message.html else SafeHtml("")
    named = match.is_own or match.contact_id is None
    vouched = named and message.authentication is Authentication.PASS
    return Received(
        message=message,
        contact_id=match.contact_id,
        channel="mail",
        verified=match.proven or vouched,
        raw_id=row.id,
        about_message_id=match.message_id,
        manager_id=person.manager_id if person else None,
        safe_html=safe.html,
        files=kept,
        left_out=len(message.attachments) - len(kept),
        words_only=safe.words_only,
        cut=safe.cut,
    )


def _kept(attachments: Sequence[Attachment]) -> Iterable[StoredFile]:
    room = MOST_BYTES
    for attachment in attachments[:MOST_FILES]:
        room -= len(attachment.content)
        if room < 0:
            logger.warning("The attachments of a mail are too large together; the rest was left out.")
            return
        try:
            kept = files.keep(attachment.content)
        except files.FileRefused as refused:
            logger.warning("An attachment was left out: %s.", refused.code)
            continue
        name = files.shown_name(attachment.file_name)
        yield StoredFile(name, kept.content_type, kept.size, kept.sha256, kept.stored)


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
        params={"from": row.envelope.get("sender", "") or row.account.address},
        subject_kind="inbound",
        subject_id=row.id,
    )
    open_tasks([task], now=now)
