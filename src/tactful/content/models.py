"""Templates and their versions."""

from django.db import models

from tactful.foundation.models import Row


class Template(Row):
    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    name_nb = models.CharField(max_length=120)
    channel = models.CharField(max_length=12, default="mail")

    class Meta:
        db_table = "template"


class TemplateVersion(Row):
    """Immutable. A message fixes the version at its first handoff."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=300)
    mjml = models.TextField()
    text = models.TextField(blank=True)
    variables = models.JSONField(default=dict)  # name -> {default, kind}
    created_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    is_live = models.BooleanField(default=True)

    class Meta:
        db_table = "template_version"
        constraints = [
            models.UniqueConstraint(fields=["template", "language", "number"], name="version_number"),
        ]
