"""Erasures of clients."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row


class Erasure(Row):
    """A client is being erased, or has been (R75). ``contacts``: their number and those of everybody who has
    become part of them. ``reason``: a code; nobody's words stand here. ``marks``: (channel, keyed hash as
    hex) of what would let them in again. ``wiped_at``: the database holds nothing more of them; then
    ``files`` (names in the store) are taken away, and after a while it is looked once more (``swept_at``).
    ``counts``: what went, table -> rows."""

    contacts = ArrayField(models.BigIntegerField())
    reason = models.CharField(max_length=20)
    way = models.CharField(max_length=12)  # page, command, api, restore
    by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    marks = models.JSONField(default=list)
    files = ArrayField(models.CharField(max_length=32), default=list)
    counts = models.JSONField(default=dict)
    wiped_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "erasure"
        indexes = [
            GinIndex(fields=["contacts"], name="erasure_of"),
            models.Index(fields=["asked_at"], name="erasure_running", condition=Q(swept_at__isnull=True)),
        ]


class ErasureRefusal(Row):
    """What came in about erased clients and was not taken in: a count for each door and day, of nobody."""

    door = models.CharField(max_length=20)
    day = models.DateField()
    count = models.IntegerField(default=0)

    class Meta:
        db_table = "erasure_refusal"
        constraints = [models.UniqueConstraint(fields=["door", "day"], name="one_refusal_a_day")]
