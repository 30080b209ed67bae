"""The stored tests of every recipe, told with the real gate, in a house that is always open."""

from typing import Any

import pytest

from tactful.journeys import recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.expected import differences, read_expected
from tactful.journeys.rules.given import read_given, scene_of
from tactful.journeys.rules.plan import compile_plan
from tactful.journeys.rules.story import tell
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, TouchpointView

OPEN = {"quiet_from": "00:00", "quiet_to": "00:00", "quiet_weekdays": [], "quiet_holidays": False,
        "contact_day": 99, "contact_week": 99}  # fmt: skip
POINTS = {
    row.slug: TouchpointView(1, row.slug, 1, Line.STRUCTURAL, row.message_class, None, row.slug, row.slug)
    for row in suggestions()
}
TESTS = [(slug, test) for slug in recipes.names() for test in recipes.notes(slug).tests]


@pytest.mark.parametrize(
    ("slug", "test"), TESTS, ids=[f"{slug}: {test['name']['en']}" for slug, test in TESTS]
)
def test_a_recipe_keeps_its_word(slug: str, test: dict[str, Any]) -> None:
    plan, document = compile_plan(read(recipes.text(slug))), {**test["given"], "house": OPEN}
    given = read_given(document)
    tale = tell(scene_of(plan, given, POINTS), given.told, given.until, given.taken)
    assert differences(read_expected(test["expected"]), tale) == ()
