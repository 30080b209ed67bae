"""The editor of a draft: its flow, what stands around it, its checks and its tests; or its text."""

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import DraftEntry, JourneyDraft
from tactful.journeys.rules.definition import parse, read
from tactful.journeys.rules.problems import DefinitionError, Problem
from tactful.journeys.sentences import around, goal_said
from tactful.journeys.types import Definition
from tactful.journeys.wording import problem_sentence
from tactful.web.build.editor_changes import changes, marks
from tactful.web.build.editor_checks import by_step, check_lines, test_rows
from tactful.web.build.editor_flow import Flow
from tactful.web.build.editor_forms import Opened, part_form, part_titles
from tactful.web.build.editor_house import house_of
from tactful.web.build.editor_tests import example_test
from tactful.web.build.journeys import surroundings
from tactful.web.forms.journey.house import House
from tactful.web.pages.editor import EditorPage, Part, ProblemRow, TestForm
from tactful.web.templatetags.tactful import near
from tactful.web.types import Fact, Tab, Text
from tactful.web.visit import Visit

FLOW, TEXT = "", "text"


def readable(draft: JourneyDraft) -> Definition | tuple[Problem, ...]:
    """The journey of a draft, or why its text is none."""
    try:
        definition = read(draft.text)
    except DefinitionError as error:
        return error.problems
    if definition.slug != draft.journey.slug:
        return (Problem("other_slug", "slug", None, {"slug": draft.journey.slug}),)
    return definition


def live_of(draft: JourneyDraft) -> Definition | None:
    live = draft.journey.live_version
    return None if live is None else parse(live.document)


def editor_page(draft: JourneyDraft, visit: Visit, opened: Opened) -> EditorPage:
    found = readable(draft)
    if isinstance(found, tuple):
        return EditorPage(
            **_head(draft, None, visit, FLOW),  # type: ignore[arg-type]
            problems=problem_rows(found, visit.language),
            tests=test_rows(draft.journey_id, None, visit),
        )
    house, live, rules = house_of(found, visit), live_of(draft), surroundings()
    checks = check_lines(found, rules, visit)
    flow = Flow(found, house, visit, opened, marks(live, found), by_step(checks), rules.touchpoints)
    return EditorPage(
        **_head(draft, found, visit, FLOW),  # type: ignore[arg-type]
        strands=tuple(flow.strands()),
        begin=flow.begin(),
        about=_part("about", (), found, house, opened),
        parts=tuple(_parts(found, house, visit, opened)),
        checks=checks,
        tests=test_rows(draft.journey_id, found, visit),
        test_form=opened.test or TestForm("", example_test(found, visit.now)),
        is_empty=len(found.steps) == 1 and not opened.anything,
        comments=draft.text.count("\n#") + draft.text.startswith("#"),
        suggestions=_suggestions(house),
    )


def text_page(draft: JourneyDraft, visit: Visit, typed: str | None = None, theirs: str = "") -> EditorPage:
    """``typed``: what could not be kept, because of ``theirs``."""
    found = readable(draft)
    is_fine = not isinstance(found, tuple)
    definition = found if isinstance(found, Definition) else None
    problems = () if isinstance(found, Definition) else problem_rows(found, visit.language)
    return EditorPage(
        **_head(draft, definition, visit, TEXT),  # type: ignore[arg-type]
        text=draft.text if typed is None else typed,
        is_text=True,
        problems=problems,
        theirs=theirs,
        checks=check_lines(definition, surroundings(), visit) if is_fine and definition else (),
    )


def problem_rows(problems: tuple[Problem, ...], language: str) -> tuple[ProblemRow, ...]:
    return tuple(ProblemRow(each.line or 0, problem_sentence(each, language)) for each in problems)


def _head(draft: JourneyDraft, found: Definition | None, visit: Visit, tab: str) -> Mapping[str, object]:
    journey = draft.journey
    nb = visit.language == "nb"
    name = found.name.in_language(visit.language) if found else (journey.name_nb if nb else journey.name_en)
    slug = journey.slug
    return {
        "slug": slug,
        "name": name or slug,
        "sentence": found.about.in_language(visit.language) if found and found.about else "",
        "revision": draft.revision,
        "state": _state(draft, found, visit.language),
        "said": did_sentence(queries.draft_entry(draft), visit),
        "tabs": (
            Tab(_("Flow"), reverse("web:draft", args=[slug]), tab == FLOW, icon="journeys"),
            Tab(_("Text"), reverse("web:draft_text", args=[slug]), tab == TEXT, icon="doc"),
        ),
        "can_write": visit.user.may_set_up,
        "can_undo": queries.has_earlier(draft),
        "can_redo": queries.has_later(draft),
    }


def _state(draft: JourneyDraft, found: Definition | None, language: str) -> Text:
    live = draft.journey.live_version
    if live is None:
        return _("It has never been live.")
    if found is None:
        return _("Version %(number)d is live.") % {"number": live.number}
    count = len(changes(parse(live.document), found, language))
    if not count:
        return _("The same as version %(number)d, which is live.") % {"number": live.number}
    said = ngettext(
        "%(count)d change from version %(number)d, which is live.",
        "%(count)d changes from version %(number)d, which is live.",
        count,
    )
    return said % {"count": count, "number": live.number}


def did_sentence(entry: DraftEntry | None, visit: Visit) -> Text:
    """What was done last: "Step added: Wait 3 days. Kari, 10:32"."""
    if entry is None:
        return ""
    what = entry.said.get("what", {}).get(visit.language, "")
    said = _did().get(entry.said.get("code", ""), "%(what)s") % {"what": what}
    who = visit.person(entry.by)
    when = near(entry.at, visit.now)
    return f"{said} {who.name}, {when}." if who else f"{said} {when}."


def _did() -> Mapping[str, str]:
    return {
        "began": _("The draft was begun."),
        "added": _("Added: %(what)s."),
        "changed": _("Changed: %(what)s."),
        "moved": _("Moved: %(what)s."),
        "copied": _("Copied: %(what)s."),
        "removed": _("Taken away: %(what)s."),
        "led": _("Leads elsewhere now: %(what)s."),
        "fixed": _("Mended: %(what)s."),
        "typed": _("The text was changed."),
    }


def _parts(found: Definition, house: House, visit: Visit, opened: Opened) -> Iterator[Part]:
    yield _part("entry", (), found, house, opened)
    goal = goal_said(found, visit.language)
    yield _part("goal", (Fact(_("Reached when"), goal or _("there is none")),), found, house, opened)
    facts = tuple(Fact(label, value) for label, value in around(found, visit.language))
    yield _part("rules", facts, found, house, opened)
    words = ngettext("%(count)d word", "%(count)d words", len(found.names)) % {"count": len(found.names)}
    yield _part("names", (Fact(_("Own words for events and fields"), words),), found, house, opened)


def _part(name: str, facts: tuple[Fact, ...], found: Definition, house: House, opened: Opened) -> Part:
    form = part_form(found, name, house, opened) if opened.part == name else None
    return Part(name, part_titles()[name], facts, form, opened.at == f"p-{name}")


def _suggestions(house: House) -> dict[str, tuple[str, ...]]:
    return {"attributes": house.attributes, "values": ()}
