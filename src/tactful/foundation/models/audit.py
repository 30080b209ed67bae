"""What people did. Append-only: the database refuses changes, the sealer chains the rows."""

from django.db import models

from tactful.foundation.models.base import Row


class Audit(Row):
    """``subject`` is an opaque id such as ``contact:12``; personal words stay in the payload."""

    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    payload_digest = models.BinaryField(max_length=32)
    seal = models.BinaryField(max_length=32, null=True)
    sealed_order = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "audit"
        indexes = [models.Index(fields=["subject", "-at"], name="audit_subject")]


class AuditPayload(models.Model):
    """Erasable; the digest in the chain is keyed by the salt that goes with it."""

    audit = models.OneToOneField(
        Audit, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="payload"
    )
    salt = models.BinaryField(max_length=16)
    body = models.JSONField()

    class Meta:
        db_table = "audit_payload"
