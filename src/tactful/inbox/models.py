"""Conversations, what was said in them, what we owe, and the tasks of people."""

from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row, Spell


class Conversation(Row):
    """Everything said with one contact, across channels; with a stranger, by address.

    ``state`` is the running ``ConversationSpell`` once more, for lists.
    """

    class State(models.TextChoices):
        OPEN = "open"
        WAITING = "waiting"  # our word was last
        SNOOZED = "snoozed"
        CLOSED = "closed"

    contact_id = models.BigIntegerField(null=True)  # null: a stranger, not yet a client
    stranger = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices)
    assignee_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    unread = models.BooleanField(default=True)

    class Meta:
        db_table = "conversation"
        constraints = [models.UniqueConstraint(fields=["contact_id"], name="one_thread_a_contact")]
        indexes = [
            models.Index(fields=["state", "-last_at", "-id"], name="conversation_list"),
            models.Index(
                fields=["last_at"], name="conversation_quiet", condition=Q(contact_id__isnull=False)
            ),
        ]


class Entry(Row):
    """One thing in a thread. ``html`` is sanitised on store and shown in a sandboxed frame."""

    class Kind(models.TextChoices):
        INBOUND = "inbound"
        OUTBOUND = "outbound"
        NOTE = "note"
        ELSEWHERE = "elsewhere"  # "answered by phone / in person"
        LINE = "line"  # the line was crossed: took over, handed back

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=12)
    at = models.DateTimeField()
    author_id = models.BigIntegerField(null=True)  # a person of ours
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)  # the newest words only
    full_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    raw_id = models.BigIntegerField(null=True, unique=True)
    message_id = models.BigIntegerField(null=True, db_index=True)  # delivery message
    internet_id = models.CharField(max_length=400, blank=True, db_index=True)
    verified = models.BooleanField(default=True)  # false: unauthenticated mail (R93)
    code = models.CharField(max_length=30, blank=True)  # for LINE and ELSEWHERE
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "entry"
        indexes = [models.Index(fields=["conversation", "at", "id"], name="entry_thread")]


class EntryFile(Row):
    """An attachment; ``stored`` names it in the file store."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)

    class Meta:
        db_table = "entry_file"


class TalkSpell(Spell):
    """What keeps automation quiet, as intervals.

    ``kind``: conversation (open), question (theirs, unanswered), handoff (a person took over),
    complaint, negative, sensitive, promise (ours; ``due_at`` says until when).
    ``ref`` is the conversation, entry or promise that it speaks of.
    """

    contact_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    ref = models.BigIntegerField()
    conversation_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    waits_on_client = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "talk_spell"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "ref"], condition=Q(to_at__isnull=True), name="one_running_talk"
            ),
        ]
        indexes = [models.Index(fields=["contact_id", "kind", "from_at"], name="talk_of_contact")]


class Task(Row):
    """Work for a person. ``code`` with ``params`` renders to a sentence in the reader's language.

    ``kind``: answer, approve, write, decide, call, unknown, is_this_it, late.
    ``subject_kind``/``subject_id``: what it is about (conversation, message, enrolment, document …).
    ``joined``: the task on whose card it stands, for the same client or the same question at the same time;
    null: it has asked for attention of its own. When that card is done, it stands by itself.
    ``leisure``: nothing follows if nobody does it; the first of a week asks for attention.
    ``asks_at``: it stands on its person's list of a day, which asks for attention once, at that moment; null:
    it asked when it was opened. Those of one list have joined its first one.
    """

    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    contact_id = models.BigIntegerField(null=True, db_index=True)
    owner_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    urgent = models.BooleanField(default=False)
    leisure = models.BooleanField(default=False)
    joined = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    asks_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "task"
        indexes = [
            models.Index(fields=["due_at", "id"], name="task_open", condition=Q(done_at__isnull=True)),
            models.Index(
                fields=["subject_kind", "subject_id"],
                name="task_subject",
                condition=Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["joined"],
                name="task_joined",
                condition=Q(done_at__isnull=True, joined__isnull=False),
            ),
            models.Index(
                fields=["asks_at", "owner_id"], name="task_day_list", condition=Q(asks_at__isnull=False)
            ),
        ]


class AutoReply(models.Model):
    """The last automatic reply per contact: at most one in 24 h (R35)."""

    contact_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "auto_reply"
