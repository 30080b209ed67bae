"""Journeys, their versions, and the people who walk them (ENGINE.md, "Journeys")."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tactful.foundation.models import Row, Spell

PAUSED = datetime(9999, 2, 1, tzinfo=UTC)
"""What ``retry_at`` says of those whom a person has paused."""


class Journey(Row):
    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=120)
    name_nb = models.CharField(max_length=120)
    live_version = models.ForeignKey("JourneyVersion", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "journey"


class JourneyVersion(Row):
    """Immutable. An enrolment keeps the version that it entered."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    source = models.TextField(blank=True)  # the YAML as it was given
    created_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journey_version"
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="journey_version_no")]


class JourneySpell(Spell):
    """When a journey was live (entries are taken); existing enrolments go on or rest by choice."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, default="live")  # live, paused
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "journey_spell"


class Enrolment(Row):
    """One contact (and key, e.g. an engagement) on a pinned version.

    ``phase``: ready, waiting, waiting_event, sending, task, ended.
    ``due_at``: when time moves it, by the business clock; nothing but ``step`` sets it. ``wait_since``
    bounds the re-reading of events. ``retry_at``: it could not be moved, or its journey rests; time waits
    until then (machine clock), and then it hears again what the log has had for it since its step began.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, db_index=False)  # leads three keys below
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, db_index=False)
    contact_id = models.BigIntegerField()
    entry_key = models.CharField(max_length=80, default="")
    entry_no = models.IntegerField(default=1)
    trigger_id = models.BigIntegerField()
    step = models.CharField(max_length=60)
    visit = models.IntegerField(default=0)
    phase = models.CharField(max_length=14)
    due_at = models.DateTimeField(null=True)
    wait_event = models.CharField(max_length=80, null=True)
    wait_match = models.JSONField(null=True)
    wait_since = models.DateTimeField(null=True)
    context = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)
    retry_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "enrolment"
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "contact_id", "entry_key"],
                condition=Q(ended_at__isnull=True),
                name="one_running_enrolment",
            ),
            models.UniqueConstraint(
                fields=["journey", "contact_id", "entry_key", "entry_no"], name="entry_number_once"
            ),
            models.UniqueConstraint(
                fields=["journey", "contact_id", "entry_key", "trigger_id"], name="trigger_once"
            ),
        ]
        indexes = [
            models.Index(fields=["retry_at"], name="enrolment_retry", condition=Q(retry_at__isnull=False)),
            models.Index(fields=["contact_id"], name="enrolment_running", condition=Q(ended_at__isnull=True)),
        ]

    @property
    def is_paused(self) -> bool:
        """By a person, until a person lets it go on (``hot.rows.PAUSED``)."""
        return self.retry_at is not None and self.retry_at >= PAUSED


class Alarm(models.Model):
    """When time moves an enrolment that is not apart: an index of ``enrolment`` made by hand.

    An index of PostgreSQL's own would give every row that moves a new entry in all the others as well, six
    for one. Triggers keep it, as they keep ``CrowdChange``, whoever writes (migration 0006).
    """

    pk = models.CompositePrimaryKey("due_at", "enrolment_id")
    due_at = models.DateTimeField()
    enrolment_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    step = models.CharField(max_length=60)

    class Meta:
        db_table = "enrolment_alarm"
        indexes = [models.Index(fields=["journey_id", "step", "due_at"], name="alarm_of_step")]


class CrowdChange(models.Model):
    """How many have come to a step, or gone from it when ``number`` is below zero. All of them together say
    how many run; ``hot.crowds`` adds them up from time to time."""

    id = models.BigAutoField(primary_key=True)
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    step = models.CharField(max_length=60)
    number = models.IntegerField()

    class Meta:
        db_table = "enrolment_crowd"
        indexes = [models.Index(fields=["journey_id"], name="crowd_of_journey")]


class ObjectFact(Spell):
    """What is known of an object (an appointment, an order) that the house has no table for: a field and
    its value over time, as the events ``<object>.dated``, ``.moved`` and ``.cancelled`` tell it (R28)."""

    kind = models.CharField(max_length=40)  # appointment
    key = models.CharField(max_length=80)
    field = models.CharField(max_length=80)  # starts_at
    value = models.JSONField(null=True)
    contact_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "object_fact"
        indexes = [
            models.Index(fields=["kind", "key"], name="object_fact_of"),
            models.Index(fields=["contact_id"], name="object_fact_contact"),
        ]


class JourneySweep(models.Model):
    """How far a journey that begins by the calendar has looked for its clients: ``day`` is looked through
    up to the contact ``after``, or wholly if ``done``."""

    journey = models.OneToOneField(Journey, primary_key=True, on_delete=models.CASCADE)
    version_id = models.BigIntegerField()
    day = models.DateField()
    after = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        db_table = "journey_sweep"


