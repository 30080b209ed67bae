"""Broadcasts, and the audience of each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tactful.broadcasts.types import Person, State
from tactful.foundation.models import Row

PLANNED = [State.DRAFT.value, State.WAITING.value, State.CANCELLED.value]
BEGUN = [State.SENDING.value, State.PAUSED.value, State.FINISHED.value]
WORKED_ON = [State.SCHEDULED.value, State.SENDING.value]


class Broadcast(Row):
    """``plan``: as ``types.Plan`` says. ``writers``: all who have written in it. ``approved_hash``: of plan
    and segment (``rules.approval``). ``seed`` keys who gets which variant. ``versions``: of templates, by
    variant and language, from the moment of the yes. Every moment is of the business clock.

    ``begins_at``: when the audience is frozen. ``fed_at``: when we last looked after it. ``free_at``: when
    the next message may go, where its pace is limited. ``pause_why``: "person" or "stood_still".
    ``back_why``: why it came back to its writer: "segment", "declined".
    """

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in State])
    plan = models.JSONField()
    seed = models.BigIntegerField()
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    writers = ArrayField(models.BigIntegerField(), default=list)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_hash = models.BinaryField(max_length=32, null=True)
    versions = models.JSONField(default=list)
    begins_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    size = models.IntegerField(null=True)
    fed_at = models.DateTimeField(null=True)
    free_at = models.DateTimeField(null=True)
    pause_why = models.CharField(max_length=12, blank=True)
    back_why = models.CharField(max_length=12, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "broadcast"
        indexes = [
            models.Index(
                fields=["state", "begins_at"],
                name="broadcast_at_work",
                condition=Q(state__in=WORKED_ON),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="broadcast_is_approved",
                condition=Q(state__in=PLANNED)
                | Q(approved_by__isnull=False, approved_hash__isnull=False, begins_at__isnull=False),
            ),
            models.CheckConstraint(
                name="broadcast_is_frozen",
                condition=~Q(state__in=BEGUN) | Q(began_at__isnull=False, size__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BroadcastPerson(models.Model):
    """One client of the audience, from the moment when it was frozen. ``message_id``: once it is queued."""

    pk = models.CompositePrimaryKey("broadcast_id", "contact_id")
    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, db_index=False)
    contact_id = models.BigIntegerField()
    variant = models.SmallIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Person])
    message_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "broadcast_person"
        indexes = [
            models.Index(
                fields=["broadcast", "due_at", "contact_id"],
                name="broadcast_to_feed",
                condition=Q(state=Person.WAITING.value),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="queued_has_a_message",
                condition=Q(state=Person.QUEUED.value, message_id__isnull=False)
                | (~Q(state=Person.QUEUED.value) & Q(message_id__isnull=True)),
            )
        ]
