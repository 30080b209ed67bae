"""A client's words come in: the thread grows, and automation goes quiet."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tactful.contacts.actions import OBJECTIONS, object_to
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.queries import business_at
from tactful.foundation.staff.queries import who_acts
from tactful.foundation.types import keeps_no_topics
from tactful.inbox.actions.spells import NewTalk, begin
from tactful.inbox.actions.tasks import open_about, open_tasks
from tactful.inbox.models import Conversation, Entry, EntryFile
from tactful.inbox.rules.reading import Mood, Reading, read
from tactful.inbox.types import UNVERIFIED, NewTask, Received, reading_of

ANSWER_WITHIN = timedelta(hours=24)
LONGEST_ADDRESS = 320  # characters
TASK_OF_MOOD = {
    Mood.COMPLAINT: ("write", "complaint"),
    Mood.SENSITIVE: ("write", "sensitive"),
}


@transaction.atomic
def receive(received: Received, *, now: datetime) -> Entry:
    """Put a message into its thread. Mail that nobody vouches for opens nothing in a client's name."""
    message = received.message
    if received.contact_id is None:
        return _from_stranger(received, now)
    conversation = thread_of(received.contact_id, message.subject, now)
    entry = keep_entry(conversation, received, now)
    if message.out_of_office or message.automatic:
        _note_absence(received, entry, now)
    elif not received.verified:
        _ask_about_unverified(received, entry, now)
    else:
        # A mail may be all quotation, or all subject: it is read nevertheless.
        words = message.reply_text.strip() or message.text.strip() or message.subject
        reading = read_here(words, now)
        _take_in(conversation, entry, received, reading, now)
    return entry


def read_here(words: str, now: datetime) -> Reading:
    """As much as this house may keep of what was understood (R91)."""
    reading = read(words)
    return reading.without_topic() if keeps_no_topics(business_at(now).trade) else reading


def thread_of(contact_id: int, subject: str, now: datetime) -> Conversation:
    """The one thread with a contact; begun, closed, when there is none."""
    conversation, _fresh = Conversation.objects.select_for_update().get_or_create(
        contact_id=contact_id,
        defaults={
            "subject": subject[:300],
            "state": Conversation.State.CLOSED,
            "opened_at": now,
            "last_at": now,
            "unread": False,
        },
    )
    return conversation


def _take_in(
    conversation: Conversation, entry: Entry, received: Received, reading: Reading, now: datetime
) -> None:
    contact_id = entry.conversation.contact_id
    assert contact_id is not None
    owner = who_acts(conversation.assignee_id or received.manager_id)
    said = {"entry": entry.id, "conversation": conversation.id, "channel": entry.channel}
    record([NewFact("reply.received", contact_id, said)], now=now)
    conversation.last_at = max(conversation.last_at, entry.at)
    conversation.last_inbound_at = max(conversation.last_inbound_at or entry.at, entry.at)
    conversation.unread = True
    if reading.expects_answer or entry.files.exists():
        conversation.state = Conversation.State.OPEN
        conversation.subject = (entry.subject or conversation.subject)[:300]
    conversation.assignee_id = owner
    conversation.save()
    if reading.asks_to_stop:
        _stop_writing(entry, contact_id, owner, now)
    if reading.expects_answer:
        keep_quiet(conversation, entry, reading, owner, now)
        _ask(conversation, entry, reading, owner, now)


def _stop_writing(entry: Entry, contact_id: int, owner: int | None, now: datetime) -> None:
    """ "STOP": nothing optional from this moment (R43), and a person sees what has been understood."""
    object_to(contact_id, OBJECTIONS, how="mail", source=reading_of(entry.id), now=now)
    record([NewFact("contact.asked_to_stop", contact_id, {"entry": entry.id})], now=now)
    task = NewTask(
        kind="decide",
        code="asked_to_stop",
        dedupe_key=f"stop:{entry.id}",
        contact_id=contact_id,
        owner_id=owner,
        subject_kind="entry",
        subject_id=entry.id,
        due_at=now + ANSWER_WITHIN,
    )
    open_tasks([task], now=now)


