"""Who wants to hear what, and what they were told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tactful.foundation.models import Row


class Endpoint(Row):
    """An address of another program. Its signing secrets rest in ``secret_value``; during a rotation there
    are two, until ``old_until`` (machine clock). ``stopped_at``: it hears nothing more; ``stopped_why``: a
    code ("person", "gone", "failing"). ``failing_since``: machine clock, null while it answers."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=80))
    made_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    old_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.CharField(max_length=12, blank=True)

    class Meta:
        db_table = "webhook_endpoint"


class Telling(Row):
    """One fact for one endpoint. ``state``: queued, done, dead. ``not_before``: machine clock."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE)
    event_id = models.BigIntegerField()
    event = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=8, default="queued")
    attempt = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField()
    status = models.SmallIntegerField(null=True)  # of HTTP, of the last attempt
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_telling"
        constraints = [models.UniqueConstraint(fields=["endpoint", "event_id"], name="told_once")]
        indexes = [
            models.Index(fields=["not_before"], name="telling_due", condition=models.Q(state="queued")),
        ]
