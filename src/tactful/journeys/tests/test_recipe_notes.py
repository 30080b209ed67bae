"""What stands beside each recipe: notes in both languages, stored tests that hold, and the owner's page."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tactful.journeys import recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.plan import compile_plan
from tactful.journeys.tests.told import expected, forbidden, fullest_week, run
from tactful.journeys.types import Send, Text
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import MessageClass

SLUGS = recipes.names()
PLANS = {slug: compile_plan(read(recipes.text(slug))) for slug in SLUGS}
NOTES = {slug: recipes.notes(slug) for slug in SLUGS}
TESTS = [(slug, test) for slug in SLUGS for test in NOTES[slug].tests]
OPTIONAL = frozenset({MessageClass.RELATIONSHIP, MessageClass.MARKETING})
COUNTING = frozenset(each.slug for each in suggestions() if each.message_class in OPTIONAL)
RAW = re.compile(r"\w[._]\w")
"""Names of events and fields, which are for programs and not for owners."""
PAGE = Path(__file__).parents[4] / "docs" / "journeys.md"

each_recipe = pytest.mark.parametrize("slug", SLUGS)
each_test = pytest.mark.parametrize(
    ("slug", "test"), TESTS, ids=[f"{slug}: {test['name']['en']}" for slug, test in TESTS]
)


@each_recipe
def test_its_notes_speak_both_languages(slug: str) -> None:
    told = NOTES[slug]
    words = [told.when_not, *told.needs, *(Text(**test["name"]) for test in told.tests)]
    assert all(text.en.strip() and text.nb.strip() and text.en != text.nb for text in words)
    assert len(told.when_not.en) > 80, "a paragraph, not a word"
    assert told.needs
    assert not [text.en for text in (told.when_not, *told.needs) if RAW.search(f"{text.en} {text.nb}")]
    assert all(RAW.search(name) for name in told.tells)
    assert told.trades
    assert set(told.trades) <= set(recipes.TRADES)
    assert 2 <= len(told.tests) <= 4
    assert any(test["given"]["client"]["language"] == "nb" for test in told.tests)
    assert any(test["given"]["client"]["language"] == "en" for test in told.tests)


@each_test
def test_a_stored_test_holds(slug: str, test: Mapping[str, Any]) -> None:
    came = run(PLANS[slug], test)
    assert came.lines == expected(test)
    assert came.ended == test.get("ends", came.ended)


@each_test
def test_a_stored_test_says_of_every_message_if_it_comes(slug: str, test: Mapping[str, Any]) -> None:
    """Silence is expected by name, so a test that expects nothing at all still asks something."""
    sends = {step.id for step in PLANS[slug].definition.steps if isinstance(step, Send)}
    assert {step for kind, step, _ in expected(test) if kind == "message"} | forbidden(test) == sends
    assert test["expected"] or not sends


@each_test
def test_nobody_gets_more_than_two_in_a_week_that_they_do_not_wait_for(
    slug: str, test: Mapping[str, Any]
) -> None:
    assert fullest_week(run(PLANS[slug], test).sent, COUNTING) <= 2


@each_recipe
def test_every_recipe_is_seen_to_act_and_to_hold_its_tongue(slug: str) -> None:
    counts = [len(expected(test)) for test in NOTES[slug].tests]
    silent = [test for test in NOTES[slug].tests if forbidden(test) or not expected(test)]
    assert max(counts) >= 1
    assert silent or slug == "appointment-reminders"


def test_a_test_that_expects_something_else_fails() -> None:
    """The runner itself: it sees a message that is missing, one too many, and another clock."""
    test = NOTES["quote-follow-up"].tests[0]
    came = run(PLANS["quote-follow-up"], test)
    lines = expected(test)
    assert came.lines == lines != expected({**test, "expected": test["expected"][:1]})
    given = test["given"]
    elsewhere = {**test, "given": {**given, "client": {**given["client"], "zone": "America/New_York"}}}
    assert run(PLANS["quote-follow-up"], elsewhere).lines != lines
    accepted = {"name": "quote.accepted", "at": "2027-03-05T12:00:00+01:00", "data": {"quote": "88"}}
    sooner = {**test, "given": {**given, "events": [*given["events"], accepted]}}
    assert [step for _, step, _ in run(PLANS["quote-follow-up"], sooner).lines] == ["thanks"]


@each_recipe
def test_the_owners_page_tells_of_it(slug: str) -> None:
    """The page repeats when not to use it and what it needs, word for word."""
    page = " ".join(PAGE.read_text("utf-8").split())
    told = NOTES[slug]
    assert f"#### {PLANS[slug].definition.name.en} `{slug}` · " in page
    assert f"**When not.** {told.when_not.en}" in page
    assert f"**Needs.** {' '.join(need.en for need in told.needs)}" in page
    for name, fields in told.tells.items():
        assert (f"`{name}` ({', '.join(fields)})" if fields else f"`{name}`") in page


def test_the_owners_page_tells_of_nothing_else() -> None:
    page = PAGE.read_text("utf-8").splitlines()
    assert len([line for line in page if line.startswith("#### ")]) == len(SLUGS)
