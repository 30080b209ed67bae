"""Stored tests as pages: run on the definition at hand whenever they are shown, for it takes milliseconds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import JourneyTest, StoredRun
from tactful.journeys.rules.expected import KINDS, NO_MESSAGE, lines_of, write_expected
from tactful.journeys.rules.given import NotGiven
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.rules.tale import Tale
from tactful.journeys.rules.yaml_text import read_yaml, write_yaml
from tactful.web.build.path import Telling, path_of
from tactful.web.build.test_words import TestWords
from tactful.web.chosen import Chosen
from tactful.web.pages.journey_tests import NewTestPage, TestPage, TestRow, TestsPage
from tactful.web.types import EmptyState, Link, Text
from tactful.web.visit import Visit

PARTS = ("given", "expected")
SAMPLE = """\
# Moments with an offset. Everything that can be given: docs/reference/journeys.md, "Stored tests".
given:
  client: {language: nb, zone: Europe/Oslo, country: "NO"}
  events:
  - {name: reply.received, at: "2027-03-01T10:00:00+01:00"}
  until: "2027-04-01T00:00:00+02:00"
expected:
- {no_message: step}
"""


def tests_page(chosen: Chosen, visit: Visit) -> TestsPage:
    journey = chosen.journey
    tests = {row.id: row for row in queries.tests_of(journey.id)} if journey else {}
    runs = queries.run_stored(journey.id, chosen.definition) if journey else []
    words = TestWords(chosen.definition, visit.reader)
    rows = [_row(tests[run.test_id], run, chosen, words) for run in runs if run.test_id in tests]
    rows.sort(key=lambda row: row.passes)
    empty = EmptyState(
        _("No test is kept yet."),
        _(
            "Try the journey on one client, and keep what you see; or open a message that should not have "
            "gone out."
        ),
        "plan",
        Link(_("Try it"), reverse("web:journey_try", args=[chosen.slug]) + chosen.suffix),
    )
    return TestsPage(
        slug=chosen.slug,
        journey=chosen.definition.name.in_language(visit.language),
        title=chosen.title,
        note=chosen.note,
        sentence=_sentence(rows),
        rows=tuple(rows),
        suffix=chosen.suffix,
        can_write=visit.user.may_write,
        empty=None if rows else empty,
    )


def _sentence(rows: Sequence[TestRow]) -> Text:
    failing = sum(not row.passes for row in rows)
    if not rows:
        return _("A test says what must come of one story. Each new version is asked before it goes live.")
    if not failing:
        return ngettext("The test passes.", "All %(n)d tests pass.", len(rows)) % {"n": len(rows)}
    words = {"n": failing, "total": len(rows)}
    return (
        ngettext("%(n)d of %(total)d tests does not pass.", "%(n)d of %(total)d tests do not pass.", failing)
        % words
    )


def _row(test: JourneyTest, run: StoredRun, chosen: Chosen, words: TestWords) -> TestRow:
    return TestRow(
        url=reverse("web:journey_test", args=[chosen.slug, test.id]) + chosen.suffix,
        name=test.name,
        passes=run.passes,
        troubles=tuple(words.trouble(each) for each in run.differences[:3]),
        origin=ORIGINS.get(test.origin, ORIGINS["hand"])(),
        at=test.at,
    )


ORIGINS = {
    "hand": lambda: _("written by hand"),
    "simulation": lambda: _("from a trial"),
    "message": lambda: _("from a message that should not have gone out"),
    "recipe": lambda: _("came with the recipe"),
}


def one_test_page(
    chosen: Chosen, test: JourneyTest, visit: Visit, refused: Text = "", source: str = ""
) -> TestPage:
    words = TestWords(chosen.definition, visit.reader)
    try:
        tale, differences = queries.run_given(chosen.definition, test.document, test.expected)
    except NotGiven as error:
        tale, differences, refused = Tale(), (), refused or str(error)
    person = visit.person(test.by)
    happened = words.happened(test.document)
    return TestPage(
        slug=chosen.slug,
        journey=chosen.definition.name.in_language(visit.language),
        id=test.id,
        name=test.name,
        title=chosen.title,
        passes=not differences and not refused,
        troubles=tuple(words.trouble(each) for each in differences),
        given=tuple(words.given(test.document)),
        expected=tuple(words.expected(test.expected)),
        came=path_of(Telling(chosen.definition, tale, visit.reader, visit.names()), happened),
        origin=ORIGINS.get(test.origin, ORIGINS["hand"])(),
        at=test.at,
        by=person.name if person else "",
        source=source or source_of(test.document, test.expected),
        message=_message(test),
        can_write=visit.user.may_write,
        refused=refused,
        fields=tuple(chosen.query.items()),
    )


def _message(test: JourneyTest) -> Link | None:
    if test.message_id is None:
        return None
    return Link(_("The message"), reverse("web:message", args=[test.message_id]))


def new_page(
    chosen: Chosen, visit: Visit, name: str = "", source: str = "", refused: Text = ""
) -> NewTestPage:
    return NewTestPage(
        chosen.slug,
        chosen.definition.name.in_language(visit.language),
        name,
        source or SAMPLE,
        refused,
        tuple(chosen.query.items()),
    )


def source_of(document: Mapping[str, Any], expected: Sequence[Mapping[str, Any]]) -> str:
    """A test as YAML; ``read_source`` reads it again."""
    both = {"given": dict(document), "expected": [dict(row) for row in expected]}
    return write_yaml(both)


NO_TEST = (NotGiven, KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a test that somebody typed may stumble over."""


def why_no_test(error: Exception) -> Text:
    if isinstance(error, NotGiven):
        return str(error)
    return _("Something is missing or misspelt: %(what)s") % {"what": error}


def read_source(source: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is given and what is expected. Raises ``NotGiven``."""
    try:
        body, _lines = read_yaml(source)
    except DefinitionError as error:
        raise NotGiven(_("This is no YAML: %(why)s") % {"why": error}) from error
    given, expected = (body.get(part) for part in PARTS) if isinstance(body, dict) else (None, None)
    if not isinstance(given, dict) or not isinstance(expected, list) or not expected:
        raise NotGiven(_("A test has two parts: “given”, and “expected” with at least one line."))
    if not all(isinstance(row, dict) for row in expected):
        raise NotGiven(_("Each expected line is written like this: {message: step, at: moment}."))
    return given, expected


def expected_of(
    tale: Tale, kinds: Iterable[str], never: Iterable[str], sends: Sequence[str]
) -> list[dict[str, Any]]:
    """What came of a story, as what is expected from now on. ``kinds``: which lines; a kind of which there
    is none says that no message goes out. ``never``: steps that must send nothing."""
    wanted = [kind for kind in KINDS if kind in set(kinds)]
    rows = write_expected([line for line in lines_of(tale) if line.kind in wanted])
    silent = [step for step in sends if step in set(never)]
    if "message" in wanted and not any("message" in row for row in rows):
        silent = list(sends)
    return [*rows, *({NO_MESSAGE: step} for step in silent)]
