"""A piece of work for a client, and the documents that we ask for."""

from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row, Spell, User


class Engagement(Row):
    contact_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=40)  # annual_accounts, onboarding …
    title_en = models.CharField(max_length=200)
    title_nb = models.CharField(max_length=200)
    year = models.SmallIntegerField(null=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "engagement"
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id", "kind", "year"],
                condition=Q(closed_at__isnull=True),
                name="one_open_engagement",
            ),
        ]


class RequestedDocument(Row):
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="documents")
    slug = models.SlugField(max_length=60)
    name_en = models.CharField(max_length=200)
    name_nb = models.CharField(max_length=200)
    position = models.SmallIntegerField()

    class Meta:
        db_table = "requested_document"
        constraints = [models.UniqueConstraint(fields=["engagement", "slug"], name="document_once")]


class DocumentSpell(Spell):
    """``state``: missing, claimed_sent (the client says so), received, waived.

    ``how``: request, upload, mail, other_way, client_says.
    """

    document = models.ForeignKey(RequestedDocument, on_delete=models.CASCADE, related_name="spells")
    state = models.CharField(max_length=14)
    how = models.CharField(max_length=14)
    by = models.BigIntegerField(null=True)
    file_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "document_spell"
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(to_at__isnull=True), name="one_running_document_state"
            ),
        ]


class ReceivedFile(Row):
    """A file that reached us by upload or mail; ``document`` is null until a person says which."""

    contact_id = models.BigIntegerField(db_index=True)
    document = models.ForeignKey(RequestedDocument, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200)
    how = models.CharField(max_length=14)
    entry_file_id = models.BigIntegerField(null=True, unique=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "received_file"
