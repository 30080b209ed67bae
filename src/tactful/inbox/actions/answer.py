"""A person speaks, here or elsewhere, and hands back when it is done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.delivery.actions import Words, approve_and_send
from tactful.foundation.actions import record_audit
from tactful.inbox.actions import tasks
from tactful.inbox.actions.crossing import draw_line, take
from tactful.inbox.actions.spells import end
from tactful.inbox.models import Conversation, Entry, TalkSpell
from tactful.inbox.queries import MOODS, newest_inbound
from tactful.inbox.rules.reading import Mood
from tactful.inbox.types import PROPOSAL

ELSEWHERE = ("phone", "in_person", "other")
PEOPLE_WORK = ("answer", "write", "call")


class InboxError(ValueError):
    """The act cannot be done; the sentence says why and what to do."""


class UnseenWords(InboxError):
    """The client has said more than the person who acts has seen: nothing of theirs ends unread."""


@dataclass(frozen=True, slots=True)
class Answer:
    conversation_id: int
    text: str
    acting_user: int
    close: bool = False
    seen: int | None = None


@transaction.atomic
def reply(answer: Answer, *, now: datetime) -> Entry:
    """Send a person's own words. They take the conversation; questions count as answered."""
    conversation = _with_contact(answer.conversation_id)
    _nothing_new(conversation, answer.seen)
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
    conversation_id: int,
    how: str,
    *,
    acting_user: int,
    now: datetime,
    note: str = "",
    seen: int | None = None,
) -> Entry:
    """One tap: answered by phone, in person or another way. ``seen``: as for ``close``."""
    if how not in ELSEWHERE:
        raise InboxError(_("Choose phone, in person or another way."))
    conversation = _with_contact(conversation_id)
    _nothing_new(conversation, seen)
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
    take(conversation, acting_user, now=now)
    if conversation.state == Conversation.State.CLOSED:
        conversation.state = Conversation.State.OPEN  # or nobody would ever hand it back
    conversation.assignee_id = acting_user
    conversation.save()
    _audit("conversation.taken_over", conversation, acting_user, now)


@transaction.atomic
def close(
    conversation_id: int,
    *,
    acting_user: int | None,
    now: datetime,
    code: str = "handed_back",
    seen: int | None = None,
) -> None:
    """Hand back: the conversation is over and automation looks at what it held. A stranger's just ends.

    ``seen``: the newest entry that the person had before their eyes; ``UnseenWords`` if the client has said
    more since. None: nobody acts who could have read it."""
    conversation = _there(conversation_id)
    _nothing_new(conversation, seen)
    ended: list[str] = []
    if conversation.contact_id is not None:
        kinds = ("question", "handoff", "conversation")
        ended = end(conversation.contact_id, kinds, acting_user=acting_user, now=now)
    was_open = conversation.state != Conversation.State.CLOSED
    conversation.state = Conversation.State.CLOSED
    conversation.unread = False
    conversation.save()
    if ended:
        draw_line(conversation, code, acting_user, now)
    if ended or was_open:
        tasks.settle("conversation", conversation.id, ("answer", "call"), acting_user=acting_user, now=now)
        _audit("conversation.closed", conversation, acting_user, now)


@transaction.atomic
def settle_complaint(
    conversation_id: int, *, acting_user: int, now: datetime, seen: int | None = None
) -> None:
    """A person says that the complaint is settled; moods of this client end with it. ``seen``: as for
    ``close``."""
    conversation = _with_contact(conversation_id)
    _nothing_new(conversation, seen)
    ended = end(_contact(conversation), MOODS, acting_user=acting_user, now=now)
    tasks.settle("conversation", conversation.id, PEOPLE_WORK, acting_user=acting_user, now=now)
    verb = "hold.settled" if set(ended) == {Mood.HOLD.value} else "complaint.settled"
    _audit(verb, conversation, acting_user, now)


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


@transaction.atomic
def propose(conversation_id: int, text: str, *, by: str, now: datetime) -> Entry:
    """Words that a program (its name is ``by``) suggests, noted for a person, who sends them or not. Raises
    ``InboxError``. Where the matter depends on judgement, nobody is tempted: a person begins on an empty
    page."""
    if not text.strip():
        raise InboxError(_("There is nothing to propose. Write an answer."))
    conversation = _with_contact(conversation_id)
    if TalkSpell.objects.filter(
        contact_id=_contact(conversation), kind__in=MOODS, to_at__isnull=True
    ).exists():
        raise InboxError(_("This needs a person's own words, so nothing is proposed here."))
    return Entry.objects.create(
        conversation=conversation,
        kind=Entry.Kind.NOTE,
        channel="note",
        at=now,
        text=text.strip(),
        code=PROPOSAL,
        data={"by": by},
    )


def _our_word_is_last(conversation: Conversation, acting_user: int, now: datetime) -> None:
    contact_id = _contact(conversation)
    if conversation.state != Conversation.State.CLOSED:
        take(conversation, acting_user, now=now)
    end(contact_id, ("question",), acting_user=acting_user, now=now)
    conversation.assignee_id = conversation.assignee_id or acting_user
    if conversation.state != Conversation.State.CLOSED:
        conversation.state = Conversation.State.WAITING
    conversation.last_at = now
    conversation.unread = False
    conversation.save()
    tasks.settle("conversation", conversation.id, PEOPLE_WORK, acting_user=acting_user, now=now)
    _audit("conversation.answered", conversation, acting_user, now)


def _nothing_new(conversation: Conversation, seen: int | None) -> None:
    """The row is locked: what comes in waits until we are done, and begins anew what we end."""
    if seen is not None and (newest_inbound(conversation.id) or 0) > seen:
        raise UnseenWords(_("Something new came while you wrote. Read it first, then send."))


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
