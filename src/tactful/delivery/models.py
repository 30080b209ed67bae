"""The outbox (ENGINE.md, "Sending: tables"). Hot paths use SQL; these are its tables."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row


class Message(Row):
    """What was decided, by whom and why. Immutable once written (the database refuses updates).

    ``cause_kind``/``cause_id``/``cause_visit``: visit of an enrolment, broadcast, reply, notice.
    ``variables`` are what the cause knows; the contact's own are read at the first handoff.
    ``condition``: the still-true condition, ``{"code": …, "params": {…}}``, empty for none.
    """

    contact_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=12)
    touchpoint_id = models.BigIntegerField(null=True)
    message_class = models.CharField(max_length=12)
    purpose = models.CharField(max_length=12)
    cause_kind = models.CharField(max_length=12)
    cause_id = models.BigIntegerField(null=True)
    cause_visit = models.IntegerField(null=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
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
        indexes = [models.Index(fields=["cause_kind", "cause_id"], name="message_cause")]


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


class Dispatch(models.Model):
    """Where a message stands. ``not_before`` is business time; ``lease_until`` and ``retry_at`` are
    machine time. Everything that the promise's constraint speaks of stands in this one row.

    ``clearance``: bit mask of the checks that the gate asked when it cleared; NULL is not cleared.
    ``reasons``: gate reasons as ``[{check, code, params, owner}]``, NULL on the clear path.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE)
    contact_id = models.BigIntegerField()
    lane = models.SmallIntegerField()
    account_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=14)
    line = models.CharField(max_length=12)
    touchpoint_rev = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)
    attempt = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.BigIntegerField(null=True)
    gate_rev = models.BigIntegerField(null=True)
    clearance = models.IntegerField(null=True)
    cleared_at = models.DateTimeField(null=True)
    basis_receipt = models.BigIntegerField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_hash = models.BinaryField(max_length=32, null=True)
    body_hash = models.BinaryField(max_length=32, null=True)
    late_decided_by = models.BigIntegerField(null=True)
    cap_day = models.DateField(null=True)
    reasons = models.JSONField(null=True)
    wake_on = ArrayField(models.CharField(max_length=40), null=True)
    owner_id = models.BigIntegerField(null=True)
    on_release = models.CharField(max_length=12, blank=True)
    task_at = models.DateTimeField(null=True)
    merged_into = models.BigIntegerField(null=True)
    template_version = models.BigIntegerField(null=True)
    address = models.CharField(max_length=320, blank=True)
    fixed = models.JSONField(null=True)  # variables at the first handoff
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
            models.Index(fields=["lane", "not_before"], name="dispatch_due", condition=Q(state="queued")),
            models.Index(fields=["not_before"], name="dispatch_held", condition=Q(state="held")),
            models.Index(
                fields=["lease_until"],
                name="dispatch_leased",
                condition=Q(state__in=["claimed", "handoff"]),
            ),
            models.Index(fields=["contact_id"], name="dispatch_of_contact"),
            models.Index(fields=["state", "-settled_at"], name="dispatch_settled"),
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
