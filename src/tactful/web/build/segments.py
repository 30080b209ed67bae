"""Segments in a list, one of them on a page, and why a client is in it or not."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts import queries as contacts
from tactful.segments import queries
from tactful.segments.queries import Listed, Segment
from tactful.segments.rules.problems import SegmentError
from tactful.segments.rules.reading import node_of
from tactful.segments.sentences import Names, problem_sentence, reasons, sentence
from tactful.segments.types import Library, Node
from tactful.web.build.segment_starts import STARTS
from tactful.web.forms.segment.house import house_of
from tactful.web.pages.segments import SegmentPage, SegmentRow, SegmentsPage, Start, WhyLine, WhyPart
from tactful.web.templatetags.tactful import full_date, near, number
from tactful.web.types import Act, EmptyState, Fact, Person
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.segments import ALLOWED, moment_at

FOUND = 10


def segments_page(visit: Visit) -> SegmentsPage:
    names = house_of(visit, lists=False).names
    rows = tuple(_row(each, names, visit) for each in queries.listed(ALLOWED))
    return SegmentsPage(rows, _starts(names), None if rows else _empty())


def clients_said(count: int) -> str:
    return ngettext("%(count)s client", "%(count)s clients", count) % {"count": number(count)}


def _row(each: Listed, names: Names, visit: Visit) -> SegmentRow:
    live = each.row.live_since is not None
    counted = each.counted_at
    return SegmentRow(
        url=reverse("web:segment", args=[each.row.slug]),
        name=each.row.name,
        sentence=_unreadable() if each.tree is None else sentence(each.tree, names),
        live=live,
        size="" if each.size is None else clients_said(each.size),
        note=_("Kept up to date") if live
        else _("Counted %(moment)s") % {"moment": near(counted, visit.now)} if counted else "",
    )  # fmt: skip


def _unreadable() -> str:
    return _("It asks for something that is no longer here. Open it and mend it.")


def _starts(names: Names) -> tuple[Start, ...]:
    url = reverse("web:segment_new")
    return tuple(
        Start(f"{url}?start={key}", start.name, sentence(node_of(start.where, ALLOWED), names), start.use)
        for key, start in STARTS.items()
    )


def _empty() -> EmptyState:
    return EmptyState(
        _("There are no segments yet"),
        _("A segment is a sentence about clients. Begin with one of these, or with an empty one."),
        "client",
    )


def segment_page(row: Segment, visit: Visit, given: Mapping[str, str]) -> SegmentPage:
    names, known = house_of(visit, lists=False).names, queries.library(ALLOWED)
    tree, trouble = known.get(row.slug), ""
    count, sample = "", tuple[Person, ...]()
    try:
        if tree is not None:
            moment = moment_at(visit.now)
            count = clients_said(queries.count(tree, ALLOWED, moment, known))
            sample = people(queries.sample(tree, ALLOWED, moment, known), row.slug)
    except SegmentError as error:
        tree, trouble = None, problem_sentence(error.problem)
    q = given.get("q", "").strip()[:200]
    return SegmentPage(
        slug=row.slug,
        name=row.name,
        sentence=_unreadable() if tree is None else sentence(tree, names),
        count=count,
        sample=sample,
        facts=_facts(row, visit),
        acts=_acts(row) if visit.user.may_write else (),
        q=q,
        found=_found(q, row.slug),
        why=None if tree is None else _why(tree, known, given.get("client", ""), visit, names),
        trouble=trouble,
        removal=reverse("web:segment_removal", args=[row.slug]) if visit.user.may_write else "",
    )


def people(ids: Sequence[int], slug: str = "") -> tuple[Person, ...]:
    """``slug``: each is a link to why they are in that segment; else to their page."""
    return tuple(
        Person(line.name, True, line.company, _link(line.id, slug)) for line in contacts.lines(list(ids))
    )


def _link(contact_id: int, slug: str) -> str:
    if slug:
        return f"{reverse('web:segment', args=[slug])}?client={contact_id}#why"
    return reverse("web:client", args=[contact_id])


def _found(q: str, slug: str) -> tuple[Person, ...]:
    lines = contacts.search(q, limit=FOUND) if q else ()
    return tuple(Person(line.name, True, line.company, _link(line.id, slug)) for line in lines)


def _facts(row: Segment, visit: Visit) -> tuple[Fact, ...]:
    live = _("It is not kept up to date. It is counted when somebody asks.")
    if row.live_since is not None:
        live = _("Since %(day)s. Who comes in or leaves is noted, and journeys can begin with it.") % {
            "day": full_date(row.live_since)
        }
    by = visit.person(row.by)
    changed = full_date(row.changed_at)
    return (
        Fact(_("Kept up to date"), live),
        Fact(_("Short name"), row.slug, _("By it journeys and other programs ask for it.")),
        Fact(_("Last changed"), f"{changed}, {by.name}" if by else changed),
    )


def _acts(row: Segment) -> tuple[Act, ...]:
    live = row.live_since is not None
    return (
        Act(
            _("No longer keep it up to date") if live else _("Keep it up to date"),
            reverse("web:segment_live", args=[row.slug]),
            fields=(("live", "no" if live else "yes"),),
        ),
        Act(_("Write to them all"), f"{reverse('web:broadcast_new')}?segment={row.slug}", post=False),
        Act(_("Change the segment"), reverse("web:segment_edit", args=[row.slug]), post=False, strong=True),
    )


def _why(tree: Node, known: Library, client: str, visit: Visit, names: Names) -> WhyPart | None:
    if not client.isdecimal() or len(client) > 18:
        return None
    answer = queries.why(int(client), tree, ALLOWED, moment_at(visit.now), known)
    found = people([int(client)])
    if answer is None or not found:
        return None
    said = _("%(name)s is in this segment.") if answer.holds else _("%(name)s is not in this segment.")
    lines = tuple(
        WhyLine(each.depth, capital(each.text), each.holds, each.evidence, each.is_group)
        for each in reasons(answer, names)
    )
    return WhyPart(found[0], said % {"name": found[0].name}, answer.holds, lines)
