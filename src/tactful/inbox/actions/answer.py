"""A person speaks, here or elsewhere, and hands back when it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tactful.delivery.actions import Words, approve_and_send
from tactful.foundation.actions import record_audit
from tactful.inbox.actions import tasks
from tactful.inbox.actions.spells import NewTalk, begin, end
from tactful.inbox.models import Conversation, Entry

ELSEWHERE = ("phone", "in_person", "other")
QUIET_DAYS = timedelta(days=2)
PEOPLE_WORK = ("answer", "write", "call")


class InboxError(ValueError):
    """The act cannot be done; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    conversation_id: int
    text: str
    acting_user: int
    close: bool = False


@transaction.atomic
def reply(answer: Answer, *, now: datetime) -> Entry:
    """Send a person's own words. They take the conversation; questions count as answered."""
    conversation = _with_contact(answer.conversation_id)
    if not answer.text.strip():
        raise InboxError(_("There is nothing to send yet. Write your answer first."))
    last = conversation.entries.filter(kind=Entry.Kind.INBOUND).order_by("-at", "-id").first()
    entry = Entry.objects.create(
        conversation=conversation,
        kind=Entry.Kind.OUTBOUND,
        channel="mail",
        at=now,
        author_id=answer.acting_user,
        subject=_reply_subject(conversation.subject),
        text=answer.text.strip(),
    )
    words = Words(
        contact_id=_contact(conversation),
        subject=entry.subject,
        body=entry.text,
        conversation_id=conversation.id,
        in_reply_to=last.internet_id if last else "",
        references=last.internet_id if last else "",
        dedupe_key=f"entry:{entry.id}",
    )
    entry.message_id = approve_and_send(words=words, acting_user=answer.acting_user, now=now)
    entry.save(update_fields=["message_id"])
    _our_word_is_last(conversation, answer.acting_user, now)
    if answer.close:
        close(conversation.id, acting_user=answer.acting_user, now=now)
    return entry


@transaction.atomic
def answered_elsewhere(
    conversation_id: int, how: str, *, acting_user: int, now: datetime, note: str = ""
) -> Entry:
    """One tap: answered by phone, in person or another way."""
    if how not in ELSEWHERE:
        raise InboxError(_("Choose phone, in person or another way."))
    conversation = _with_contact(conversation_id)
    entry = Entry.objects.create(
        conversation=conversation,
        kind=Entry.Kind.ELSEWHERE,
        channel=how,
        at=now,
        author_id=acting_user,
        text=note.strip(),
        code=how,
    )
    _our_word_is_last(conversation, acting_user, now)
    return entry


@transaction.atomic
def take_over(conversation_id: int, *, acting_user: int, now: datetime) -> None:
    """The machine goes quiet for this client until it is handed back."""
    conversation = _with_contact(conversation_id)
    _take(conversation, acting_user, now)
    if conversation.state == Conversation.State.CLOSED:
        conversation.state = Conversation.State.OPEN  # or nobody would ever hand it back
    conversation.assignee_id = acting_user
    conversation.save()
    _audit("conversation.taken_over", conversation, acting_user, now)


@transaction.atomic
def close(conversation_id: int, *, acting_user: int | None, now: datetime, code: str = "handed_back") -> None:
    """Hand back: the conversation is over and automation looks at what it held. A stranger's just ends."""
    conversation = _there(conversation_id)
    ended: list[str] = []
    if conversation.contact_id is not None:
        kinds = ("question", "handoff", "conversation")
        ended = end(conversation.contact_id, kinds, acting_user=acting_user, now=now)
    was_open = conversation.state != Conversation.State.CLOSED
    conversation.state = Conversation.State.CLOSED
    conversation.unread = False
    conversation.save()
    if ended:
        _draw_line(conversation, code, acting_user, now)
    if ended or was_open:
        tasks.settle("conversation", conversation.id, ("answer", "call"), acting_user=acting_user, now=now)
        _audit("conversation.closed", conversation, acting_user, now)