def keep_quiet(
    conversation: Conversation,
    entry: Entry,
    reading: Reading,
    owner: int | None,
    now: datetime,
    told: bool = True,
) -> None:
    """From the moment at which they wrote; they can wait since we could have known."""
    contact_id, at, ident = conversation.contact_id, entry.at, conversation.id
    assert contact_id is not None
    begin(NewTalk(contact_id, "conversation", ident, ident, owner), now=now, at=at, told=told)
    question = NewTalk(contact_id, "question", entry.id, ident, owner, due_at=now + ANSWER_WITHIN)
    begin(question, now=now, at=at, told=told)
    if reading.mood is not None:
        begin(NewTalk(contact_id, reading.mood, entry.id, ident, owner), now=now, at=at, told=told)


def _ask(
    conversation: Conversation, entry: Entry, reading: Reading, owner: int | None, now: datetime
) -> None:
    kind, code = (
        TASK_OF_MOOD.get(reading.mood, ("answer", "answer")) if reading.mood else ("answer", "answer")
    )
    open_tasks(
        [
            NewTask(
                kind=kind,
                code=code,
                dedupe_key=f"entry:{entry.id}",
                contact_id=conversation.contact_id,
                owner_id=owner,
                params={"evidence": reading.evidence, "stop": reading.asks_to_stop or reading.refuses},
                subject_kind="conversation",
                subject_id=conversation.id,
                due_at=now + ANSWER_WITHIN,
                urgent=reading.mood in (Mood.COMPLAINT, Mood.HOLD),
            )
        ],
        now=now,
    )


def _note_absence(received: Received, entry: Entry, now: datetime) -> None:
    """An out-of-office is no reply: it opens nothing, and its return date is told to others.

    One that nobody vouches for tells nothing: else anybody could silence us towards a client.
    """
    back = received.message.returns_on
    if received.message.out_of_office and received.verified:
        data = {"entry": entry.id, "until": back.isoformat() if back else None}
        record([NewFact("contact.away", received.contact_id, data)], now=now)


def _ask_about_unverified(received: Received, entry: Entry, now: datetime) -> None:
    """One open task a client, however many such mails come."""
    record([NewFact("reply.unverified", received.contact_id, {"entry": entry.id})], now=now)
    if open_about(received.contact_id, UNVERIFIED):
        return
    open_tasks(
        [
            NewTask(
                kind="decide",
                code=UNVERIFIED,
                dedupe_key=f"entry:{entry.id}",
                contact_id=received.contact_id,
                owner_id=received.manager_id,
                subject_kind="entry",
                subject_id=entry.id,
                due_at=now + ANSWER_WITHIN,
            )
        ],
        now=now,
    )


def _from_stranger(received: Received, now: datetime) -> Entry:
    """Newsletters and receipts of machines are kept and wake nobody."""
    message = received.message
    sender = message.sender[:LONGEST_ADDRESS]
    conversation = Conversation.objects.filter(contact_id=None, stranger=sender).first() or Conversation(
        stranger=sender,
        subject=message.subject[:300],
        state=Conversation.State.CLOSED,
        opened_at=now,
        unread=False,
    )
    conversation.last_at = conversation.last_inbound_at = now
    if not message.automatic:
        conversation.state, conversation.unread = Conversation.State.OPEN, True
    conversation.save()
    return keep_entry(conversation, received, now)


def keep_entry(conversation: Conversation, received: Received, now: datetime, **more: Any) -> Entry:
    """``more``: other columns, and ``data`` beside what is known of every mail."""
    message = received.message
    data = {"about": received.about_message_id, "name": message.sender_name[:200]}
    marks = {"left_out": received.left_out, "words_only": received.words_only, "cut": received.cut}
    columns = {
        "kind": Entry.Kind.INBOUND,
        "channel": received.channel,
        "at": received.at or now,
        "sender": message.sender[:LONGEST_ADDRESS],
        "subject": message.subject[:300],
        "text": message.reply_text or message.text,
        "full_text": message.text,
        "html": received.safe_html,
        "raw_id": received.raw_id,
        "internet_id": message.message_id[:400],
        "verified": received.verified,
        "code": "automatic" if message.automatic else "",
    } | more
    columns["data"] = data | {key: value for key, value in marks.items() if value} | more.get("data", {})
    entry = Entry.objects.create(conversation=conversation, **columns)
    EntryFile.objects.bulk_create(
        EntryFile(
            entry=entry,
            name=file.name[:200],
            content_type=file.content_type[:100],
            size=file.size,
            sha256=file.sha256,
            stored=file.stored,
        )
        for file in received.files
    )
    return entry
