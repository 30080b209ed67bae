"""Journeys as a list, and what the checks say of them."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.content import queries as content
from tactful.journeys import queries
from tactful.journeys.queries import JourneyLine
from tactful.journeys.rules.advice import Advice, advice
from tactful.journeys.rules.among import looked_over, week_of_all
from tactful.journeys.rules.checks import CHECKS, Surroundings, run_checks
from tactful.journeys.sentences import finding_sentence, passed_sentence
from tactful.journeys.types import Definition
from tactful.touchpoints import queries as touchpoints
from tactful.web.build.editor_checks import mend_elsewhere
from tactful.web.build.late import late_line
from tactful.web.pages.journeys import CheckRow, JourneyRow, JourneysPage
from tactful.web.templatetags.tactful import near, number
from tactful.web.types import Act, EmptyState, Link
from tactful.web.visit import Visit
from tactful.wiring.story_words import version_difference


def journeys_page(visit: Visit) -> JourneysPage:
    lines = [line for line in queries.all_journeys() if line.journey.live_version is not None]
    around = surroundings()
    empty = EmptyState(
        _("There is no journey yet."),
        _("Take in a recipe that comes along, and change it as you like."),
        glyph="plan",
    )
    rows = tuple(_row(line, around, visit) for line in lines)
    none = None if lines else empty
    return JourneysPage(
        rows,
        _worst_week(around),
        "" if visit.user.is_helper else late_line(visit),
        none,
        tuple(_drafts(visit)),
    )


def _worst_week(around: Surroundings) -> str:
    """What one client could get from everything that is on; the caps of the house are stricter."""
    on = tuple((around.journeys or {}).values())
    count = week_of_all(on, around)
    if count <= around.weekly:
        return ""
    said = _(
        "If everything came at once, one client could be meant to get %(count)s messages in a week. "
        "The caps of the house let fewer through."
    )
    return said % {"count": number(count)}


def _drafts(visit: Visit) -> Iterable[Link]:
    """What somebody works on, the latest first."""
    for draft in queries.all_drafts():
        journey = draft.journey
        name = (journey.name_nb if visit.language == "nb" else journey.name_en) or journey.slug
        words = {"name": name, "moment": near(draft.at, visit.now)}
        url = reverse("web:draft", args=[journey.slug])
        yield Link(_("%(name)s, changed %(moment)s") % words, url)


def surroundings() -> Surroundings:
    """What the checks ask of the house: every touchpoint, the languages of every live template, and the
    journeys that are on."""
    on = queries.live_definitions()
    return looked_over(Surroundings(touchpoints.views_of_all(), content.live_languages(), on))


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
    """The failing ones first, each with its reason and, where there is one, the way to mend it."""
    numbers = {step.id: place for place, step in enumerate(definition.steps, 1)}
    found = advice(definition, around)
    failing = {each.finding.id for each in found}
    passing = (each for each in CHECKS if each not in failing)
    rows = [CheckRow("pass", passed_sentence(each, visit.language), code=each) for each in passing]
    rows += [_found(each, definition, numbers, visit) for each in found]
    order = {"fail": 0, "warn": 1, "pass": 2}
    return tuple(sorted(rows, key=lambda row: order[row.kind]))


def _found(said: Advice, definition: Definition, numbers: Mapping[str, int], visit: Visit) -> CheckRow:
    finding = said.finding
    place = numbers.get(finding.step, 0)
    changes: tuple[str, ...] = ()
    act = None
    if said.mended is not None and visit.user.may_set_up:
        changes = tuple(version_difference(definition, said.mended, visit.language))
        fields = (("finding", said.name),)
        act = Act(_("Mend it"), reverse("web:journey_mending", args=[definition.slug]), fields=fields)
    return CheckRow(
        "fail" if finding.stops else "warn",
        _("Step %(number)d:") % {"number": place} if place else "",
        finding_sentence(finding, visit.language),
        finding.id,
        mend_elsewhere(finding, next((each for each in definition.steps if each.id == finding.step), None)),
        act,
        changes,
    )