@transaction.atomic
def settle_complaint(conversation_id: int, *, acting_user: int, now: datetime) -> None:
    """A person says that the complaint is settled; moods of this client end with it."""
    conversation = _with_contact(conversation_id)
    kinds = ("complaint", "negative", "sensitive")
    end(_contact(conversation), kinds, acting_user=acting_user, now=now)
    tasks.settle("conversation", conversation.id, PEOPLE_WORK, acting_user=acting_user, now=now)
    _audit("complaint.settled", conversation, acting_user, now)


@transaction.atomic
def assign(conversation_id: int, *, owner_id: int, acting_user: int, now: datetime) -> None:
    conversation = _with_contact(conversation_id)
    conversation.assignee_id = owner_id
    conversation.save(update_fields=["assignee_id"])
    _audit("conversation.assigned", conversation, acting_user, now)


@transaction.atomic
def add_note(conversation_id: int, text: str, *, acting_user: int, now: datetime) -> Entry:
    """For colleagues only; it never leaves the house."""
    if not text.strip():
        raise InboxError(_("The note is empty. Write a few words."))
    conversation = _there(conversation_id)
    _audit("conversation.noted", conversation, acting_user, now)
    return Entry.objects.create(
        conversation=conversation,
        kind=Entry.Kind.NOTE,
        channel="note",
        at=now,
        author_id=acting_user,
        text=text.strip(),
    )


def hand_back_the_quiet(*, now: datetime) -> int:
    """Our word was last for two quiet days: the conversation hands itself back."""
    due = list(_quiet(now).values_list("id", flat=True))
    return sum(_hand_back(conversation_id, now) for conversation_id in due)


@transaction.atomic
def _hand_back(conversation_id: int, now: datetime) -> bool:
    """Unless the client has written in between."""
    still = _quiet(now).select_for_update().filter(id=conversation_id).exists()
    if still:
        close(conversation_id, acting_user=None, now=now, code="handed_back_quiet")
    return still


def _quiet(now: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(
        state=Conversation.State.WAITING, last_at__lte=now - QUIET_DAYS, contact_id__isnull=False
    )


def _our_word_is_last(conversation: Conversation, acting_user: int, now: datetime) -> None:
    contact_id = _contact(conversation)
    if conversation.state != Conversation.State.CLOSED:
        _take(conversation, acting_user, now)
    end(contact_id, ("question",), acting_user=acting_user, now=now)
    conversation.assignee_id = conversation.assignee_id or acting_user
    if conversation.state != Conversation.State.CLOSED:
        conversation.state = Conversation.State.WAITING
    conversation.last_at = now
    conversation.unread = False
    conversation.save()
    tasks.settle("conversation", conversation.id, PEOPLE_WORK, acting_user=acting_user, now=now)
    _audit("conversation.answered", conversation, acting_user, now)


def _take(conversation: Conversation, acting_user: int, now: datetime) -> None:
    talk = NewTalk(_contact(conversation), "handoff", conversation.id, conversation.id, acting_user)
    if begin(talk, now=now):
        _draw_line(conversation, "took_over", acting_user, now)


def _draw_line(conversation: Conversation, code: str, acting_user: int | None, now: datetime) -> None:
    Entry.objects.create(
        conversation=conversation,
        kind=Entry.Kind.LINE,
        channel="line",
        at=now,
        author_id=acting_user,
        code=code,
    )


def _with_contact(conversation_id: int) -> Conversation:
    conversation = _there(conversation_id)
    if conversation.contact_id is None:
        raise InboxError(_("We do not know who this is yet. Make them a client first."))
    return conversation


def _there(conversation_id: int) -> Conversation:
    conversation = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if conversation is None:
        raise InboxError(_("This conversation is no longer here."))
    return conversation


def _contact(conversation: Conversation) -> int:
    assert conversation.contact_id is not None
    return conversation.contact_id


def _reply_subject(subject: str) -> str:
    bare = subject.strip() or _("Your message")
    return bare if bare.lower().startswith(("re:", "sv:")) else f"Re: {bare}"


def _audit(verb: str, conversation: Conversation, acting_user: int | None, now: datetime) -> None:
    record_audit(actor=acting_user, verb=verb, subject=f"conversation:{conversation.id}", now=now)
