"""Journeys as a list, and what the checks say of them."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.content import queries as content
from tactful.journeys import queries
from tactful.journeys.queries import JourneyLine
from tactful.journeys.rules.checks import Checked, Finding, Surroundings, run_checks
from tactful.journeys.sentences import finding_sentence, passed_sentence
from tactful.journeys.types import Definition, Send
from tactful.touchpoints import queries as touchpoints
from tactful.web.pages.journeys import CheckRow, JourneyRow, JourneysPage
from tactful.web.types import Act, EmptyState, Link
from tactful.web.visit import Visit


def journeys_page(visit: Visit) -> JourneysPage:
    lines = [line for line in queries.all_journeys() if line.journey.live_version is not None]
    around = surroundings()
    empty = EmptyState(
        _("There is no journey yet."),
        _("Take in a recipe that comes along, and change it as you like."),
        glyph="plan",
    )
    return JourneysPage(tuple(_row(line, around, visit) for line in lines), None if lines else empty)


def surroundings() -> Surroundings:
    """What the checks ask of the house: every touchpoint, and the languages of every live template."""
    slugs = [row.slug for row in touchpoints.on_the_map()]
    templates = {
        row.slug: frozenset(version.language for version in row.versions.all() if version.is_live)
        for row in content.templates()
    }
    return Surroundings(touchpoints.views(slugs), templates)


def _row(line: JourneyLine, around: Surroundings, visit: Visit) -> JourneyRow:
    definition = queries.definition_of(line.journey)
    words = {"version": line.version}
    return JourneyRow(
        slug=definition.slug,
        name=definition.name.in_language(visit.language),
        sentence=definition.about.in_language(visit.language) if definition.about else "",
        on=line.is_on,
        state=_("On, version %(version)d") % words if line.is_on else _("Off, version %(version)d") % words,
        inside=line.waiting,
        warnings=sum(len(checked.findings) for checked in run_checks(definition, around)),
        act=switch(definition.slug, line.is_on) if visit.user.may_write else None,
    )


def switch(slug: str, is_on: bool) -> Act:
    if is_on:
        return Act(_("Switch off"), reverse("web:journey_rest", args=[slug]))
    return Act(_("Switch on"), reverse("web:journey_live", args=[slug]))


def what_stops(definition: Definition, language: str) -> str:
    """Why this may not be switched on; empty if it may."""
    found = (each for checked in run_checks(definition, surroundings()) for each in checked.findings)
    return next((finding_sentence(each, language) for each in found if each.stops), "")


def check_rows(definition: Definition, around: Surroundings, visit: Visit) -> tuple[CheckRow, ...]:
    """The failing ones first."""
    numbers = {step.id: number for number, step in enumerate(definition.steps, 1)}
    rows = [row for each in run_checks(definition, around) for row in _rows(each, definition, numbers, visit)]
    order = {"fail": 0, "warn": 1, "pass": 2}
    return tuple(sorted(rows, key=lambda row: order[row.kind]))


def _rows(
    checked: Checked, definition: Definition, numbers: Mapping[str, int], visit: Visit
) -> Iterable[CheckRow]:
    if not checked.findings:
        yield CheckRow("pass", passed_sentence(checked.id, visit.language), code=checked.id)
    for finding in checked.findings:
        number = numbers.get(finding.step, 0)
        where = _("Step %(number)d:") % {"number": number} if number else ""
        yield CheckRow(
            "fail" if finding.stops else "warn",
            where,
            finding_sentence(finding, visit.language),
            finding.id,
            _mend(finding, definition),
        )


def _mend(finding: Finding, definition: Definition) -> Link | None:
    """For a send above the line: to the decision."""
    step = next((each for each in definition.steps if each.id == finding.step), None)
    if finding.code not in ("judgement", "undecided") or not isinstance(step, Send):
        return None
    return Link(_("See the touchpoint"), reverse("web:touchpoint", args=[step.touchpoint]))
