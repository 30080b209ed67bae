"""Plans by version, and how the journeys of the house stand. Versions never change, so plans are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from tactful.foundation import pg
from tactful.journeys.models import JourneySpell, JourneyVersion
from tactful.journeys.rules.definition import parse
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.plan import Plan, compile_plan

STANDING = """SELECT v.id, v.journey_id, COALESCE(v.id = j.live_version_id AND EXISTS (
        SELECT FROM journey_spell s WHERE s.journey_id = j.id AND s.kind = 'live' AND s.to_at IS NULL), false)
FROM journey_version v JOIN journey j ON j.id = v.journey_id ORDER BY v.id"""


@dataclass(frozen=True, slots=True)
class LiveJourney:
    journey_id: int
    version_id: int
    plan: Plan
    entry_events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """``live``: journeys that take entries now. ``listened``: names of the events that can move somebody
    on any version. ``begin``: of those that may begin a live journey."""

    live: tuple[LiveJourney, ...]
    listened: frozenset[str]
    begin: frozenset[str]


@lru_cache(maxsize=512)
def plan_of(version_id: int) -> Plan:
    return compile_plan(parse(JourneyVersion.objects.get(id=version_id).document))


def standing() -> Standing:
    """One small query; what follows from versions is kept."""
    rows = pg.many(STANDING)
    versions = tuple((version, journey) for version, journey, _ in rows)
    return _standing(versions, tuple(version for version, _, is_live in rows if is_live))


@lru_cache(maxsize=8)
def _standing(versions: tuple[tuple[int, int], ...], live: tuple[int, ...]) -> Standing:
    plans = {version: plan_of(version) for version, _ in versions}
    journeys = tuple(
        LiveJourney(journey, version, plans[version], events_of(plans[version].definition.entry))
        for version, journey in versions
        if version in live
    )
    return Standing(
        live=journeys,
        listened=frozenset(name for plan in plans.values() for name in plan.listens),
        begin=frozenset(name for journey in journeys for name in journey.entry_events),
    )


def resting(journey_ids: Collection[int]) -> frozenset[int]:
    """Those that are switched off: whoever walks them stands still until they are on again.

    They stay off until this transaction ends, so that nobody is laid aside behind the back of
    ``actions.switch_on``.
    """
    spells = JourneySpell.objects.running().filter(kind="paused", journey_id__in=set(journey_ids))
    if not spells.exists():
        return frozenset()
    return frozenset(spells.select_for_update().order_by("id").values_list("journey_id", flat=True))
