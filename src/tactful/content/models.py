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
    blocks = models.JSONField(
        null=True
    )  # ``rules.letters.blocks``: what the MJML was written from, if it was
    created_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    is_live = models.BooleanField(default=True)

    class Meta:
        db_table = "template_version"
        constraints = [
            models.UniqueConstraint(fields=["template", "language", "number"], name="version_number"),
        ]


class TypesetVersion(Row):
    """A version in the frame of a brand, as it was when a mail was first built of it. Immutable, so that
    mails in retry stay what they were when an upgrade has changed the frame. ``frame``: a digest of the
    brand; ``body``: ``rules.typeset``; ``own_line``: with a place for a person's own line on top."""

    version = models.ForeignKey(TemplateVersion, on_delete=models.CASCADE, related_name="typeset")
    frame = models.CharField(max_length=32)
    own_line = models.BooleanField(default=False)
    body = models.JSONField()

    class Meta:
        db_table = "template_typeset"
        constraints = [
            models.UniqueConstraint(fields=["version", "frame", "own_line"], name="one_typeset_each"),
        ]


class LetterPicture(Row):
    """A picture that stands in letters, for everybody to fetch. It stays: mails that have gone ask for it."""

    stored = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=3)  # png or jpg
    digest = models.BinaryField(max_length=32, unique=True)  # SHA-256
    width = models.IntegerField()
    height = models.IntegerField()
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "letter_picture"


class LetterDraft(Row):
    """The next version of a letter in the making, in all its languages. ``body``: ``rules.letters.letter``.
    ``place``: the entry of its history that is shown. ``revision`` counts every change, undoing among them:
    whoever writes names the one that he saw."""

    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    name_nb = models.CharField(max_length=120)
    body = models.JSONField()
    place = models.IntegerField(default=1)
    revision = models.IntegerField(default=1)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "letter_draft"


class LetterEntry(Row):
    """One state that a draft has had."""

    draft = models.ForeignKey(LetterDraft, on_delete=models.CASCADE, related_name="entries")
    number = models.IntegerField()
    body = models.JSONField()
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "letter_entry"
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="letter_entry_number")]
