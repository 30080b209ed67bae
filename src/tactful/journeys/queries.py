"""Journeys and the people on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tactful.foundation import pg
from tactful.journeys.ahead import Coming, coming
from tactful.journeys.draft_reads import (
    DraftEntry,
    JourneyDraft,
    all_drafts,
    draft_entry,
    draft_of,
    has_earlier,
    has_later,
)
from tactful.journeys.figures import (
    LATE,
    ONLY,
    Choice,
    Crowd,
    Passage,
    Standing,
    chosen,
    held_among,
    how_many_stand,
    passages,
    recent_acts,
    standing,
)
from tactful.journeys.hot import crowds, objects
from tactful.journeys.models import (
    Enrolment,
    Journey,
    JourneySpell,
    JourneyTest,
    JourneyVersion,
    PeopleAct,
    Visit,
)
from tactful.journeys.plans import plan_of
from tactful.journeys.replay_queries import (
    LinePage,
    ReplayedLine,
    ReplayRun,
    Wanted,
    last_replay,
    last_replay_run,
    others_of_client,
    replay_run,
    replay_under_way,
    replayed_line,
    replayed_lines,
    replays_of,
)
from tactful.journeys.rules.plan import Plan
from tactful.journeys.stored import FailedTests, StoredRun, run_given, run_stored
from tactful.journeys.types import Definition
from tactful.kernel.spans import Span

__all__ = [
    "LATE",
    "ONLY",
    "Choice",
    "Coming",
    "Crowd",
    "DraftEntry",
    "Ended",
    "Enrolment",
    "FailedTests",
    "Journey",
    "JourneyDraft",
    "JourneyLine",
    "JourneyTest",
    "JourneyVersion",
    "LinePage",
    "ObjectFacts",
    "ObjectPast",
    "Passage",
    "PastEnrolment",
    "PeopleAct",
    "ReplayRun",
    "ReplayedLine",
    "Standing",
    "StoredRun",
    "VersionCrowd",
    "Walked",
    "Wanted",
    "all_drafts",
    "all_journeys",
    "begun_before",
    "chosen",
    "coming",
    "crowds_of_version",
    "current_definition",
    "definition_of",
    "definition_of_version",
    "draft_entry",
    "draft_of",
    "ended_by_merge",
    "enrolments",
    "has_earlier",
    "has_later",
    "held_among",
    "how_many_stand",
    "journey_by_slug",
    "journey_line",
    "journey_names",
    "last_replay",
    "last_replay_run",
    "live_definitions",
    "live_plan",
    "numbered_version",
    "object_facts",
    "object_pasts",
    "objects_between",
    "older_versions",
    "others_of_client",
    "passages",
    "past_enrolments",
    "recent_acts",
    "replay_run",
    "replay_under_way",
    "replayed_line",
    "replayed_lines",
    "replays_of",
    "run_given",
    "run_stored",
    "running_of_contact",
    "standing",
    "steps_of_visits",
    "test_of",
    "tests_of",
    "version_of",
    "walked",
]


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """``waiting``: enrolments that run. ``failing``: those that stand with an error. Both 0 where nobody
    has counted them."""

    journey: Journey
    is_on: bool
    waiting: int
    failing: int
    version: int


@dataclass(frozen=True, slots=True)
class VersionCrowd:
    """Who stands at one step of an earlier version. ``some``: the contacts of the first three. ``step``:
    empty for those who have not taken their first step yet."""

    step: str
    number: int
    some: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What is known of an object that events tell of."""

    contact_id: int | None
    fields: Mapping[str, Any]


FAILING = """SELECT journey_id, count(*) FROM enrolment
WHERE retry_at IS NOT NULL AND failures > 0 AND ended_at IS NULL GROUP BY journey_id"""
OF_VERSION = """SELECT step, count(*), (array_agg(contact_id ORDER BY id))[1:3] FROM enrolment
WHERE journey_id = %s AND version_id = %s AND ended_at IS NULL GROUP BY step"""


def all_journeys() -> list[JourneyLine]:
    on = set(JourneySpell.objects.running().filter(kind="live").values_list("journey_id", flat=True))
    rows = Journey.objects.select_related("live_version").order_by("id")
    inside = crowds.inside()
    failing: dict[int, int] = dict(pg.many(FAILING))
    return [
        JourneyLine(
            journey=row,
            is_on=row.id in on,
            waiting=inside.get(row.id, 0),
            failing=failing.get(row.id, 0),
            version=row.live_version.number if row.live_version else 0,
        )
        for row in rows
    ]


