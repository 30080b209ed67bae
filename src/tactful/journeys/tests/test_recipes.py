"""The recipe library: every journey is whole in both languages, passes every check and reads well."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tactful.content.rules.compile import compile_mail
from tactful.content.templates_seed import LANGUAGES, SeedTemplate, footer_words, load_seed_templates
from tactful.content.types import Brand, VariableKind
from tactful.journeys import recipes
from tactful.journeys.rules.checks import Surroundings, run_checks
from tactful.journeys.rules.conditions import refs
from tactful.journeys.rules.definition import read, write
from tactful.journeys.rules.graph import all_refs
from tactful.journeys.sentences import StepLine, around, describe
from tactful.journeys.types import (
    DateEntry,
    Definition,
    Delay,
    EventEntry,
    Ref,
    Send,
    Source,
    Task,
    Wait,
    WaitFor,
)
from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.types import Line, TouchpointView

SLUGS = recipes.names()
RECIPES = {slug: read(recipes.text(slug)) for slug in SLUGS}
NOTES = {slug: recipes.notes(slug) for slug in SLUGS}
TOUCHPOINTS = {each.slug: each for each in suggestions()}
SEEDS = {(seed.slug, seed.language): seed for seed in load_seed_templates()}

each_recipe = pytest.mark.parametrize("slug", SLUGS)


def sends(made: Definition) -> list[Send]:
    return [step for step in made.steps if isinstance(step, Send)]


def as_suggested() -> Mapping[str, TouchpointView]:
    """The line drawn as the catalogue suggests it."""
    return {
        slug: TouchpointView(
            place, slug, place, each.suggested, each.message_class, None, each.name["en"], each.name["nb"]
        )
        for place, (slug, each) in enumerate(TOUCHPOINTS.items(), 1)
    }


def test_there_are_enough_and_each_has_its_notes() -> None:
    assert len(SLUGS) >= 15
    assert all(made.slug == slug for slug, made in RECIPES.items())


@each_recipe
def test_it_is_written_as_we_write_and_reads_back(slug: str) -> None:
    uncommented = "".join(line for line in recipes.text(slug).splitlines(True) if not line.startswith("#"))
    assert write(RECIPES[slug]) == uncommented
    assert recipes.text(slug).startswith("# "), "one line for the reader of the file"


@each_recipe
def test_no_check_has_anything_to_say(slug: str) -> None:
    written = {name: frozenset(lang for lang in LANGUAGES if (name, lang) in SEEDS) for name, _ in SEEDS}
    checked = run_checks(RECIPES[slug], Surroundings(as_suggested(), written))
    assert [finding for one in checked for finding in one.findings] == []


@each_recipe
def test_a_send_speaks_where_the_line_is_structural_and_a_person_where_it_is_not(slug: str) -> None:
    for step in sends(RECIPES[slug]):
        assert TOUCHPOINTS[step.touchpoint].suggested is Line.STRUCTURAL
    for name in NOTES[slug].judgement:
        assert TOUCHPOINTS[name].suggested is Line.JUDGEMENT
        assert TOUCHPOINTS[name].owner in ("account_manager", "business_owner")


def wants(seed: SeedTemplate) -> set[str]:
    """What only a journey can give. The client's own values come by themselves."""
    return {each.name for each in seed.source.variables} - {"given_name", "sender_name", "next_step"}


@each_recipe
def test_its_templates_compile_and_get_every_value(slug: str) -> None:
    for step in sends(RECIPES[slug]):
        given = {variable.name for variable in step.variables}
        for language in LANGUAGES:
            seed = SEEDS[step.template, language]
            compile_mail(seed.source, Brand("Berg", "Oslo", footer_words(language)))
            assert wants(seed) <= given
            assert given <= {each.name for each in seed.source.variables}


@each_recipe
def test_a_button_without_a_link_is_never_sent(slug: str) -> None:
    """Nothing sensible can stand in for a link, so a mail that needs one asks for it first."""
    if slug == "annual-accounts-documents":
        return  # the house makes that link itself
    made = RECIPES[slug]
    asked_first = asked_in_conditions(made)
    for step in sends(made):
        seed = SEEDS[step.template, "en"]
        links = {each.name for each in seed.source.variables if each.kind is VariableKind.URL}
        assert {variable.ref.name for variable in step.variables if variable.name in links} <= asked_first


def asked_in_conditions(made: Definition) -> set[str]:
    bare = replace(
        made,
        steps=tuple(replace(step, variables=()) if isinstance(step, Send) else step for step in made.steps),
    )
    entry = made.entry.condition if isinstance(made.entry, EventEntry) else None
    return {ref.name for ref in (*all_refs(bare), *refs(entry))}


def names_to_read(made: Definition) -> Iterator[str]:
    """Everything that a sentence may name."""
    entry = made.entry
    yield from filter(None, (entry.key,))
    if isinstance(entry, EventEntry):
        yield entry.event
        yield from (ref.name for ref in refs(entry.condition))
    if isinstance(entry, DateEntry):
        yield entry.of
    yield from (rule.watch.event for rule in made.exits if rule.watch)
    if made.goal:
        yield made.goal.watch.event
    for step in made.steps:
        yield from _step_names(step)


def _step_names(step: Any) -> Iterator[str]:
    delays: list[Delay | None] = []
    if isinstance(step, Send):
        yield step.template
        yield from (ref.name for ref in refs(step.still_true))
        delays = [step.latest]
    if isinstance(step, Task):
        yield from (ref.name for ref in refs(step.still_true))
    if isinstance(step, WaitFor):
        yield step.watch.event
        delays = [step.up_to]
    if isinstance(step, Wait):
        delays = [step.delay]
    yield from (delay.until.name for delay in delays if delay and isinstance(delay.until, Ref))
    yield from (ref.name for arm in getattr(step, "arms", ()) for ref in refs(arm.condition))
    yield from getattr(step, "set", ())


@each_recipe
def test_every_name_has_words_and_no_word_is_left_over(slug: str) -> None:
    made = RECIPES[slug]
    assert set(names_to_read(made)) == set(made.names)
    for words in (made.name, made.about, *made.names.values()):
        assert words is not None
        assert words.en.strip()
        assert words.nb.strip()
        assert words.en != words.nb


def lines(described: list[StepLine] | tuple[StepLine, ...]) -> Iterator[str]:
    for line in described:
        yield f"{line.verb} {line.what} {line.conditions}"
        for way in line.ways:
            yield way.heading
            yield from lines(way.lines)


@each_recipe
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_like_a_recipe(slug: str, language: str) -> None:
    """In plain words: no name of ours shows through, and each step stands there once."""
    made = RECIPES[slug]
    described = describe(made, language)
    said = " ".join([*lines(described), *(value for _, value in around(made, language))])
    for name in made.names:
        assert "." not in name or name not in said
        assert "_" not in name or name not in said
    assert "!" not in said
    other = next(each for each in LANGUAGES if each != language)
    assert said != " ".join(lines(describe(made, other)))


def test_source_of_every_value_is_a_field_or_a_fact() -> None:
    for made in RECIPES.values():
        used = {ref.source for step in sends(made) for ref in (v.ref for v in step.variables)}
        assert used <= {Source.ENTRY, Source.EVENT, Source.FACT}


@each_recipe
def test_a_letter_is_called_the_same_in_the_journey_and_by_itself(slug: str) -> None:
    made = RECIPES[slug]
    for step in sends(made):
        called = {language: SEEDS[step.template, language].name for language in LANGUAGES}
        assert {language: made.names[step.template].in_language(language) for language in LANGUAGES} == called
