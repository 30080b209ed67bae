"""One journey as a recipe, with who stands where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import Crowd, JourneyLine, Passage, Standing
from tactful.journeys.rules.definition import write
from tactful.journeys.sentences import StepLine, around, describe
from tactful.journeys.types import Definition, Send
from tactful.web.build.around import person_named
from tactful.web.build.flow import attention, flow_note, how_they_went, proofs, troubles, went
from tactful.web.build.journeys import check_rows, surroundings, switch
from tactful.web.build.people_acts import act_rows
from tactful.web.pages.journeys import JourneyPage
from tactful.web.templatetags.tactful import full_date, near, number
from tactful.web.types import Act, Fact, Lane, Link, StepCard, StepCount, Text
from tactful.web.visit import Visit


def journey_page(line: JourneyLine, visit: Visit) -> JourneyPage:
    definition = queries.definition_of(line.journey)
    house = surroundings()
    crowd = queries.standing(line.journey.id, visit.now)
    sample, passages = queries.passages(line.journey.id)
    inside, shows_people = crowd.inside, not visit.user.is_helper
    return JourneyPage(
        name=definition.name.in_language(visit.language),
        area="",
        sentence=definition.about.in_language(visit.language) if definition.about else "",
        on=line.is_on,
        version=_("Version %(version)d") % {"version": line.version},
        version_note=_note(line),
        inside=ngettext("%(n)s client is inside", "%(n)s clients are inside", inside) % {"n": number(inside)},
        steps=tuple(
            _Flow(
                definition, line, house.touchpoints, visit, crowd.steps if shows_people else {}, passages
            ).cards()
        ),
        checks=check_rows(definition, house, visit),
        rules=tuple(Fact(label, value) for label, value in around(definition, visit.language)),
        acts=tuple(_acts(definition.slug, visit)),
        switch=switch(definition.slug, line.is_on) if visit.user.may_write else None,
        source=source_of(line, definition),
        earlier=tuple(_earlier(line, definition.slug, crowd)) if shows_people else (),
        attention=tuple(attention(definition.slug, crowd.steps)) if shows_people else (),
        flow_note=flow_note(sample),
        people_url=reverse("web:journey_people", args=[definition.slug]) if inside and shows_people else "",
        proofs=tuple(proofs(definition.slug, line, definition)) if shows_people else (),
        slug=definition.slug,
        asked=act_rows(line.journey.id, definition.slug, visit) if shows_people else (),
    )


def _earlier(line: JourneyLine, slug: str, crowd: Crowd) -> Iterable[Link]:
    for version, count in queries.older_versions(line.journey, crowd.versions).items():
        words = ngettext(
            "%(n)s client still walks version %(version)d",
            "%(n)s clients still walk version %(version)d",
            count,
        )
        url = reverse("web:journey_version", args=[slug, version.number])
        yield Link(words % {"n": number(count), "version": version.number}, url)


def source_of(line: JourneyLine, definition: Definition) -> str:
    """The file as it was given, else as we write it."""
    version = line.journey.live_version
    return (version.source if version else "") or write(definition)


def _note(line: JourneyLine) -> Text:
    version = line.journey.live_version
    since = {"day": full_date(version.created_at) if version else ""}
    return _("on, written %(day)s") % since if line.is_on else _("off, written %(day)s") % since


def _acts(slug: str, visit: Visit) -> Iterable[Act]:
    if visit.user.is_helper:
        yield _edit(slug)
        return
    yield Act(_("Try it"), reverse("web:journey_try", args=[slug]), post=False)
    yield Act(_("Replay"), reverse("web:replays", args=[slug]), post=False)
    if visit.user.may_write:
        yield _edit(slug)


def _edit(slug: str) -> Act:
    """Into the draft; the first one begins it."""
    url = reverse("web:draft", args=[slug])
    if queries.draft_of(slug) is not None:
        return Act(_("Go on with the draft"), url, post=False, strong=True)
    return Act(_("Change it"), url, strong=True)


@dataclass(frozen=True, slots=True)
class _Flow:
    """Turns the lines of the recipe into cards; who stands where, and how people passed, is read once."""

    definition: Definition
    line: JourneyLine
    touchpoints: Mapping[str, object]
    visit: Visit
    standing: Mapping[str, Standing]
    passages: Mapping[str, Passage]

    def cards(self) -> Iterable[StepCard]:
        return self._cards(describe(self.definition, self.visit.language))

    def _cards(self, lines: Iterable[StepLine]) -> Iterable[StepCard]:
        for line in lines:
            if line.kind == "task":
                yield StepCard("line", text=_("From here a person decides"))
            yield self._card(line)
            if line.kind == "goal":
                for way in line.ways:
                    yield from self._cards(way.lines)
            elif line.ways:
                passed = self.passages.get(line.step)
                yield StepCard(
                    "fork",
                    lanes=tuple(
                        Lane(
                            way.heading,
                            tuple(self._cards(way.lines)),
                            passed=went(passed, way.lines[0].step if way.lines else ""),
                        )
                        for way in line.ways
                    ),
                )

    def _card(self, line: StepLine) -> StepCard:
        crowd = self.standing.get(line.step) if line.number else None
        passed = self.passages.get(line.step) if line.number else None
        return StepCard(
            _KINDS.get(line.kind, "step"),  # type: ignore[arg-type]
            verb=line.verb,
            text=line.what,
            number=line.number,
            note=line.conditions,
            channel="mail" if line.kind == "send" else "",
            line=self._line_of(line.step),
            owner=person_named(self.visit, line.owner) if line.kind == "task" else None,
            count=self._count(crowd) if crowd else None,
            passed=tuple(how_they_went(passed)) if passed and not line.ways else (),
        )

    def _line_of(self, step_id: str) -> str:
        step = next((each for each in self.definition.steps if each.id == step_id), None)
        found = self.touchpoints.get(step.touchpoint) if isinstance(step, Send) else None
        return str(getattr(found, "line", ""))

    def _count(self, crowd: Standing) -> StepCount:
        url = reverse("web:journey_step", args=[self.definition.slug, crowd.step])
        text = ngettext("waits here", "wait here", crowd.number)
        until = _("until %(moment)s") % {"moment": near(crowd.until, self.visit.now)} if crowd.until else ""
        notes = filter(None, (until, *troubles(crowd)))
        return StepCount(crowd.number, text, url, ", ".join(map(str, notes)))


_KINDS = {"begin": "start", "goal": "start", "go_on": "start", "end": "end", "exit": "end", "task": "person"}
