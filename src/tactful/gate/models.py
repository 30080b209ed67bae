"""Holds that a person or a rule has placed."""

from django.db import models

from tactful.foundation.models import Row


class HouseState(models.Model):
    """One row: ``rev`` is bumped whenever an order is placed or released that is not about one client. A
    message that was cleared under another one meets the gate again at its handoff mark (``delivery``)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    rev = models.BigIntegerField(default=0)

    class Meta:
        db_table = "house_state"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_house_state")]


class StandingHold(Row):
    """An order to keep quiet. ``scope``: everything, contact, household, engagement, topic,
    touchpoint.

    ``on_release``: send, recompute, skip, ask.
    """

    scope = models.CharField(max_length=20)
    scope_id = models.BigIntegerField(null=True)
    topic = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)
    owner_id = models.BigIntegerField(null=True)
    placed_at = models.DateTimeField()
    placed_by = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)
    on_release = models.CharField(max_length=12, default="recompute")
    released_at = models.DateTimeField(null=True)
    released_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "standing_hold"
        indexes = [
            models.Index(
                fields=["scope", "scope_id"],
                name="standing_hold_running",
                condition=models.Q(released_at__isnull=True),
            ),
        ]
