"""What named people do: write, approve, decide, stop. Each with its audit row."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.channels.types import Channel
from tactful.delivery.actions.late import send_late
from tactful.delivery.actions.outbox import NEWS, cancel_messages, enqueue
from tactful.delivery.models import Dispatch, Message, State
from tactful.delivery.queries import cause_data
from tactful.delivery.rules.words import words_hash
from tactful.delivery.types import NewMessage
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.ids import new_id
from tactful.gate.types import Author
from tactful.touchpoints.types import Line, MessageClass, Purpose


class NothingToDecide(ValueError):
    """The message is not in the state that this decision is about."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote to one client. ``dedupe_key``: "" lets each call send once.

    ``in_reply_to``: Message-ID with brackets; ``references``: separated by blanks.
    """

    contact_id: int
    subject: str
    body: str
    conversation_id: int | None = None
    in_reply_to: str = ""
    references: str = ""
    dedupe_key: str = ""
    language: str = ""
    channel: Channel = Channel.MAIL
    purpose: Purpose = Purpose.SERVICE
    message_class: MessageClass = MessageClass.RELATIONSHIP
    touchpoint_id: int | None = None
    touchpoint_rev: int | None = None
    line: Line = Line.JUDGEMENT
    account_id: int | None = None


@transaction.atomic
def approve_and_send(*, words: Words, acting_user: int, now: datetime) -> int:
    """Queue exactly these words in the name of ``acting_user``; answers with the message's id."""
    key = words.dedupe_key or f"words:{new_id()}"
    (ident,) = enqueue([_message(words, key, acting_user, now)], now=now)
    if ident is None:
        return Message.objects.values_list("pk", flat=True).get(dedupe_key=key)
    _audit(acting_user, "message.written", ident, now)
    return ident


def _message(words: Words, key: str, acting_user: int, now: datetime) -> NewMessage:
    return NewMessage(
        contact_id=words.contact_id,
        dedupe_key=key,
        message_class=words.message_class,
        purpose=words.purpose,
        due_at=now,
        cause_kind="reply",
        cause_id=words.conversation_id,
        author=Author.PERSON_DIRECT,
        line=words.line,
        touchpoint_id=words.touchpoint_id,
        touchpoint_rev=words.touchpoint_rev,
        channel=words.channel,
        language=words.language,
        subject=words.subject,
        body=words.body,
        conversation_id=words.conversation_id,
        in_reply_to=words.in_reply_to,
        references=words.references,
        account_id=words.account_id,
        approved_by=acting_user,
        approved_hash=words_hash(words.subject, words.body),
    )


@transaction.atomic
def decide_unknown(*, message_id: int, send_again: bool, acting_user: int, now: datetime) -> None:
    """Nobody knows whether it arrived: send the same bytes again, or leave it. Raises ``NothingToDecide``.

    Left is left for good: the journey that waits for it goes on as if it had been sent.
    """
    unknown = Dispatch.objects.filter(pk=message_id, state=State.UNKNOWN)
    if send_again:
        changed = unknown.update(
            state=State.QUEUED, settled_at=None, task_at=None, retry_at=None, resent=True, result=""
        )
    else:
        changed = unknown.exclude(result="left").update(task_at=None, result="left")
    _expect(changed, _("This message is no longer unclear. Look at it again."))
    if not send_again:
        contact = Dispatch.objects.values_list("contact_id", flat=True).get(pk=message_id)
        events.record([NewFact("message.unknown_left", contact, cause_data(message_id))], now=now)
    _audit(acting_user, "unknown.sent_again" if send_again else "unknown.left", message_id, now)
    _tell(message_id, "unknown", now)


@transaction.atomic
def decide_late(*, message_id: int, send: bool, acting_user: int, now: datetime) -> None:
    """A message past its grace goes all the same, or not. Raises ``NothingToDecide``."""
    if send:
        changed = send_late([message_id], acting_user, now)
    else:
        changed = cancel_messages([message_id], now=now, reason="late", acting_user=acting_user)
    _expect(changed, _("This message is no longer held. Look at it again."))
    _audit(acting_user, "late.sent" if send else "late.dropped", message_id, now)
    _tell(message_id, "late", now)


@transaction.atomic
def stop_message(*, message_id: int, acting_user: int, now: datetime) -> None:
    """Keep one waiting message from going. Raises ``NothingToDecide``."""
    changed = cancel_messages([message_id], now=now, reason="stopped", acting_user=acting_user)
    _expect(changed, _("This message has already gone or been stopped."))
    _audit(acting_user, "message.stopped", message_id, now)


def _expect(changed: int, sentence: str) -> None:
    if not changed:
        raise NothingToDecide(sentence)


def _audit(acting_user: int, verb: str, message_id: int, now: datetime) -> None:
    record_audit(actor=acting_user, verb=verb, subject=f"message:{message_id}", now=now)


def _tell(message_id: int, kind: str, now: datetime) -> None:
    contact = Dispatch.objects.values_list("contact_id", flat=True).get(pk=message_id)
    data = {"kind": f"message_{kind}", "message": message_id}
    events.record([NewFact("task.done", contact, data)], now=now)
    events.notify({NEWS})