def journey_line(slug: str) -> JourneyLine | None:
    """One of ``all_journeys``, without counting who is inside."""
    row = journey_by_slug(slug)
    if row is None:
        return None
    is_on = JourneySpell.objects.running().filter(kind="live", journey=row).exists()
    return JourneyLine(row, is_on, 0, 0, row.live_version.number if row.live_version else 0)


def journey_by_slug(slug: str) -> Journey | None:
    return Journey.objects.select_related("live_version").filter(slug=slug).first()


def definition_of(journey: Journey) -> Definition:
    """The live version's definition; read once, for versions never change."""
    if journey.live_version_id is None:
        raise LookupError(f"The journey “{journey.slug}” has no version yet. Import one.")
    return plan_of(journey.live_version_id).definition


def live_definitions() -> dict[str, Definition]:
    """By slug, what every journey that is on does today."""
    on = JourneySpell.objects.running().filter(kind="live").values("journey_id")
    rows = Journey.objects.filter(id__in=on, live_version__isnull=False).order_by("slug")
    return {row.slug: plan_of(row.live_version_id).definition for row in rows if row.live_version_id}


def definition_of_version(version: JourneyVersion) -> Definition:
    return plan_of(version.id).definition


def older_versions(journey: Journey, walking: Mapping[int, int]) -> dict[JourneyVersion, int]:
    """Versions before the live one that people still walk, with their number, the newest first.
    ``walking``: how many walk each version (``Crowd.versions``)."""
    counts = {ident: count for ident, count in walking.items() if ident != journey.live_version_id}
    versions = JourneyVersion.objects.filter(id__in=counts).order_by("-number") if counts else ()
    return {version: counts[version.id] for version in versions}


def version_of(journey: Journey, number: int) -> JourneyVersion | None:
    return journey.versions.filter(number=number).first()


def crowds_of_version(version: JourneyVersion) -> list[VersionCrowd]:
    """In the order of the version's steps."""
    places = {step.id: place for place, step in enumerate(plan_of(version.id).definition.steps)}
    rows = pg.many(OF_VERSION, [version.journey_id, version.id])
    found = [VersionCrowd(step, number, tuple(some)) for step, number, some in rows]
    return sorted(found, key=lambda crowd: places.get(crowd.step, -1))


def running_in(journey_id: int, enrolment_ids: Collection[int]) -> list[int]:
    """Those of ``enrolment_ids`` that run in this journey."""
    rows = Enrolment.objects.filter(journey_id=journey_id, id__in=enrolment_ids, ended_at=None)
    return list(rows.values_list("id", flat=True))


