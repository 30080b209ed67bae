"""One touchpoint: the question on which side of the line it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.journeys import queries as journeys
from tactful.journeys.types import Send
from tactful.touchpoints import queries
from tactful.touchpoints.queries import Touchpoint
from tactful.touchpoints.types import Line
from tactful.web.build.line import line_of, name_of, suggestion_for
from tactful.web.pages.inbox import Choice
from tactful.web.pages.line import Comment, Revision, Scale, TouchpointPage
from tactful.web.types import Link, Text
from tactful.web.visit import Visit
from tactful.web.words import CLASSES, PHASES


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, or what stands there when nothing was. ``errors``: by field, reason or owner."""

    line: Line
    reason: str
    owner_id: int | None
    message_class: str
    score: tuple[int, int, int]
    errors: Mapping[str, str] = field(default_factory=dict)

    def on(self, line: Line) -> "Typed":
        return replace(self, line=line)


def as_it_stands(row: Touchpoint) -> Typed:
    score = (row.frequency, row.friction, row.clarity)
    return Typed(line_of(row), "", row.owner_id, row.message_class, score)


def touchpoint_page(row: Touchpoint, typed: Typed, visit: Visit) -> TouchpointPage:
    frequency, friction, clarity = typed.score
    return TouchpointPage(
        slug=row.slug,
        name=name_of(row, visit.language),
        phase=PHASES.get(row.phase, row.phase),
        moment=row.moment_nb if visit.language == "nb" else row.moment_en,
        line=typed.line.value,
        classes=tuple(Choice(key, name, key == typed.message_class) for key, name in CLASSES.items()),
        owners=tuple(_owners(typed.owner_id, visit)),
        scales=_scales(typed.score),
        score=frequency * friction * clarity,
        rank=_rank(row),
        reason=typed.reason,
        suggestion=_suggestion(row, visit),
        consequence=_("What already waits is checked again before it leaves."),
        reason_error=typed.errors.get("reason", ""),
        owner_error=typed.errors.get("owner", ""),
        history=tuple(_history(row, visit)),
        used_by=tuple(_used_by(row.slug, visit)),
        owner=visit.person(row.owner_id),
        can_decide=visit.user.is_owner,
        preview_hours=row.preview_hours,
        # Colleagues speak of clients there.
        comments=() if visit.user.is_helper else tuple(_comments(row, visit)),
    )


def _owners(chosen: int | None, visit: Visit) -> Iterable[Choice]:
    yield Choice("", _("Nobody"), chosen is None)
    people = sorted(visit.staff.values(), key=lambda user: user.name)
    for user in people:
        if (user.is_active and user.may_write) or user.id == chosen:
            yield Choice(str(user.id), user.name, user.id == chosen)


def _scales(score: tuple[int, int, int]) -> tuple[Scale, ...]:
    frequency, friction, clarity = score
    return (
        Scale("frequency", _("How often it happens"), _("1 is once a year, 5 is every day"), frequency),
        Scale(
            "friction", _("How much effort each one costs"), _("1 is a minute, 5 is half an hour"), friction
        ),
        Scale("clarity", _("How clear the result is"), _("5 is a plain yes or no"), clarity),
    )


def _rank(row: Touchpoint) -> Text:
    order = [each.id for each in queries.ranked_structural()]
    if row.id not in order:
        return ""
    return _("Number %(place)d of %(all)d.") % {"place": order.index(row.id) + 1, "all": len(order)}


def _suggestion(row: Touchpoint, visit: Visit) -> Text:
    found = suggestion_for(row.slug)
    if found is None:
        return ""
    words = {"why": found.why[visit.language]}
    if found.suggested is Line.STRUCTURAL:
        return _("We suggest structural. %(why)s") % words
    return _("We suggest judgement. %(why)s") % words


def _history(row: Touchpoint, visit: Visit) -> Iterable[Revision]:
    for revision in queries.history(row.id):
        person = visit.person(revision.by)
        by = person.name if person else _("Suggested by Tactful")
        yield Revision(revision.at, by, Line(revision.line).value, revision.reason)


def _comments(row: Touchpoint, visit: Visit) -> Iterable[Comment]:
    for each in queries.comments(row.id):
        person = visit.person(each.by_id)
        yield Comment(each.at, person.name if person else _("Somebody who has left"), each.text)


def _used_by(slug: str, visit: Visit) -> Iterable[Link]:
    for entry in journeys.all_journeys():
        if entry.journey.live_version is None:
            continue
        definition = journeys.definition_of(entry.journey)
        for number, step in enumerate(definition.steps, 1):
            if isinstance(step, Send) and step.touchpoint == slug:
                name = definition.name.in_language(visit.language)
                text = _("%(journey)s, step %(number)d") % {"journey": name, "number": number}
                yield Link(text, reverse("web:journey", args=[definition.slug]))