class WebhookCall(Row):
    """What another system is to be told, once. Its id is the idempotency key. ``not_before``, ``lease``:
    machine clock. ``state``: queued, done, dead."""

    enrolment_id = models.BigIntegerField()
    visit = models.IntegerField()
    contact_id = models.BigIntegerField()
    url = models.CharField(max_length=500)
    body = models.JSONField(default=dict)
    wanted_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="queued")
    attempt = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField()
    status = models.SmallIntegerField(null=True)  # of HTTP, of the last attempt
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "webhook_call"
        constraints = [models.UniqueConstraint(fields=["enrolment_id", "visit"], name="one_call_a_visit")]
        indexes = [
            models.Index(fields=["not_before"], name="webhook_call_due", condition=Q(state="queued")),
        ]


class Visit(models.Model):
    """One stay at one step; the record of what a client walked through."""

    pk = models.CompositePrimaryKey("enrolment_id", "visit")
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="visits",
        db_index=False,  # the primary key begins with it
        db_constraint=False,  # written in the transaction of its enrolment
    )
    visit = models.IntegerField()
    step = models.CharField(max_length=60)
    at = models.DateTimeField()
    result = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "visit"


class JourneyTest(Row):
    """What must come of a journey for one client. ``document``: what is given (``rules.given``);
    ``expected``: lines (``rules.expected``). ``origin``: hand, simulation, message (a real one)."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="tests")
    name = models.CharField(max_length=160)
    document = models.JSONField()
    expected = models.JSONField()
    origin = models.CharField(max_length=12, default="hand")
    message_id = models.BigIntegerField(null=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "journey_test"
        constraints = [models.UniqueConstraint(fields=["journey", "name"], name="journey_test_name")]


class JourneyDraft(Row):
    """The next version of a journey in the making, one for each journey. ``text``: its YAML, which may be
    unfinished. ``place``: the entry of its history that is shown. ``revision`` counts every change, undoing
    among them: whoever writes names the one that he saw. ``base``: the version that it began from."""

    journey = models.OneToOneField(Journey, on_delete=models.CASCADE, related_name="draft")
    text = models.TextField()
    place = models.IntegerField(default=1)
    revision = models.IntegerField(default=1)
    base = models.ForeignKey(JourneyVersion, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "journey_draft"


class DraftEntry(Row):
    """One text that a draft has had. ``said``: what was done to come to it, as ``drafts.Did``."""

    draft = models.ForeignKey(JourneyDraft, on_delete=models.CASCADE, related_name="entries")
    number = models.IntegerField()
    text = models.TextField()
    said = models.JSONField(default=dict)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "journey_draft_entry"
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draft_entry_number")]


class ReplayRun(Row):
    """A definition over the past, in the background. ``digest``: of the definition, so that a draft finds
    what was told of it. ``state``: queued, running, done, failed, cancelled. ``beat_at``: the last sign of
    life by the machine clock. ``interrupted``: how often it had to begin anew."""

    slug = models.CharField(max_length=60)
    version = models.IntegerField(null=True)  # of a version; a draft has none
    draft = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    document = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    asked_at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default="queued")
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)  # machine clock
    beat_at = models.DateTimeField(null=True)  # machine clock
    finished_at = models.DateTimeField(null=True)
    interrupted = models.SmallIntegerField(default=0)
    summary = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "replay_run"
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=("queued", "running")), name="one_replay_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["slug", "digest"], name="replay_run_of")]


class ReplayedLine(models.Model):
    """One line of a replay: a message of the draft, one that only the past has, a task, or the place from
    which nobody knows. ``marks``: the lists in which it stands. ``body``: as ``rules.replay_lines`` says."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(ReplayRun, on_delete=models.CASCADE, db_index=False, related_name="lines")
    number = models.IntegerField()
    contact_id = models.BigIntegerField()
    at = models.DateTimeField()
    marks = ArrayField(models.CharField(max_length=40))
    body = models.JSONField()

    class Meta:
        db_table = "replayed_line"
        indexes = [
            GinIndex(fields=["marks"], name="replayed_line_marks", fastupdate=False),
            models.Index(fields=["run", "contact_id"], name="replayed_line_of"),
        ]


class PeopleAct(Row):
    """What was asked of people on a journey (``journeys.actions.undoable``). ``enrolments``: all who are
    meant. ``rested``: those of them who rest only until ``due_at``. ``reached``: how many of them it did
    something for, once ``done_at``.

    ``passage``: of a change to another version, which is too large for a list of ids: the versions ``from``
    and ``to``, the map ``steps``, how many are ``meant``, and once it has begun ``after`` whom it goes on."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE)
    what = models.CharField(max_length=10)  # move, skip, take_out, pause, version
    step = models.CharField(max_length=60, blank=True)
    enrolments = ArrayField(models.BigIntegerField())
    rested = ArrayField(models.BigIntegerField())
    by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    reached = models.IntegerField(null=True)
    passage = models.JSONField(null=True)

    class Meta:
        db_table = "people_act"

    @property
    def meant(self) -> int:
        return len(self.enrolments) if self.passage is None else int(self.passage["meant"])

    @property
    def is_under_way(self) -> bool:
        """It goes on from thousand to thousand, and is taken back no more."""
        return self.done_at is None and self.reached is not None
