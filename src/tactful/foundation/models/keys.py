"""Keys of other programs, and what they were answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tactful.foundation.models.base import Row


class ApiKey(Row):
    """Shown once, when it is made: we keep a digest. ``shown`` is its public beginning, by which people
    and we find it again. ``expires_at``, ``last_used_at``: machine clock; ``made_at``, ``revoked_at``:
    business clock."""

    name = models.CharField(max_length=80)
    shown = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=30))
    made_at = models.DateTimeField()
    by = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"


class GivenAnswer(models.Model):
    """What a request with an ``Idempotency-Key`` was answered (R14). ``at``: machine clock."""

    pk = models.CompositePrimaryKey("key_id", "name")
    key_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    asked = models.BinaryField(max_length=32)  # digest of method, address and body
    status = models.SmallIntegerField()
    content_type = models.CharField(max_length=60)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "given_answer"
        constraints = [models.CheckConstraint(name="a_final_answer", condition=Q(status__lt=500))]
        indexes = [models.Index(fields=["at"], name="given_answer_age")]
