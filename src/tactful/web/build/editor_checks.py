"""What the checks say of a draft, each with the button that mends it."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.journeys import queries
from tactful.journeys.rules.checks import Checked, Finding, Surroundings, run_checks
from tactful.journeys.rules.fixes import fixed
from tactful.journeys.sentences import finding_sentence, passed_sentence
from tactful.journeys.types import Definition, Send
from tactful.web.pages.editor import Fixable, TestRow
from tactful.web.pages.journeys import CheckRow
from tactful.web.types import Link
from tactful.web.visit import Visit
from tactful.wiring.story_words import difference_sentence

ORDER = {"fail": 0, "warn": 1, "pass": 2}


def check_lines(definition: Definition, around: Surroundings, visit: Visit) -> tuple[Fixable, ...]:
    """The failing ones first."""
    rows = [row for each in run_checks(definition, around) for row in _rows(each, definition, visit)]
    return tuple(sorted(rows, key=lambda each: ORDER[each.row.kind]))


def key_of(finding: Finding) -> str:
    """A finding as a button carries it."""
    params = ",".join(f"{name}={value}" for name, value in sorted(finding.params.items()))
    return f"{finding.id}:{finding.code}:{finding.step}:{params}"


def finding_of(definition: Definition, around: Surroundings, key: str) -> Finding | None:
    found = (each for checked in run_checks(definition, around) for each in checked.findings)
    return next((each for each in found if key_of(each) == key), None)


def test_rows(journey_id: int, definition: Definition | None, visit: Visit) -> tuple[TestRow, ...]:
    """Stored tests, run on the draft; only named while it cannot be read."""
    if definition is None:
        return tuple(TestRow(test.name, None) for test in queries.tests_of(journey_id))
    return tuple(
        TestRow(
            run.name, run.passes, tuple(difference_sentence(each, visit.reader) for each in run.differences)
        )
        for run in queries.run_stored(journey_id, definition)
    )


def by_step(checks: Iterable[Fixable]) -> dict[str, tuple[tuple[bool, str], ...]]:
    """What stands under each step: whether it stops, and the sentence."""
    found: dict[str, tuple[tuple[bool, str], ...]] = {}
    for each in checks:
        if each.step:
            said = (each.row.kind == "fail", str(each.row.detail))
            found[each.step] = (*found.get(each.step, ()), said)
    return found


def _rows(checked: Checked, definition: Definition, visit: Visit) -> Iterator[Fixable]:
    findings, name = checked.findings, checked.id
    if not findings:
        yield Fixable(CheckRow("pass", passed_sentence(name, visit.language), code=name))
    numbers = {step.id: number for number, step in enumerate(definition.steps, 1)}
    for finding in findings:
        number = numbers.get(finding.step, 0)
        where = _("Step %(number)d:") % {"number": number} if number else ""
        said = finding_sentence(finding, visit.language)
        kind = "fail" if finding.stops else "warn"
        row = CheckRow(kind, where, said, finding.id, _mend(finding, definition))  # type: ignore[arg-type]
        can_fix = fixed(definition, finding) is not None
        yield Fixable(row, key_of(finding) if can_fix else "", finding.step)


def _mend(finding: Finding, definition: Definition) -> Link | None:
    """What a click in the flow cannot mend: a decision on the line, a touchpoint that is not there."""
    step = next((each for each in definition.steps if each.id == finding.step), None)
    if not isinstance(step, Send):
        return None
    if finding.code in ("judgement", "undecided"):
        return Link(_("Decide it on the line"), reverse("web:touchpoint", args=[step.touchpoint]))
    if finding.code == "no_touchpoint":
        return Link(_("Make the touchpoint"), reverse("web:touchpoint_add"))
    return None
