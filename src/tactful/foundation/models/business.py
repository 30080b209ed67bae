"""The business, its settings over time, and the instance that runs it."""

from django.db import models
from django.db.models import Q

from tactful.foundation.models.base import Row, Spell


class BusinessSetting(Spell):
    """One setting during one spell; the running one has no end."""

    key = models.CharField(max_length=60)
    value = models.JSONField()
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "business_setting"
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(to_at__isnull=True), name="one_running_setting"
            ),
        ]


class Instance(models.Model):
    """The one row that says which instance this is and how its business clock runs.

    ``stands``: where its database was at the last start (``config.standing``); where that is another place,
    this is a copy, and nothing leaves until an owner confirms. ``epoch``: how often that was so.
    ``last_now`` is the last business moment seen: a jump back by more than five minutes pauses sending too.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    instance_id = models.CharField(max_length=40)
    epoch = models.IntegerField(default=1)
    clock_shift = models.DurationField()
    last_now = models.DateTimeField(null=True)
    sending_paused = models.CharField(max_length=30, blank=True)  # "", "restored", "epoch", "clock", "person"
    paused_at = models.DateTimeField(null=True)
    paused_by = models.BigIntegerField(null=True)
    stands = models.CharField(max_length=200, blank=True, db_default="")
    restored_at = models.DateTimeField(null=True)
    restored_from = models.DateTimeField(null=True)  # when the backup was made
    restored_known = models.DateTimeField(null=True)  # up to then the journal of departures is whole
    restored_choice = models.CharField(max_length=10, blank=True, db_default="")  # "", "send", "leave"

    class Meta:
        db_table = "instance"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_instance")]


class Departed(models.Model):
    """What had left after the backup of which this house was made, by the journal of departures.

    ``fate``: sent, unknown. ``at``: when it left. The rest says which message it was, also where it is made
    anew under another number.
    """

    message_id = models.BigIntegerField(primary_key=True)
    contact_id = models.BigIntegerField()
    cause_kind = models.CharField(max_length=12)
    cause_id = models.BigIntegerField(null=True)
    cause_visit = models.IntegerField(null=True)
    touchpoint_id = models.BigIntegerField(null=True)
    template = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    clearance = models.IntegerField(default=0)
    fate = models.CharField(max_length=10)

    class Meta:
        db_table = "departed"
        indexes = [models.Index(fields=["contact_id"], name="departed_of_contact")]


class SecretValue(Row):
    """A secret of a provider, encrypted with the key of the environment."""

    name = models.CharField(max_length=80, unique=True)
    box = models.BinaryField()

    class Meta:
        db_table = "secret_value"
