"""Journeys and the people on them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from tactful.journeys.models import Enrolment, Journey, JourneySpell
from tactful.journeys.plans import plan_of
from tactful.journeys.rules.definition import parse
from tactful.journeys.types import Definition

__all__ = [
    "Enrolment",
    "Journey",
    "JourneyLine",
    "StepCrowd",
    "all_journeys",
    "crowds",
    "current_definition",
    "definition_of",
    "journey_by_slug",
    "journey_names",
    "running_of_contact",
    "standing_at",
]


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """``waiting``: enrolments that run. ``failing``: those that stand with an error."""

    journey: Journey
    is_on: bool
    waiting: int
    failing: int
    version: int


@dataclass(frozen=True, slots=True)
class StepCrowd:
    """Who stands at one step of one version: how many, and the latest moment at which one moves on."""

    step: str
    number: int
    until: datetime | None


NOBODY = (0, 0)


def all_journeys() -> list[JourneyLine]:
    on = set(JourneySpell.objects.running().filter(kind="live").values_list("journey_id", flat=True))
    rows = Journey.objects.select_related("live_version").order_by("id")
    running = {
        row["journey_id"]: (row["waiting"], row["failing"])
        for row in Enrolment.objects.filter(ended_at=None)
        .values("journey_id")
        .annotate(waiting=Count("id"), failing=Count("id", filter=Q(failures__gt=0)))
    }
    return [
        JourneyLine(
            journey=row,
            is_on=row.id in on,
            waiting=running.get(row.id, NOBODY)[0],
            failing=running.get(row.id, NOBODY)[1],
            version=row.live_version.number if row.live_version else 0,
        )
        for row in rows
    ]


def journey_by_slug(slug: str) -> Journey | None:
    return Journey.objects.select_related("live_version").filter(slug=slug).first()


def definition_of(journey: Journey) -> Definition:
    """The live version's definition."""
    if journey.live_version is None:
        raise LookupError(f"The journey “{journey.slug}” has no version yet. Import one.")
    return parse(journey.live_version.document)


def crowds(journey_id: int) -> dict[str, StepCrowd]:
    """By step, over all versions that people still walk."""
    rows = (
        Enrolment.objects.filter(journey_id=journey_id, ended_at=None)
        .values("step")
        .annotate(number=Count("id"), until=Max("due_at"), first=Min("due_at"))
    )
    return {row["step"]: StepCrowd(row["step"], row["number"], row["until"]) for row in rows}


def standing_at(journey_id: int, step: str, limit: int = 100) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(journey_id=journey_id, step=step, ended_at=None).order_by("due_at", "id")[
        :limit
    ]


def running_in(journey_id: int, enrolment_ids: Collection[int]) -> list[int]:
    """Those of ``enrolment_ids`` that run in this journey."""
    rows = Enrolment.objects.filter(journey_id=journey_id, id__in=enrolment_ids, ended_at=None)
    return list(rows.values_list("id", flat=True))


def running_of_contact(contact_id: int) -> list[Enrolment]:
    rows = Enrolment.objects.filter(contact_id=contact_id, ended_at=None)
    return list(rows.select_related("journey", "version").order_by("due_at", "id"))


def journey_names(enrolment_ids: Collection[int]) -> dict[int, Journey]:
    rows = Enrolment.objects.filter(id__in=enrolment_ids).select_related("journey__live_version")
    return {row.id: row.journey for row in rows}


def current_definition(enrolment: Enrolment) -> Definition:
    """The definition of the version that this client walks."""
    return plan_of(enrolment.version_id).definition
