"""Segments, and who is in those that are live."""

from django.db import models
from django.db.models import Q

from tactful.contacts.models import Contact
from tactful.foundation.models import Row, Spell


class Segment(Row):
    """``document``: as ``schema.json`` says. ``live_since``: kept up to date from then on; null is not.

    ``checked_at``: when all clients were last gone through (business clock), null: not since the definition
    changed. ``by_time``: its members change although nothing happens. ``size``: how many were in it at
    ``counted_at``, for lists.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    document = models.JSONField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    live_since = models.DateTimeField(null=True)
    by_time = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    size = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "segment"

    def __str__(self) -> str:
        return self.name


class SegmentMember(Spell):
    """A stay of a contact in a live segment."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    class Meta:
        db_table = "segment_member"
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "contact"], condition=Q(to_at__isnull=True), name="one_running_stay"
            ),
        ]


class SegmentDirty(Row):
    """A contact about whom something has changed; read and emptied in batches, the same one may stand here
    twice."""

    contact_id = models.BigIntegerField()

    class Meta:
        db_table = "segment_dirty"
