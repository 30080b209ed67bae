"""How a new house comes into being: who was invited, and how far its first run has come."""

from django.db import models
from django.db.models import Q

from tactful.foundation.models.base import Row
from tactful.foundation.models.staff import User


class Invitation(Row):
    """A link that lets somebody in once. ``user`` null: whoever opens it becomes the first owner.

    ``digest``: of the secret in the link, which stands nowhere. By the machine clock.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="invitations")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"


class FirstRun(models.Model):
    """The one first run. ``step``: the screen that comes next. ``done``: those that were answered.
    ``given``: what was answered and takes effect at the end. ``put_off``: its owner goes on later."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    step = models.CharField(max_length=20)
    done = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    put_off = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "first_run"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_first_run")]
