"""The map of places where the business talks to a client, and on which side of the line each stands."""

from django.db import models

from tactful.foundation.models import Row, User


class Touchpoint(Row):
    """Score of a structural candidate: frequency x friction x clarity, each 1 to 5.

    ``current`` points at the newest revision; the handoff joins it, so that an old structural
    revision never lets a message pass.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    name_nb = models.CharField(max_length=120)
    moment_en = models.CharField(max_length=300, blank=True)
    moment_nb = models.CharField(max_length=300, blank=True)
    phase = models.CharField(max_length=20)  # finding, starting, working, happens, year_end, staying
    position = models.SmallIntegerField()
    channel = models.CharField(max_length=12, default="mail")
    message_class = models.CharField(max_length=12)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    promise = models.CharField(max_length=200, blank=True)
    frequency = models.SmallIntegerField(default=1)
    friction = models.SmallIntegerField(default=1)
    clarity = models.SmallIntegerField(default=1)
    suggested_line = models.CharField(max_length=12, blank=True)
    allow = models.JSONField(default=list)  # gate checks that this touchpoint may pass
    preview_hours = models.SmallIntegerField(default=0, db_default=0)  # shown to a person so long before
    last_reviewed_at = models.DateTimeField(null=True)
    current = models.ForeignKey(
        "TouchpointRevision", null=True, on_delete=models.PROTECT, related_name="current_of"
    )

    class Meta:
        db_table = "touchpoint"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(frequency__range=(1, 5), friction__range=(1, 5), clarity__range=(1, 5)),
                name="scores_are_1_to_5",
            ),
        ]

    @property
    def score(self) -> int:
        return self.frequency * self.friction * self.clarity


class TouchpointRevision(Row):
    """Immutable: a move across the line is a new row with its reason and its author."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="revisions")
    line = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "touchpoint_revision"
        constraints = [models.UniqueConstraint(fields=["id", "line"], name="revision_and_line")]


class HumanTouch(Row):
    """What a person did to one message before it went out: a line of their own on top, or a stop.

    ``message_key``: the message as it was seen (``visit:17:3:`` and a mark of its touchpoint and template),
    so that nothing is done to another one. ``by``: whose words these are.
    """

    message_key = models.CharField(max_length=200, unique=True)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="touches")
    contact_id = models.BigIntegerField()
    line = models.CharField(max_length=500, blank=True)
    stopped = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        db_table = "human_touch"
        indexes = [models.Index(fields=["contact_id"], name="human_touch_contact")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stopped=True) ^ ~models.Q(line=""), name="a_line_or_a_stop"
            ),
        ]


class LineComment(Row):
    """What somebody who works here thinks of where a touchpoint stands, before it moves."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        db_table = "line_comment"
        indexes = [models.Index(fields=["touchpoint", "at"], name="line_comment_thread")]
