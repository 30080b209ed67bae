"""Files with clients, and what came of their rows."""

from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row

from .clients import Contact


class WaitingFile(models.Model):
    """A file of clients in the store: somebody has sent it and not yet brought it in, or it is being read."""

    stored = models.CharField(max_length=32, primary_key=True)
    put_at = models.DateTimeField(db_index=True)
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "import_waiting"


class ImportRun(Row):
    """``stored``: the file, as long as it is being read. ``done`` of ``total`` rows have been read;
    ``tries``: how often the next ones have failed. ``error``: a code of ``sentences``. Between
    ``undo_asked_at`` and ``undone_at`` the run is being taken back."""

    file_name = models.CharField(max_length=200)
    file_hash = models.BinaryField(max_length=32)
    by = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    mapping = models.JSONField(default=dict)
    declared = models.JSONField(default=dict)  # source, date and opt-out as declared by the owner (R71)
    shape = models.JSONField(default=dict)  # encoding, delimiter, header
    counts = models.JSONField(default=dict)  # outcome -> rows
    error = models.CharField(max_length=500, blank=True)
    stored = models.CharField(max_length=32, blank=True, default="", db_default="")
    total = models.IntegerField(default=0, db_default=0)
    done = models.IntegerField(default=0, db_default=0)
    tries = models.SmallIntegerField(default=0, db_default=0)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.BigIntegerField(null=True)
    undone = models.JSONField(null=True)  # what became of it -> how many; after: the last contact seen

    class Meta:
        db_table = "import_run"
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(finished_at__isnull=True), name="import_run_unfinished"
            ),
            models.Index(
                fields=["undo_asked_at"],
                condition=Q(undo_asked_at__isnull=False, undone_at__isnull=True),
                name="import_run_going_back",
            ),
        ]


class ImportRow(Row):
    """What became of a row of a file: a record, as those of consent and merging are, without keys to others
    that the database would look up for each row."""

    run = models.ForeignKey(
        ImportRun, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    number = models.IntegerField()  # line in the file, the heading is 1
    outcome = models.CharField(max_length=12)  # created, updated, merged, unchanged, refused
    raw = models.JSONField()
    reasons = models.JSONField(default=list)  # [{code, params}]
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, db_constraint=False)

    class Meta:
        db_table = "import_row"
        indexes = [models.Index(fields=["run", "outcome", "number"], name="import_row_of")]


class ImportPart(Row):
    """Rows that were read in one go. ``at``: the moment that all written then carries. ``firms``: those
    it made. ``numbered``: id of a firm that was there -> the organisation number that it got."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    at = models.DateTimeField()
    firms = models.JSONField(default=list)
    numbered = models.JSONField(default=dict)

    class Meta:
        db_table = "import_part"


class ImportTouch(Row):
    """What a part has written on a client who was there before. ``was`` and ``became``: columns and, under
    ``attributes``, single attributes. ``made`` and ``ended``: table -> ids of rows."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="touches", db_constraint=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False)
    at = models.DateTimeField()
    was = models.JSONField(default=dict)
    became = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    ended = models.JSONField(default=dict)

    class Meta:
        db_table = "import_touch"