def enrolments(
    *,
    journey_id: int | None = None,
    contact_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Enrolment]:
    """The newest first, ended ones too. ``before``: the id of the last one of the page before."""
    rows = Enrolment.objects.select_related("journey", "version")
    if journey_id is not None:
        rows = rows.filter(journey_id=journey_id)
    if contact_id is not None:
        rows = rows.filter(contact_id=contact_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def running_of_contact(contact_id: int) -> list[Enrolment]:
    rows = Enrolment.objects.filter(contact_id=contact_id, ended_at=None)
    return list(rows.select_related("journey", "version").order_by("due_at", "id"))


def journey_names(enrolment_ids: Collection[int]) -> dict[int, Journey]:
    rows = Enrolment.objects.filter(id__in=enrolment_ids).select_related("journey__live_version")
    return {row.id: row.journey for row in rows}


def current_definition(enrolment: Enrolment) -> Definition:
    """The definition of the version that this client walks."""
    return plan_of(enrolment.version_id).definition


PAST = ("id", "contact_id", "entry_key", "trigger_id", "entered_at", "ended_at")


class PastEnrolment(NamedTuple):
    id: int
    contact_id: int
    entry_key: str
    trigger_id: int
    entered_at: datetime
    ended_at: datetime | None


def past_enrolments(journey_id: int, contact_ids: Collection[int]) -> list[PastEnrolment]:
    """Everybody among these who ever walked it, the first beginning first."""
    rows = Enrolment.objects.filter(journey_id=journey_id, contact_id__in=contact_ids)
    return [PastEnrolment(*row) for row in rows.order_by("entered_at", "id").values_list(*PAST)]


def steps_of_visits(enrolment_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The step of each visit that is over, by (enrolment, visit)."""
    rows = Visit.objects.filter(enrolment_id__in=enrolment_ids).values_list("enrolment_id", "visit", "step")
    return {(enrolment, visit): step for enrolment, visit, step in rows}


def live_plan(slug: str) -> tuple[int, Plan | None] | None:
    """The id of a journey and the plan of its live version; None if there is no such journey."""
    journey = Journey.objects.filter(slug=slug).first()
    if journey is None:
        return None
    return journey.id, plan_of(journey.live_version_id) if journey.live_version_id else None


def tests_of(journey_id: int) -> list[JourneyTest]:
    return list(JourneyTest.objects.filter(journey_id=journey_id).order_by("name"))


def test_of(slug: str, test_id: int) -> JourneyTest | None:
    return JourneyTest.objects.select_related("journey").filter(id=test_id, journey__slug=slug).first()


@dataclass(frozen=True, slots=True)
class Walked:
    """Where one visit stood. ``plan``: of the version that was walked."""

    journey_id: int
    enrolment: PastEnrolment
    step: str
    plan: Plan


def walked(enrolment_id: int, visit: int) -> Walked | None:
    row = Enrolment.objects.filter(id=enrolment_id).first()
    if row is None:
        return None
    found = Visit.objects.filter(enrolment_id=row.id, visit=visit).values_list("step", flat=True).first()
    past = PastEnrolment(row.id, row.contact_id, row.entry_key, row.trigger_id, row.entered_at, row.ended_at)
    return Walked(row.journey_id, past, found or row.step, plan_of(row.version_id))


def numbered_version(slug: str, number: int) -> JourneyVersion | None:
    return JourneyVersion.objects.filter(journey__slug=slug, number=number).first()


def object_facts(named: Collection[tuple[str, str]], at: datetime) -> dict[tuple[str, str], ObjectFacts]:
    """By (``appointment``, ``17``): the client and the fields of each object that was ever told of, as
    they stood at a moment; no fields when it is off."""
    return {each: ObjectFacts(*found) for each, found in objects.values_at(named, at).items()}


def objects_between(kind: str, since: datetime, until: datetime) -> dict[int, list[str]]:
    """By contact, the keys of the objects of this kind that were known of in a stretch of time."""
    return objects.between(kind, since, until)


class ObjectPast(NamedTuple):
    """One field of an object for some time."""

    span: Span
    contact_id: int | None
    field: str
    value: Any


def object_pasts(named: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[ObjectPast]]:
    """All that was ever known of each object that was ever told of, the oldest first."""
    return {
        each: [
            ObjectPast(Span(row.from_at, row.to_at, row.recorded_at, row.end_recorded_at), row.contact_id,
                       row.field, row.value)
            for row in rows
        ]
        for each, rows in objects.pasts(named).items()
    }  # fmt: skip


STANDS_IN = """SELECT id FROM enrolment
WHERE journey_id = %(journey)s AND contact_id = ANY(%(contacts)s::bigint[])
    AND ((step <> '' AND wait_since < %(since)s)
    OR EXISTS (SELECT FROM visit WHERE enrolment_id = enrolment.id AND visit.at < %(since)s))"""


def begun_before(journey_id: int, contact_ids: Collection[int], since: datetime) -> set[int]:
    """Enrolments of these contacts that had taken their first step by then."""
    params = {"journey": journey_id, "contacts": pg.numbers(contact_ids), "since": since}
    return {ident for (ident,) in pg.many(STANDS_IN, params)}


class Ended(NamedTuple):
    slug: str
    entry_key: str
    step: str


def ended_by_merge(contact_id: int, at: datetime) -> list[Ended]:
    """Walks that ended because two clients, who were both on the way, became this one at that moment."""
    rows = Enrolment.objects.filter(contact_id=contact_id, end_reason="merged", ended_at=at).order_by("id")
    return [Ended(*row) for row in rows.values_list("journey__slug", "entry_key", "step")]
