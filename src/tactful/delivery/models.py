"""The outbox (ENGINE.md, "Sending: tables"). Hot paths use SQL (``hot/``); these are its tables."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When

from tactful.foundation.models import Row
from tactful.gate.rules.codes import Code


class Message(Row):
    """What was decided, by whom and why. Immutable once written (the database refuses updates).

    ``cause_kind``/``cause_id``/``cause_visit``: visit of an enrolment, broadcast, reply, notice.
    ``variables`` are what the cause knows; the contact's own are read at the first handoff.
    ``condition``: the still-true condition, ``{"code": …, "params": {…}}``, empty for none.
    """

    contact_id = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    touchpoint_id = models.BigIntegerField(null=True)
    message_class = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    cause_kind = models.CharField(max_length=12)
    cause_id = models.BigIntegerField(null=True)
    cause_visit = models.IntegerField(null=True)
    dedupe_key = models.CharField(max_length=200)
    may_merge = models.BooleanField(default=False)
    latest_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    condition = models.JSONField(default=dict)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    allow = ArrayField(models.CharField(max_length=20), default=list)
    template = models.CharField(max_length=60, blank=True)  # slug; empty for a person's own words
    language = models.CharField(max_length=12, blank=True)  # forced language; empty is the contact's
    variables = models.JSONField(default=dict)
    subject = models.CharField(max_length=300, blank=True)  # a person's own words
    body = models.TextField(blank=True)
    conversation_id = models.BigIntegerField(null=True)
    in_reply_to = models.CharField(max_length=400, blank=True)
    references = models.TextField(blank=True)
    is_auto_reply = models.BooleanField(default=False)
    key_id = models.SmallIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "message"
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="message_once")]
        indexes = [models.Index(fields=["cause_kind", "cause_id"], name="message_cause")]

    @property
    def is_erased(self) -> bool:
        """Its words went with the client."""
        return self.dedupe_key.startswith("erased:")


class State(models.TextChoices):
    QUEUED = "queued"
    HELD = "held"
    CLAIMED = "claimed"
    HANDOFF = "handoff"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    MERGED = "merged"


LIVE = (State.QUEUED, State.HELD, State.CLAIMED, State.HANDOFF)
FINAL = (State.SENT, State.DEAD, State.REFUSED, State.CANCELLED, State.EXPIRED, State.MERGED)


class Shelf(models.IntegerChoices):
    """Where a dispatch lies for those who look for work. ``NONE`` from claim to sent, so that the
    indexes see nothing of handoff and outcome, and PostgreSQL updates those rows in place."""

    NONE = 0
    QUEUED = 1
    HELD = 2
    UNKNOWN = 3
    DEAD = 4
    REFUSED = 5


_SHELVES = [
    When(state=state, then=Value(shelf))
    for state, shelf in (
        ("queued", Shelf.QUEUED.value),
        ("held", Shelf.HELD.value),
        ("unknown", Shelf.UNKNOWN.value),
        ("dead", Shelf.DEAD.value),
        ("refused", Shelf.REFUSED.value),
    )
]


class Dispatch(models.Model):
    """Where a message stands. ``not_before`` is business time; ``retry_at`` and ``handoff_at`` are
    machine time. Everything that the promise's constraint speaks of stands in this one row.

    ``attempt``: the fencing token, one more at each claim. ``tries``: attempts that counted; a queued
    row with tries is deferred. ``misses``: how often a fact could not be read. ``resent``: a
    must-arrive message has had its one second copy. ``clearance``: bit mask of the checks that the
    gate asked when it cleared; NULL is not cleared. ``seen_by``: who has looked at one of the first of its
    touchpoint and said that it goes. ``reasons``: gate reasons as
    ``[{check, code, params, owner}]``, NULL on the clear path. ``fixed``: what the first handoff
    fixed, see ``render``. ``cap_scopes``: who else's caps are reserved besides the contact's, as
    ``[household_id, company_id]``.
    """

    message = models.OneToOneField(
        Message,
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,  # written together
    )
    contact_id = models.BigIntegerField()
    lane = models.SmallIntegerField()
    account_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=14)
    line = models.CharField(max_length=12)
    touchpoint_rev = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    shelf = models.GeneratedField(
        expression=Case(*_SHELVES, default=Value(Shelf.NONE.value)),
        output_field=models.SmallIntegerField(choices=Shelf.choices),
        db_persist=True,
    )
    not_before = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    misses = models.SmallIntegerField(default=0)
    resent = models.BooleanField(default=False)
    worker = models.BigIntegerField(null=True)
    gate_rev = models.BigIntegerField(null=True)
    clearance = models.IntegerField(null=True)
    cleared_at = models.DateTimeField(null=True)
    basis_receipt = models.BigIntegerField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_hash = models.BinaryField(max_length=32, null=True)
    body_hash = models.BinaryField(max_length=32, null=True)
    late_decided_by = models.BigIntegerField(null=True)
    seen_by = models.BigIntegerField(null=True)
    cap_day = models.DateField(null=True)
    cap_scopes = ArrayField(models.BigIntegerField(null=True), null=True)
    reasons = models.JSONField(null=True)
    wake_on = ArrayField(models.CharField(max_length=40), null=True)
    owner_id = models.BigIntegerField(null=True)
    on_release = models.CharField(max_length=12, blank=True)
    task_at = models.DateTimeField(null=True)
    held_since = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(null=True)
    template_version = models.BigIntegerField(null=True)
    address = models.CharField(max_length=320, blank=True)
    fixed = models.JSONField(null=True)
    first_handoff_at = models.DateTimeField(null=True)  # business time; the Date header
    handoff_at = models.DateTimeField(null=True)  # machine time
    settled_at = models.DateTimeField(null=True)  # business time of the final state
    result_code = models.SmallIntegerField(null=True)
    result = models.CharField(max_length=500, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "dispatch"
        constraints = [
            models.CheckConstraint(
                name="the_promise",
                condition=Q(
                    state__in=["queued", "held", "claimed", "refused", "cancelled", "expired", "merged"]
                )
                | Q(
                    author="automation",
                    line="structural",
                    touchpoint_rev__isnull=False,
                    clearance__isnull=False,
                )
                | Q(
                    approved_by__isnull=False,
                    approved_hash__isnull=False,
                    body_hash__isnull=False,
                    approved_hash=models.F("body_hash"),
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "not_before"],
                name="dispatch_due",
                condition=Q(shelf=Shelf.QUEUED, retry_at__isnull=True),
            ),
            models.Index(
                fields=["retry_at"],
                name="dispatch_deferred",
                condition=Q(shelf=Shelf.QUEUED, retry_at__isnull=False),
            ),
            models.Index(fields=["not_before"], name="dispatch_held", condition=Q(shelf=Shelf.HELD)),
            models.Index(
                fields=["not_before"],
                name="dispatch_for_eyes",
                condition=Q(shelf=Shelf.HELD)
                & (
                    Q(reasons__contains=[{"code": str(Code.LATE_GRACE)}])
                    | Q(reasons__contains=[{"code": str(Code.STANDING_FIRST)}])
                ),
            ),
            models.Index(
                fields=["shelf", "message"], name="dispatch_attention", condition=Q(shelf__gt=Shelf.HELD)
            ),
            models.Index(fields=["contact_id"], name="dispatch_of_contact"),
            models.Index(fields=["task_at"], name="dispatch_task", condition=Q(task_at__isnull=False)),
            models.Index(fields=["seen_by"], name="dispatch_seen", condition=Q(seen_by__isnull=False)),
        ]


class CapUse(models.Model):
    """Reserved places under a cap: rows, not counts over the log (ENGINE.md, line 5)."""

    pk = models.CompositePrimaryKey("scope", "scope_id", "day")
    scope = models.CharField(max_length=10)  # contact, household, company
    scope_id = models.BigIntegerField()
    day = models.DateField()  # the client's calendar day
    used = models.IntegerField(default=0)

    class Meta:
        db_table = "cap_use"


class SendingPause(Row):
    """One row pauses a broadcast, an account or everything; the claim filters it."""

    scope = models.CharField(max_length=12)  # broadcast, account, everything
    scope_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sending_pause"
        indexes = [
            models.Index(fields=["scope"], name="sending_pause_on", condition=Q(ended_at__isnull=True)),
        ]


class Worker(Row):
    """A process that sends, its lease and its journal. It is dead when the lease has run out *and* the
    session advisory lock on its id is free. Every moment is of the machine clock."""

    machine = models.CharField(max_length=100)
    journal = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()

    class Meta:
        db_table = "sending_worker"


class Batch(Row):
    """What a worker has taken in hand: one row a claim, so that recovery needs no index on dispatch."""

    worker_id = models.BigIntegerField()
    message_ids = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "sending_batch"
        indexes = [models.Index(fields=["worker_id"], name="sending_batch_of")]


class Letterhead(models.Model):
    """What a mail looked like around its words, by digest: many mails share one (R5)."""

    id = models.BigIntegerField(primary_key=True)
    body = models.JSONField()

    class Meta:
        db_table = "letterhead"


class Rehearsed(models.Model):
    """A message that would have left during a trial week, and what a person says of it.

    ``at``: the business moment at which everything but the trial let it go. ``trial``: the standing hold.
    ``judged``: "", right, wrong. ``why``: a code of ``rules.rehearsal``; ``made``: what a wrong one has
    brought about, for undoing it.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, db_constraint=False)
    trial = models.BigIntegerField()
    at = models.DateTimeField()
    judged = models.CharField(max_length=6, blank=True, default="", db_default="")
    why = models.CharField(max_length=20, blank=True, default="", db_default="")
    made = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    judged_by = models.BigIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rehearsed"
        indexes = [models.Index(fields=["trial", "at", "message"], name="rehearsed_in_turn")]
