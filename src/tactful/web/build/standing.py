"""Who stands at a step of a journey, and who still walks an earlier version."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts import queries as contacts
from tactful.contacts.types import Person as Client
from tactful.journeys import queries
from tactful.journeys.queries import Enrolment, JourneyLine, JourneyVersion, VersionCrowd
from tactful.journeys.rules.definition import parse
from tactful.journeys.sentences import StepLine, describe
from tactful.journeys.types import Definition
from tactful.web.pages.journeys import CrowdRow, StandingRow, StepChoice, StepPage, VersionPage
from tactful.web.templatetags.tactful import number
from tactful.web.types import Person, Text
from tactful.web.visit import Visit

MOST = 200  # clients on one page of a step
TO = "to_"  # a select of the page of a version is called by this and its step


def step_page(line: JourneyLine, step_id: str, visit: Visit) -> StepPage | None:
    """Who stands at this step; None if the journey has no such step and nobody stands there."""
    definition = queries.definition_of(line.journey)
    standing = list(queries.standing_at(line.journey.id, step_id, MOST))
    if not standing and all(step.id != step_id for step in definition.steps):
        return None
    people = contacts.people({row.contact_id for row in standing})
    past = StepChoice("", _("Past this step, to what comes next"), chosen=True)
    return StepPage(
        slug=definition.slug,
        journey=definition.name.in_language(visit.language),
        name=_title(definition, step_id, visit),
        rows=tuple(_row(row, people[row.contact_id]) for row in standing if row.contact_id in people),
        can_take_out=visit.user.may_write,
        steps=(past, *(each for each in _choices(definition, visit) if each.id != step_id)),
    )


def _row(row: Enrolment, client: Client) -> StandingRow:
    return StandingRow(
        id=row.id,
        person=Person(client.name, is_client=True, title=client.company),
        url=reverse("web:client", args=[row.contact_id]),
        since=row.entered_at,
        until=None if row.is_paused else row.due_at,
        trouble=_("It could not go on and is tried again.") if row.failures and not row.is_paused else "",
        paused=row.is_paused,
    )


def version_page(line: JourneyLine, version: JourneyVersion, visit: Visit) -> VersionPage:
    """The people of an earlier version, and where each step's would go."""
    old, new = parse(version.document), queries.definition_of(line.journey)
    crowds = queries.crowds_of_version(version)
    people = contacts.people({contact for crowd in crowds for contact in crowd.some})
    total = sum(crowd.number for crowd in crowds)
    words = {"n": number(total), "version": version.number}
    said = ngettext(
        "%(n)s client still walks version %(version)d.",
        "%(n)s clients still walk version %(version)d.",
        total,
    )
    return VersionPage(
        slug=new.slug,
        journey=new.name.in_language(visit.language),
        name=_("From version %(old)d to version %(new)d") % {"old": version.number, "new": line.version},
        sentence=said % words,
        number=version.number,
        rows=tuple(_crowd_row(crowd, old, new, people, visit) for crowd in crowds),
        can_move=visit.user.may_write,
    )


def _crowd_row(
    crowd: VersionCrowd, old: Definition, new: Definition, people: Mapping[int, Client], visit: Visit
) -> CrowdRow:
    same = any(step.id == crowd.step for step in new.steps)
    stay = StepChoice("", _("They stay on the version that they have"), chosen=not same)
    choices = _choices(new, visit, crowd.step) if crowd.step else ()
    return CrowdRow(
        field=TO + crowd.step,
        step=_title(old, crowd.step, visit) if crowd.step else _("Not begun yet: they come along"),
        number=crowd.number,
        some=_some([people[ident].name for ident in crowd.some if ident in people], crowd.number),
        choices=(stay, *choices) if crowd.step else (),
    )


def _some(names: list[str], total: int) -> Text:
    more = total - len(names)
    if not more:
        return ", ".join(names)
    words = {"names": ", ".join(names), "n": number(more)}
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % words


def _choices(definition: Definition, visit: Visit, chosen: str = "") -> Iterable[StepChoice]:
    for step in definition.steps:
        yield StepChoice(step.id, _title(definition, step.id, visit), step.id == chosen)


def _title(definition: Definition, step_id: str, visit: Visit) -> Text:
    """``Step 2: Wait 7 days``; a step of an earlier version has only its id."""
    place = next((n for n, step in enumerate(definition.steps, 1) if step.id == step_id), 0)
    line = _find(describe(definition, visit.language), step_id)
    words = {"number": place, "what": f"{line.verb} {line.what}".strip() if line else step_id}
    return _("Step %(number)d: %(what)s") % words if place else _("Earlier version: %(what)s") % words


def _find(lines: Iterable[StepLine], step_id: str) -> StepLine | None:
    for line in lines:
        if line.step == step_id and line.number:
            return line
        inner = (_find(way.lines, step_id) for way in line.ways)
        if found := next(filter(None, inner), None):
            return found
    return None
