"""Recipes of ours in an empty house."""

import pytest

from tactful.content import queries as content
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.templates_seed import load_seed_templates
from tactful.gate.types import UNKNOWN
from tactful.journeys import queries, recipes
from tactful.journeys.rules.checks import Surroundings, run_checks
from tactful.touchpoints import actions as touchpoints
from tactful.touchpoints import queries as the_map
from tactful.touchpoints.types import Line
from tactful.wiring.object_facts import load
from tactful.wiring.recipes import take_in
from tactful.wiring.tests.cast import Cast


@pytest.mark.parametrize("slug", recipes.names())
def test_a_recipe_comes_with_all_that_it_needs_and_decides_nothing(cast: Cast, slug: str) -> None:
    version = take_in(slug, by=cast.owner, now=cast.now)
    assert take_in(slug, by=cast.owner, now=cast.now) == version
    line = next(line for line in queries.all_journeys() if line.journey.slug == slug)
    assert not line.is_on
    for row in the_map.on_the_map().filter(current__line=Line.UNDECIDED):
        suggested = Line(row.suggested_line)
        touchpoints.decide(row.id, suggested, "As suggested", owner_id=cast.owner.id,
                           acting_user=cast.owner.id, now=cast.now)  # fmt: skip
    views = the_map.views([row.slug for row in the_map.on_the_map()])
    around = Surroundings(views, content.languages_by_slug())
    found = run_checks(queries.definition_of(line.journey), around)
    assert [finding for checked in found for finding in checked.findings] == []


def test_words_of_our_own_stay(cast: Cast) -> None:
    seed = next(each for each in load_seed_templates() if (each.slug, each.language) == ("visit-care", "nb"))
    ours = publish_template(
        NewTemplate(seed.slug, "Ours", "Vår", seed.source), acting_user=cast.owner.id, now=cast.now
    )
    take_in("visit-care-and-review", by=cast.owner, now=cast.now)
    assert content.live_version("visit-care", "nb").id == ours.id
    assert content.languages_by_slug()["visit-care"] == {"en", "nb"}


def test_what_nobody_should_be_wooed_after_is_known(cast: Cast) -> None:
    keys = ("contact.complained_lately", "contact.bereaved")
    asked = [(cast.liv.id, key) for key in keys]
    assert list(load(asked, cast.now).values()) == [False, False]
    cast.writes("I am very disappointed and want to make a complaint about the invoice")
    assert load(asked, cast.now)[asked[0]] is True
    assert load([(12345, keys[0])], cast.now) == {(12345, keys[0]): UNKNOWN}
