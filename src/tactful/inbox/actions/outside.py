"""A person of ours wrote to a client in another program: it is our word, as if it had been said here."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from tactful.foundation.actions import record_audit
from tactful.foundation.staff.queries import who_acts
from tactful.inbox.actions import tasks
from tactful.inbox.actions.answer import PEOPLE_WORK
from tactful.inbox.actions.crossing import take
from tactful.inbox.actions.history import settle_past
from tactful.inbox.actions.receive import keep_entry, thread_of
from tactful.inbox.actions.spells import Ended, end_some
from tactful.inbox.models import Conversation, Entry, TalkSpell
from tactful.inbox.types import OUTSIDE, Outside

TWIN_WITHIN = timedelta(days=1)
HANDED_BACK = ("handed_back", "handed_back_quiet")


@transaction.atomic
def say_outside(said: Outside, *, now: datetime) -> Entry:
    """It joins the thread at the moment at which it was sent, ends the questions that it came after, and
    quiets automation as an answer does. A provider's copy of what was sent from here changes nothing."""
    received = said.received
    assert received.contact_id is not None
    at = received.at or now
    conversation = thread_of(received.contact_id, received.message.subject, at)
    twin = _twin(conversation, said, at)
    if twin is not None:
        return twin
    entry = keep_entry(
        conversation,
        received,
        now,
        kind=Entry.Kind.OUTBOUND,
        author_id=said.author_id,
        code=OUTSIDE,
        data={"history": True} if said.history else {},
    )
    conversation.last_at = max(conversation.last_at, at)
    conversation.save(update_fields=["last_at"])
    if said.history:
        settle_past(conversation, now)
    elif not said.to_many and not _over_since(conversation, at):
        _our_word(conversation, entry, said, now)
    return entry


def _our_word(conversation: Conversation, entry: Entry, said: Outside, now: datetime) -> None:
    contact_id, author = said.received.contact_id, said.author_id
    assert contact_id is not None
    later = _asked_later(contact_id, entry, said)
    end_some(Ended(contact_id, ("question",), later, entry.at), acting_user=author, now=now)
    record_audit(
        actor=author, verb="conversation.answered_outside", subject=f"conversation:{conversation.id}", now=now
    )
    if later:
        return
    take(conversation, author, now=now, at=entry.at)
    conversation.state = Conversation.State.WAITING
    answering = conversation.assignee_id or author or said.received.manager_id
    conversation.assignee_id = who_acts(answering)
    conversation.snoozed_until, conversation.unread = None, False
    conversation.save()
    tasks.settle("conversation", conversation.id, PEOPLE_WORK, acting_user=author, now=now)


def _asked_later(contact_id: int, entry: Entry, said: Outside) -> Collection[int]:
    """The client's questions that this does not answer, because they came after it."""
    asked = TalkSpell.objects.running().filter(contact_id=contact_id, kind="question")
    message = said.received.message
    answered = {message.in_reply_to, *message.references} - {""}
    later = Entry.objects.filter(id__in=asked.values("ref"), at__gt=entry.at)
    return list(later.exclude(internet_id__in=answered).values_list("id", flat=True))


def _over_since(conversation: Conversation, at: datetime) -> bool:
    """Somebody has closed it after this was said: we only learn of it late."""
    lines = conversation.entries.filter(kind=Entry.Kind.LINE, code__in=HANDED_BACK, at__gt=at)
    return conversation.state == Conversation.State.CLOSED and lines.exists()


def _twin(conversation: Conversation, said: Outside, at: datetime) -> Entry | None:
    """The same mail once more; or the same words, sent from here: some providers give what they carry new
    headers and keep it among what was sent."""
    message = said.received.message
    ours = conversation.entries.filter(kind=Entry.Kind.OUTBOUND)
    if message.message_id:
        known = ours.filter(internet_id=message.message_id[:400]).first()
        if known is not None:
            return known
    near = ours.filter(message_id__isnull=False, at__gte=at - TWIN_WITHIN, at__lte=at + TWIN_WITHIN)
    words = {_words(message.reply_text), _words(message.text)} - {""}
    return next((each for each in near if _words(each.text) in words), None)


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
