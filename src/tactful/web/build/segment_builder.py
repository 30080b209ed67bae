"""The page on which a segment is built: the form, its sentence, how many that are, and a few of them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.segments import queries
from tactful.segments.rules.problems import SegmentError
from tactful.segments.rules.reading import node_of, read
from tactful.segments.sentences import problem_sentence, sentence
from tactful.segments.types import MOST_DEPTH, AllOf, AnyOf, Node, Not
from tactful.segments.wording import phrase
from tactful.web.build.segments import clients_said, people
from tactful.web.forms.journey.controls import Choice, Control, choices
from tactful.web.forms.segment.drafts import ROOT, Bracket, Line, document
from tactful.web.forms.segment.house import House, house_of
from tactful.web.forms.segment.kinds import KINDS, kind_names
from tactful.web.pages.segments import BracketView, BuilderPage, LineView
from tactful.web.types import Link, Person
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.segments import ALLOWED, moment_at


@dataclass(frozen=True, slots=True)
class Building:
    """``slug``: of the segment that is changed; "" for a new one. ``error``: why it could not be kept."""

    root: Bracket
    name: str = ""
    slug: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    sentence: str = ""
    count: str = ""
    trouble: str = ""
    sample: tuple[Person, ...] = ()


def builder_page(building: Building, visit: Visit) -> BuilderPage:
    house, slug = house_of(visit, without=building.slug), building.slug
    found = _find(building, house, visit)
    here = reverse("web:segment_edit", args=[slug]) if slug else reverse("web:segment_new")
    back = (
        Link(building.name, reverse("web:segment", args=[slug]))
        if slug
        else Link(_("Segments"), reverse("web:segments"))
    )
    return BuilderPage(
        title=_("Change the segment") if slug else _("New segment"),
        back=back,
        name=building.name,
        save=here,
        root=_bracket(building.root, ROOT, house, 1),
        sentence=found.sentence,
        count=found.count,
        trouble=found.trouble,
        sample=found.sample,
        lists=house.lists,
        unfinished=_unfinished(building.root),
        error=building.error,
        slug=slug,
        empty_words=_("Add a condition. The sentence writes itself here while you click."),
    )


def _find(building: Building, house: House, visit: Visit) -> _Found:
    doc = document(building.root)
    if doc is None:
        return _Found()
    known = queries.library(ALLOWED)
    said = ""
    try:
        tree = read(doc, ALLOWED)
        said = sentence(tree, house.names)
        if building.slug:
            known[building.slug] = tree
        moment = moment_at(visit.now)
        count = queries.count(tree, ALLOWED, moment, known)
        sample = people(queries.sample(tree, ALLOWED, moment, known, 6)) if count else ()
    except SegmentError as error:
        return _Found(said, trouble=problem_sentence(error.problem))
    return _Found(said, clients_said(count), sample=sample)


def _bracket(part: Bracket, path: str, house: House, depth: int) -> BracketView:
    inner = [
        _bracket(each, f"{path}.{n}", house, depth + 1)
        if isinstance(each, Bracket)
        else _line(each, f"{path}.{n}", house)
        for n, each in enumerate(part.parts)
    ]
    label = _("Clients of whom") if depth == 1 else _("A group of which")
    return BracketView(
        path,
        Control(f"{path}.kind", label, "select", part.joint, choices=_joints(part.joint)),
        _adds(house, depth),
        tuple(inner),
        depth == 1,
    )


def _joints(chosen: str) -> tuple[Choice, ...]:
    offered = [
        ("all", _("all of these hold")),
        ("any", _("at least one of these holds")),
        ("none", _("none of these holds")),
    ]
    return choices([*offered, ("not_all", _("not all of these hold"))] if chosen == "not_all" else offered)


def _adds(house: House, depth: int) -> tuple[Choice, ...]:
    without = {"journey"} if not house.journeys else set()
    without |= {"segment"} if not house.segments else set()
    offered = [pair for pair in kind_names().items() if pair[0] not in without]
    return choices([*offered, *([("group", _("A group of conditions"))] if depth < MOST_DEPTH - 2 else [])])


def _line(part: Line, path: str, house: House) -> LineView:
    doc = part.doc
    return LineView(
        path,
        part.kind,
        kind_names().get(part.kind, _("A condition")),
        KINDS[part.kind].draw(path, part.values, house),
        "" if doc is None else _said(doc, house),
    )


def _said(doc: dict[str, object], house: House) -> str:
    try:
        node = node_of(doc, ALLOWED)
    except SegmentError:
        return ""
    return capital(_phrase(node, house))


def _phrase(node: Node, house: House) -> str:
    inner, positive = (node.of, False) if isinstance(node, Not) else (node, True)
    return "" if isinstance(inner, AllOf | AnyOf | Not) else phrase(inner, house.names, positive=positive)


def _unfinished(part: Bracket) -> int:
    return sum(
        _unfinished(each) if isinstance(each, Bracket) else int(each.doc is None) for each in part.parts
    )
