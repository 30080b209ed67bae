"""The map of touchpoints."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tactful.touchpoints import queries
from tactful.touchpoints.queries import Touchpoint
from tactful.touchpoints.rules.catalogue import PHASES, Suggestion, suggestions
from tactful.touchpoints.types import Line
from tactful.web.pages.line import LinePage, LookRow, NextUp, Phase
from tactful.web.types import Act, Fact, Link, TouchpointCard
from tactful.web.visit import Visit
from tactful.web.words import PHASES as PHASE_NAMES
from tactful.wiring.drift import line_drift, repeated_words

LOOK_LIMIT = 5


def line_page(visit: Visit) -> LinePage:
    rows = list(queries.on_the_map())
    best = queries.candidates().first()
    lines = [line_of(row) for row in rows]
    return LinePage(
        judgement=lines.count(Line.JUDGEMENT),
        structural=lines.count(Line.STRUCTURAL),
        undecided=lines.count(Line.UNDECIDED),
        phases=tuple(_phase(name, rows, best, visit) for name in PHASES),
        next_up=_next_up(best, visit) if best else None,
        look=tuple(_look(rows, best, visit)),
        drift=tuple(_drift(rows, visit)),
        add_url=reverse("web:touchpoint_add") if visit.user.is_owner or visit.user.is_helper else "",
    )


def line_of(row: Touchpoint) -> Line:
    """Where it stands now; without a decision it counts as judgement."""
    return Line(row.current.line) if row.current else Line.UNDECIDED


def name_of(row: Touchpoint, language: str) -> str:
    return row.name_nb if language == "nb" else row.name_en


def suggestion_for(slug: str) -> Suggestion | None:
    return next((each for each in suggestions() if each.slug == slug), None)


def _phase(phase: str, rows: Sequence[Touchpoint], best: Touchpoint | None, visit: Visit) -> Phase:
    """Above: what people keep, then what is open, the best candidate nearest to the line."""
    mine = [row for row in rows if row.phase == phase]
    above = [row for row in mine if line_of(row) is not Line.STRUCTURAL]
    below = [row for row in mine if line_of(row) is Line.STRUCTURAL]
    return Phase(
        PHASE_NAMES[phase],
        tuple(_card(row, best, visit) for row in sorted(above, key=_closeness)),
        tuple(_card(row, best, visit) for row in sorted(below, key=lambda row: -row.score)),
    )


def _closeness(row: Touchpoint) -> tuple[bool, int, int]:
    is_candidate = _is_candidate(row)
    return is_candidate, row.score if is_candidate else 0, row.position


def _is_candidate(row: Touchpoint) -> bool:
    return line_of(row) is Line.UNDECIDED and row.suggested_line == Line.STRUCTURAL


def _card(row: Touchpoint, best: Touchpoint | None, visit: Visit) -> TouchpointCard:
    line = line_of(row)
    scored = line is Line.STRUCTURAL or _is_candidate(row)
    return TouchpointCard(
        slug=row.slug,
        name=name_of(row, visit.language),
        line=line.value,
        score=row.score if scored else None,
        owner=None if scored else visit.person(row.owner_id),
        next_up=best is not None and row.id == best.id,
    )


def _next_up(row: Touchpoint, visit: Visit) -> NextUp:
    suggestion = suggestion_for(row.slug)
    url = reverse("web:touchpoint", args=[row.slug])
    acts = (
        Act(_("Decide on it"), f"{url}?line=structural", post=False, strong=True),
        Act(_("Keep it with people"), f"{url}?line=judgement", post=False),
    )
    of_five = _("%(number)d of 5")
    scores = (
        Fact(_("How often it happens"), of_five % {"number": row.frequency}),
        Fact(_("How much effort each one costs"), of_five % {"number": row.friction}),
        Fact(_("How clear the result is"), of_five % {"number": row.clarity}),
        Fact(_("What it would pay"), _("%(number)d of 125") % {"number": row.score}),
    )
    why = suggestion.why[visit.language] if suggestion else ""
    return NextUp(name_of(row, visit.language), why, scores, acts if visit.user.is_owner else ())


def _look(rows: Sequence[Touchpoint], best: Touchpoint | None, visit: Visit) -> Iterable[LookRow]:
    """What nobody has decided yet, apart from the one that has a card of its own."""
    open_ones = [row for row in rows if line_of(row) is Line.UNDECIDED and row != best]
    for row in open_ones[:LOOK_LIMIT]:
        link = Link(_("Decide now"), reverse("web:touchpoint", args=[row.slug]))
        said = _("has not been decided. Until you do, only people write.")
        yield LookRow("client", name_of(row, visit.language), said, link)


def _drift(rows: Sequence[Touchpoint], visit: Visit) -> Iterable[LookRow]:
    """Counts of what people did, and a way to decide; the machine decides nothing."""
    by_id = {row.id: row for row in rows}
    for drift in line_drift(visit.now):
        row, seen = by_id[drift.seen.touchpoint_id], drift.seen
        url = f"{reverse('web:touchpoint', args=[row.slug])}?line={drift.towards.value}"
        link = Link(_("Decide on it"), url)
        if drift.towards is Line.JUDGEMENT:
            words = {"all": seen.sent + seen.stopped, "lined": seen.lined, "stopped": seen.stopped}
            said = _(
                "seems to take judgement: of %(all)d messages people added a line to %(lined)d "
                "and stopped %(stopped)d."
            )
            yield LookRow("judgement", name_of(row, visit.language), said % words, link)
        else:
            words = {"all": seen.sent, "same": seen.unedited}
            said = _("seems structural: of %(all)d answers %(same)d went out in the same words each time.")
            yield LookRow("structural", name_of(row, visit.language), said % words, link)
    if visit.user.is_helper:  # what follows is what people wrote to clients
        return
    for body, count in repeated_words(visit.now):
        said = _("has gone out %(count)d times in the same words. It could be a touchpoint of its own.")
        link = Link(_("Make it a touchpoint"), reverse("web:touchpoint_add"))
        yield LookRow("structural", f"“{_beginning(body)}”", said % {"count": count}, link)


def _beginning(body: str) -> str:
    """The words after the greeting, cut short."""
    first, _break, rest = body.partition("\n")
    return Truncator(" ".join((rest or first).split())).chars(60)
