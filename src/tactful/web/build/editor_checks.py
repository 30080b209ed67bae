"""What the checks say of a draft, each with the button that mends it."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.journeys import queries
from tactful.journeys.rules.advice import Advice, advice
from tactful.journeys.rules.checks import Finding, Surroundings, run_checks
from tactful.journeys.sentences import finding_sentence, passed_sentence
from tactful.journeys.types import Definition, Send, Step
from tactful.web.pages.editor import Fixable, TestRow
from tactful.web.pages.journeys import CheckRow
from tactful.web.types import Link
from tactful.web.visit import Visit
from tactful.wiring.story_words import difference_sentence, version_difference

ORDER = {"fail": 0, "warn": 1, "pass": 2}


def check_lines(definition: Definition, around: Surroundings, visit: Visit) -> tuple[Fixable, ...]:
    """The failing ones first."""
    fine = (each.id for each in run_checks(definition, around) if not each.findings)
    rows = [Fixable(CheckRow("pass", passed_sentence(name, visit.language), code=name)) for name in fine]
    rows += [_row(each, definition, visit) for each in advice(definition, around)]
    return tuple(sorted(rows, key=lambda each: ORDER[each.row.kind]))


def test_rows(journey_id: int, definition: Definition | None, visit: Visit) -> tuple[TestRow, ...]:
    """Stored tests, run on the draft; only named while it cannot be read."""
    if visit.user.is_helper:
        return _unnamed(journey_id, definition)
    if definition is None:
        return tuple(TestRow(test.name, None) for test in queries.tests_of(journey_id))
    return tuple(
        TestRow(
            run.name, run.passes, tuple(difference_sentence(each, visit.reader) for each in run.differences)
        )
        for run in queries.run_stored(journey_id, definition)
    )


def _unnamed(journey_id: int, definition: Definition | None) -> tuple[TestRow, ...]:
    """For helpers: a stored test may have been made of what happened to a client."""
    found = queries.run_stored(journey_id, definition) if definition else ()
    return tuple(TestRow(_("Test %(n)d") % {"n": n}, run.passes) for n, run in enumerate(found, 1))


def by_step(checks: Iterable[Fixable]) -> dict[str, tuple[tuple[bool, str], ...]]:
    """What stands under each step: whether it stops, and the sentence."""
    found: dict[str, tuple[tuple[bool, str], ...]] = {}
    for each in checks:
        if each.step:
            said = (each.row.kind == "fail", str(each.row.detail))
            found[each.step] = (*found.get(each.step, ()), said)
    return found


def _row(said: Advice, definition: Definition, visit: Visit) -> Fixable:
    finding = said.finding
    numbers = {step.id: number for number, step in enumerate(definition.steps, 1)}
    number = numbers.get(finding.step, 0)
    mended: tuple[str, ...] = ()
    if said.mended is not None:
        mended = tuple(version_difference(definition, said.mended, visit.language))
    row = CheckRow(
        "fail" if finding.stops else "warn",
        _("Step %(number)d:") % {"number": number} if number else "",
        finding_sentence(finding, visit.language),
        finding.id,
        _mend(finding, definition),
        changes=mended,
    )
    return Fixable(row, said.name if said.mended is not None else "", finding.step)


def _mend(finding: Finding, definition: Definition) -> Link | None:
    """What a click in the flow cannot mend: a decision on the line, a touchpoint or a letter that is not
    there, words that only a person knows."""
    if finding.code == "no_words" and not finding.step:
        part = "names" if finding.params["what"].startswith("names.") else "about"
        return Link(_("Write it"), f"{reverse('web:draft', args=[definition.slug])}?part={part}")
    step = next((each for each in definition.steps if each.id == finding.step), None)
    return mend_elsewhere(finding, step)


def mend_elsewhere(finding: Finding, step: Step | None) -> Link | None:
    """The page on which it is mended, if that is another one than the journey's own."""
    if finding.id == "J012":
        return Link(_("See the other journey"), reverse("web:journey", args=[finding.params["other"]]))
    if finding.id == "J013" and "journey" in finding.params:
        return _other_journey(finding.params["journey"])
    return _about_sending(finding.code, step) if isinstance(step, Send) else None


def _about_sending(code: str, step: Send) -> Link | None:
    if code in ("judgement", "undecided"):
        return Link(_("Decide it on the line"), reverse("web:touchpoint", args=[step.touchpoint]))
    if code == "no_touchpoint":
        return Link(_("Make the touchpoint"), reverse("web:touchpoint_add"))
    if code == "no_template":
        return Link(_("Write the letter"), reverse("web:letters"))
    if code == "no_template_language":
        return Link(_("Open the letter"), reverse("web:letter", args=[step.template]))
    return None


def _other_journey(slug: str) -> Link | None:
    """None: there is none of this name, not even one that is off."""
    if queries.journey_by_slug(slug) is None:
        return None
    return Link(_("See the other journey"), reverse("web:journey", args=[slug]))
