"""Mail that came in: whose it is, whether anybody vouches for it, and where it belongs.

Order of matching (R38): our signed plus token, the Message-IDs of ours that it answers, the sender's
address. A token that we did not make matches nothing. Nothing of one client's lands in another's thread.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from tactful.channels import actions as channels
from tactful.channels import queries as stored
from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.mime import clean
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.models import InboundRaw
from tactful.channels.types import Authentication, InboundMessage
from tactful.contacts import queries as contacts
from tactful.contacts.actions import OBJECTIONS, object_to, refused
from tactful.contacts.queries.erasing import shut_mails
from tactful.content.rules.sanitise import sanitise_mail_html
from tactful.content.types import SafeHtml
from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.rules.mail import REPLY, UNSUBSCRIBE
from tactful.inbox.actions.history import keep_past
from tactful.inbox.actions.receive import receive
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask, Received
from tactful.wiring.mail_parts import kept_files, taken_in
from tactful.wiring.our_tokens import TRIAL, answered, ours
from tactful.wiring.outside import take_in_sent
from tactful.wiring.whose_mail import Way

logger = logging.getLogger(__name__)

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
    if row.envelope.get("way") == Way.SENT:
        return take_in_sent(row, now)
    return "elsewhere" if stored.read_elsewhere(row) else _take_in_theirs(row, now)


def _take_in_theirs(row: InboundRaw, now: datetime) -> str:
    raw, own = bytes(row.raw), frozenset({row.account.address.lower()})
    if row.envelope.get("history"):
        return _keep_past(row, parse_message(raw, _reading(row, own)), now)
    known = [delivery.apply_delivery_event(event, now=now) for event in read_events(raw, own)]
    if any(known):
        return "report"
    message = parse_message(raw, _reading(row, own), _envelope(row))
    if known and message.automatic:
        return "report_unknown"
    if _is_trial(message):
        return "trial"
    if _unsubscribes(message, now):
        return "unsubscribed"
    return _pass_by(row, now) if shut_mails([message.sender]) else _keep(row, message, now)


def _pass_by(row: InboundRaw, now: datetime) -> str:
    """Somebody who was erased: the mail is where it came from, and nothing of it here."""
    refused("mail", 1, now=now)
    channels.empty_raw([row.id])
    return "erased"


def _keep(row: InboundRaw, message: InboundMessage, now: datetime) -> str:
    match = match_message(message)
    receive(_received(row, message, match, now), now=now)
    return "stranger" if match.contact_id is None else "message"


def _is_trial(message: InboundMessage) -> bool:
    ids = (message.message_id, *message.references)
    tokens = (each.strip("<>").partition("@")[0] for each in ids)
    return any(ours(TRIAL, token) for token in (message.plus_token, *tokens))


def _keep_past(row: InboundRaw, message: InboundMessage, now: datetime) -> str:
    match = Match(contacts.find_by_address("email", message.sender), is_own=True)
    if match.contact_id is None:
        return "nobody"  # who was a client when it was stored, and is none any more
    keep_past(_received(row, message, match, now), now=now)
    return "history"


def match_message(message: InboundMessage) -> Match:
    """Find the client, and which message of ours this answers.

    A client who answers what we wrote to another client, because it was passed on, speaks for themselves.
    The Message-IDs of other people's mails prove nothing, for everybody in a thread has seen them.
    """
    sender = contacts.find_by_address("email", message.sender)
    about = ours(REPLY, message.plus_token) or answered((message.in_reply_to, *reversed(message.references)))
    contact = outbox.contact_of(about) if about else None
    if contact is not None and not contacts.people([contact]):
        contact, about = None, None  # whom we wrote to was erased since
    if contact is not None and sender in (None, contact):
        return Match(contact, about, proven=True, is_own=sender == contact)
    return Match(sender, is_own=sender is not None)


def _unsubscribes(message: InboundMessage, now: datetime) -> bool:
    """The mailto way of List-Unsubscribe: a mail to the address with its own token."""
    ident = ours(UNSUBSCRIBE, message.plus_token)
    contact = outbox.contact_of(ident) if ident else None
    if contact is None or not contacts.people([contact]):
        return False
    object_to(contact, OBJECTIONS, how="mail", source="list-unsubscribe", now=now)
    return True


def _received(row: InboundRaw, message: InboundMessage, match: Match, now: datetime) -> Received:
    person = contacts.people([match.contact_id]).get(match.contact_id) if match.contact_id else None
    kept = tuple(kept_files(message.attachments))
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
        at=taken_in(row, now),
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
        params={"from": row.envelope.get("sender", "") or row.account.address},
        subject_kind="inbound",
        subject_id=row.id,
    )
    open_tasks([task], now=now)
