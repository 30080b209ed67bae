"""Who stands at a step of a journey, and who still walks an earlier version."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts import queries as contacts
from tactful.contacts.types import Person as Client
from tactful.journeys import queries
from tactful.journeys.queries import LATE, Choice, Enrolment, JourneyLine, JourneyVersion, VersionCrowd
from tactful.journeys.rules.definition import parse
from tactful.journeys.sentences import StepLine, describe
from tactful.journeys.types import Definition
from tactful.web.build.people_acts import act_rows
from tactful.web.pages.journeys import CrowdRow, StandingRow, StepChoice, StepPage, VersionPage
from tactful.web.templatetags.tactful import number
from tactful.web.types import Person, Tab, Text
from tactful.web.visit import Visit

PAGE = 100  # clients on one page
MOST = 1_000  # whom one act reaches
COUNTED = 10_000  # more are not counted
TO = "to_"  # a select of the page of a version is called by this and its step


def step_page(line: JourneyLine, choice: Choice, after: int, visit: Visit) -> StepPage | None:
    """Who stands at this step, or anywhere if none is named; None if the journey has no such step and
    nobody stands there. ``after``: the enrolment after which the page goes on."""
    definition = queries.definition_of(line.journey)
    chosen = queries.chosen(line.journey.id, choice, visit.now)
    total = _how_many(line, choice, chosen)
    if not total and choice.step and all(step.id != choice.step for step in definition.steps):
        return None
    found = list(chosen.filter(id__gt=after)[: PAGE + 1])
    rows, url = found[:PAGE], page_url(definition.slug, choice)
    people = contacts.people({row.contact_id for row in rows})
    held = queries.held_among([row.id for row in rows])
    titles = step_titles(definition, visit)
    past = StepChoice("", _("Past this step, to what comes next"), chosen=True)
    return StepPage(
        slug=definition.slug,
        journey=definition.name.in_language(visit.language),
        name=_name(choice.step, titles) if choice.step else _("Everybody who is inside"),
        rows=tuple(
            _row(
                row,
                people[row.contact_id],
                row.id in held,
                "" if choice.step else titles.get(row.step, ""),
                visit,
            )
            for row in rows
            if row.contact_id in people
        ),
        can_take_out=visit.user.may_write,
        steps=(past, *(each for each in _choices(titles) if each.id != choice.step)),
        at=choice.step,
        only=choice.only,
        tabs=tuple(_tabs(definition.slug, choice)),
        total=min(total, COUNTED) if choice.only else total,
        many=total > COUNTED and bool(choice.only),
        everybody=min(total, MOST) if total > len(rows) else 0,
        more=page_url(definition.slug, choice, rows[-1].id) if len(found) > PAGE else "",
        first=url if after else "",
        asked=act_rows(line.journey.id, definition.slug, visit),
    )


def _how_many(line: JourneyLine, choice: Choice, chosen: QuerySet[Enrolment]) -> int:
    """Those at a step are counted as they come and go; of the others, so many that nobody waits for it."""
    if choice.only:
        return chosen.order_by()[: COUNTED + 1].count()
    return queries.how_many_stand(line.journey.id, choice.step)


def page_url(slug: str, choice: Choice, after: int = 0) -> str:
    url = (
        reverse("web:journey_step", args=[slug, choice.step])
        if choice.step
        else reverse("web:journey_people", args=[slug])
    )
    query = urlencode({name: value for name, value in (("only", choice.only), ("after", after)) if value})
    return f"{url}?{query}" if query else url


def _tabs(slug: str, choice: Choice) -> Iterable[Tab]:
    said = {
        "": _("All"),
        "held": _("Held"),
        "late": _("Late"),
        "failing": _("Could not go on"),
        "paused": _("Resting"),
    }
    for only, text in said.items():
        yield Tab(text, page_url(slug, Choice(choice.step, only)), current=only == choice.only)


def _row(row: Enrolment, client: Client, held: bool, step: Text, visit: Visit) -> StandingRow:
    late = (
        not row.is_paused
        and row.retry_at is None
        and row.due_at is not None
        and row.due_at < visit.now - LATE
    )
    return StandingRow(
        id=row.id,
        person=Person(client.name, is_client=True, title=client.company),
        url=reverse("web:client", args=[row.contact_id]),
        since=row.entered_at,
        until=None if row.is_paused else row.due_at,
        trouble=_("It could not go on and is tried again.") if row.failures and not row.is_paused else "",
        paused=row.is_paused,
        held=held,
        late=late,
        step=step,
    )


def version_page(line: JourneyLine, version: JourneyVersion, visit: Visit) -> VersionPage:
    """The people of an earlier version, and where each step's would go."""
    old, new = parse(version.document), queries.definition_of(line.journey)
    titles = step_titles(old, visit), step_titles(new, visit)
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
        rows=tuple(_crowd_row(crowd, *titles, people) for crowd in crowds),
        can_move=visit.user.may_write,
        asked=act_rows(line.journey.id, new.slug, visit),
    )


def _crowd_row(
    crowd: VersionCrowd, old: Mapping[str, Text], new: Mapping[str, Text], people: Mapping[int, Client]
) -> CrowdRow:
    """``old`` and ``new``: the steps of both versions, as ``step_titles``."""
    same = crowd.step in new
    stay = StepChoice("", _("They stay on the version that they have"), chosen=not same)
    choices = _choices(new, crowd.step) if crowd.step else ()
    return CrowdRow(
        field=TO + crowd.step,
        step=_name(crowd.step, old) if crowd.step else _("Not begun yet: they come along"),
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


def _choices(titles: Mapping[str, Text], chosen: str = "") -> Iterable[StepChoice]:
    for step, title in titles.items():
        yield StepChoice(step, title, step == chosen)


def step_title(definition: Definition, step_id: str, visit: Visit) -> Text:
    """``Step 2: Wait 7 days``; a step of an earlier version has only its id."""
    return _name(step_id, step_titles(definition, visit))


def _name(step_id: str, titles: Mapping[str, Text]) -> Text:
    return titles.get(step_id) or _("Earlier version: %(what)s") % {"what": step_id}


def step_titles(definition: Definition, visit: Visit) -> Mapping[str, Text]:
    """By the id of each step, in the order of the definition: the journey is told in words once for all."""
    lines = {line.step: line for line in reversed(list(_numbered(describe(definition, visit.language))))}
    titles: dict[str, Text] = {}
    for place, step in enumerate(definition.steps, 1):
        line = lines.get(step.id)
        words = {"number": place, "what": f"{line.verb} {line.what}".strip() if line else step.id}
        titles[step.id] = _("Step %(number)d: %(what)s") % words
    return titles


def _numbered(lines: Iterable[StepLine]) -> Iterator[StepLine]:
    for line in lines:
        if line.number:
            yield line
        for way in line.ways:
            yield from _numbered(way.lines)
