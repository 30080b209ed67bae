"""Stored tests run: at each publish, from the command line, and from a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tactful.journeys.models import JourneyTest
from tactful.journeys.rules.expected import Difference, Line, differences, read_expected
from tactful.journeys.rules.given import read_given, scene_of
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Tale
from tactful.journeys.types import Definition
from tactful.touchpoints import queries as touchpoints
from tactful.touchpoints.types import TouchpointView


@dataclass(frozen=True, slots=True)
class StoredRun:
    """``differences``: empty when it passes; ``rules.expected`` names their codes."""

    test_id: int
    name: str
    differences: tuple[Difference, ...]

    @property
    def passes(self) -> bool:
        return not self.differences


class FailedTests(ValueError):
    """Stored tests say no; ``runs`` are those that do not pass."""

    def __init__(self, runs: tuple[StoredRun, ...]) -> None:
        names = ", ".join(f"“{run.name}”" for run in runs)
        super().__init__(f"Stored tests do not pass: {names}. Change the journey, or the test.")
        self.runs = runs


def run_stored(journey_id: int, definition: Definition) -> list[StoredRun]:
    """Every stored test of a journey on a definition, by name."""
    rows = list(JourneyTest.objects.filter(journey_id=journey_id).order_by("name"))
    if not rows:
        return []
    plan, points = compile_plan(definition), touchpoints.views_of_all()
    return [StoredRun(row.id, row.name, _run(plan, points, row.document, row.expected)) for row in rows]


def run_given(
    definition: Definition, document: Mapping[str, Any], expected: Sequence[Mapping[str, Any]] | None = None
) -> tuple[Tale, tuple[Difference, ...]]:
    """A simulation: what comes of a document, and how that differs from what is expected, if anything is.
    Raises ``NotGiven``."""
    tale = _told(compile_plan(definition), touchpoints.views_of_all(), document)
    return tale, () if expected is None else differences(read_expected(expected), tale)


def _run(
    plan: Plan,
    points: Mapping[str, TouchpointView],
    document: Mapping[str, Any],
    expected: Sequence[Mapping[str, Any]],
) -> tuple[Difference, ...]:
    """A test that cannot be told does not pass; it stops nobody who looks at the others."""
    try:
        return differences(read_expected(expected), _told(plan, points, document))
    except Exception as error:  # noqa: BLE001, whatever somebody wrote into it
        return (Difference("trouble", Line("", ""), found=f"{type(error).__name__}: {error}"[:200]),)


def _told(plan: Plan, points: Mapping[str, TouchpointView], document: Mapping[str, Any]) -> Tale:
    given = read_given(document)
    return tell(scene_of(plan, given, points), given.told, given.until, given.taken)
