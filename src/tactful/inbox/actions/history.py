"""What was said before the mailbox was connected: for reading, and never as news.

It opens no task, tells nobody, and starts nothing. One thing it does: a client who still waits for an answer
is not written to by automation as if nothing had been asked.
"""

from datetime import datetime

from django.db import transaction

from tactful.channels.types import Authentication
from tactful.contacts.actions import OBJECTIONS, object_to
from tactful.foundation.staff.queries import who_acts
from tactful.inbox.actions.receive import keep_entry, keep_quiet, read_here, thread_of
from tactful.inbox.actions.spells import Ended, NewTalk, begin, end_some
from tactful.inbox.models import Conversation, Entry, TalkSpell
from tactful.inbox.queries import MOODS, last_said
from tactful.inbox.rules.quiet_days import QUIET
from tactful.inbox.types import HISTORY, Received, reading_of

FORGED = "forged"
BEGUN = ("question", "conversation", *MOODS)


@transaction.atomic
def keep_past(received: Received, *, now: datetime) -> Entry:
    """A client's words of then. "STOP" holds from when it was said, whether anybody read it or not."""
    assert received.contact_id is not None
    at = received.at or now
    conversation = thread_of(received.contact_id, received.message.subject, at)
    forged = received.message.authentication is Authentication.FAIL
    marks = {HISTORY: True} | ({FORGED: True} if forged else {})
    entry = keep_entry(conversation, received, now, data=marks)
    conversation.last_at = max(conversation.last_at, at)
    conversation.last_inbound_at = max(conversation.last_inbound_at or at, at)
    conversation.assignee_id = who_acts(conversation.assignee_id or received.manager_id)
    conversation.save()
    if not forged and not received.message.automatic and read_here(_said(entry), now).asks_to_stop:
        source = reading_of(entry.id)
        object_to(received.contact_id, OBJECTIONS, how="mail", source=source, now=now)
    settle_past(conversation, now)
    return entry


def settle_past(conversation: Conversation, now: datetime) -> None:
    """Look at the last word once more. What has been said since the connection decides for itself."""
    contact_id, last = conversation.contact_id, last_said([conversation.id]).get(conversation.id)
    if contact_id is None or last is None or not last.data.get(HISTORY):
        return
    waits = last.kind == Entry.Kind.INBOUND and not last.code and not last.data.get(FORGED)
    reading = read_here(_said(last), now)
    if waits and reading.expects_answer:
        _end_those_of_then(conversation, {last.id, conversation.id}, now)
        keep_quiet(conversation, last, reading, conversation.assignee_id, now, told=False)
        conversation.state, conversation.subject = (
            Conversation.State.OPEN,
            last.subject or conversation.subject,
        )
        conversation.unread = True
    else:
        _end_those_of_then(conversation, set(), now)
        _let_be(conversation, last, now)
    conversation.save()


def _end_those_of_then(conversation: Conversation, but: set[int], now: datetime) -> None:
    """What earlier words of the past have begun, and nothing else."""
    assert conversation.contact_id is not None
    running = TalkSpell.objects.running().filter(contact_id=conversation.contact_id, kind__in=BEGUN)
    refs = set(running.values_list("ref", flat=True))
    of_then = conversation.entries.filter(id__in=refs, data__has_key=HISTORY)
    others = refs - set(of_then.values_list("id", flat=True)) - {conversation.id}
    which = Ended(conversation.contact_id, BEGUN, others | but, now, told=False)
    end_some(which, acting_user=None, now=now)


def _let_be(conversation: Conversation, last: Entry, now: datetime) -> None:
    """Where our word was the last, and not long ago, automation waits as it would have waited."""
    conversation.state, conversation.unread = Conversation.State.CLOSED, False
    if last.kind == Entry.Kind.OUTBOUND and last.at > now - QUIET and conversation.contact_id is not None:
        talk = NewTalk(conversation.contact_id, "handoff", conversation.id, conversation.id, last.author_id)
        begin(talk, now=now, at=last.at, told=False)
        conversation.state = Conversation.State.WAITING


def _said(entry: Entry) -> str:
    return entry.text.strip() or entry.subject
