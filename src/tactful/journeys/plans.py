"""Compiled plans by version, and which journeys are live. Versions never change, so plans are kept."""

from dataclasses import dataclass
from functools import lru_cache

from tactful.journeys.models import JourneySpell, JourneyVersion
from tactful.journeys.rules.definition import parse
from tactful.journeys.rules.plan import Plan, compile_plan, entry_event


@dataclass(frozen=True, slots=True)
class LiveJourney:
    journey_id: int
    version_id: int
    plan: Plan
    entry_event: str | None


@lru_cache(maxsize=512)
def plan_of(version_id: int) -> Plan:
    return compile_plan(parse(JourneyVersion.objects.get(id=version_id).document))


def live_journeys() -> list[LiveJourney]:
    """Journeys that take entries now."""
    rows = JourneySpell.objects.running().filter(kind="live", journey__live_version__isnull=False)
    pairs = rows.values_list("journey_id", "journey__live_version_id")
    return [
        LiveJourney(journey, version, plan, entry_event(plan.definition))
        for journey, version in pairs
        if version is not None
        for plan in (plan_of(version),)
    ]


def resting_journeys() -> list[int]:
    """Journeys that are switched off: those who walk them stand still until it is on again."""
    return list(JourneySpell.objects.running().filter(kind="paused").values_list("journey_id", flat=True))
