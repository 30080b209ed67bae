"""The editor of a journey: its draft as a flow, opened and changed in place."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from tactful.journeys import actions, queries
from tactful.journeys.actions import Did, DraftGone, Meanwhile, NewTest, Writing
from tactful.journeys.queries import JourneyDraft
from tactful.journeys.rules import editing
from tactful.journeys.rules.advice import advised
from tactful.journeys.rules.editing import NotPossible
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.sentences import finding_sentence, steps_said
from tactful.journeys.types import END, Definition
from tactful.web.access import Sorry, StaffRequest, number, staff_page, writes
from tactful.web.build.editor import editor_page, readable
from tactful.web.build.editor_forms import Opened, Tried, part_titles
from tactful.web.build.editor_house import house_of
from tactful.web.build.journey_tests import NO_TEST, read_source, why_no_test
from tactful.web.build.journeys import surroundings
from tactful.web.edits import (
    Built,
    added,
    definition_from,
    problem_texts,
    rewritten,
    taken_part,
    taken_step,
)
from tactful.web.forms.journey.around import PARTS
from tactful.web.pages.editor import TestForm
from tactful.web.views.journeys import line_of


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def draft(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The draft; by POST it is begun."""
    if request.method == "POST":
        return _begin(request, slug)
    found = draft_or_404(slug)
    return show(request, found, _asked(request.GET) if request.user.may_set_up else Opened())


def _asked(query: QueryDict) -> Opened:
    def of(name: str) -> str:
        return query.get(name, "")

    return Opened(of("edit"), of("part"), of("add"), of("kind"), of("move"), of("at"))


@writes
def _begin(request: StaffRequest, slug: str) -> HttpResponseBase:
    journey = queries.journey_by_slug(slug)
    if journey is None:
        raise Http404
    actions.open_draft(journey.id, acting_user=request.user.id, now=request.visit.now)
    return redirect("web:draft", slug)


@staff_page("journeys")
@writes
def steps(request: StaffRequest, slug: str) -> HttpResponseBase:
    """A new step at a place."""
    kind, place = request.POST.get("kind", ""), request.POST.get("place", "")

    def build(definition: Definition) -> Built:
        return added(definition, request.POST, house_of(definition, request.visit), kind)

    return _form(request, slug, build, Opened(add=place, kind=kind))


@staff_page("journeys")
@writes
def step(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    """One step as its form, or its text, says now."""

    def build(definition: Definition) -> Built:
        editing.step_of_id(definition, step)
        return taken_step(definition, request.POST, house_of(definition, request.visit), step)

    return _form(request, slug, build, Opened(edit=step, at=f"s-{step}"))


@staff_page("journeys")
@writes
def part(request: StaffRequest, slug: str, part: str) -> HttpResponseBase:
    """A part around the steps."""
    if part not in PARTS:
        raise Http404

    def build(definition: Definition) -> Built:
        return taken_part(definition, request.POST, house_of(definition, request.visit), part)

    return _form(request, slug, build, Opened(part=part, at=f"p-{part}"))


@staff_page("journeys")
@writes
def step_place(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    """Move a step. ``from``: the button that was pressed, which keeps the focus."""
    at = request.POST.get("from", "s")

    def move(definition: Definition) -> Definition:
        place = editing.place_of(definition, request.POST.get("place", ""))
        return editing.move(definition, step, place)

    return _act(request, slug, move, ("moved", step), f"{at if at in ('up', 'down') else 's'}-{step}")


@staff_page("journeys")
@writes
def step_copy(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    return _act(request, slug, lambda found: editing.copy(found, step)[0], ("copied", step), f"c-{step}")


@staff_page("journeys")
@writes
def step_removal(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    """The focus goes to what stands there now."""
    definition = _definition(draft_or_404(slug))
    goes = _possible(lambda: editing.heir(definition, step))
    ids = [each.id for each in definition.steps]
    before = ids[ids.index(step) - 1] if ids.index(step) else ""
    at = f"s-{goes}" if goes in ids else f"s-{before}" if before else "p-entry"
    return _act(request, slug, lambda found: editing.remove(found, step), ("removed", step), at)


@staff_page("journeys")
@writes
def leads(request: StaffRequest, slug: str) -> HttpResponseBase:
    """A way goes on at another step, or ends."""
    text, target = request.POST.get("place", ""), request.POST.get("target", "") or END

    def turn(definition: Definition) -> Definition:
        return editing.lead(definition, editing.place_of(definition, text), target)

    step = text.partition("~")[0].partition(".")[0]
    return _act(request, slug, turn, ("led", step), f"g-{text}")


@staff_page("journeys")
@writes
def fixes(request: StaffRequest, slug: str) -> HttpResponseBase:
    """What a check found, mended with a click."""
    found = draft_or_404(slug)
    return _mend(request, found, writing_of(request, found))


@staff_page("journeys")
@writes
def mending(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The same from the page of a journey: its draft is opened and mended, and a person publishes it."""
    journey = line_of(slug).journey
    found = actions.open_draft(journey.id, acting_user=request.user.id, now=request.visit.now)
    return _mend(request, found, Writing(journey.id, found.revision, request.user.id, request.visit.now))


def _mend(request: StaffRequest, found: JourneyDraft, writing: Writing) -> HttpResponseBase:
    definition = _definition(found)
    said = advised(definition, surroundings(), request.POST.get("finding", ""))
    if said is None or said.mended is None:
        raise Sorry(_("That is mended already."))
    what = {language: finding_sentence(said.finding, language).rstrip(".") for language in ("en", "nb")}
    return keep(request, writing, rewritten(found.text, said.mended), Did("fixed", what), "checks")


@staff_page("journeys")
@writes
def tests(request: StaffRequest, slug: str) -> HttpResponseBase:
    """A test written by hand; one of the same name is replaced."""
    found = draft_or_404(slug)
    name, body = request.POST.get("name", "").strip(), request.POST.get("body", "")[:50_000]
    problem = "" if name else _("Say what must be so, in one sentence.")
    try:
        given, expected = read_source(body)
        queries.run_given(_definition(found), given, expected)
    except NO_TEST as trouble:
        problem = problem or str(why_no_test(trouble))
    if problem:
        return show(request, found, Opened(test=TestForm(name, body, problem)), status=422)
    test = NewTest(found.journey_id, name, given, expected)
    actions.keep_test(test, acting_user=request.user.id, now=request.visit.now)
    return to_draft(slug, "h-tests")


@staff_page("journeys")
@writes
def undo(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _history(request, slug, actions.undo, "undo")


@staff_page("journeys")
@writes
def redo(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _history(request, slug, actions.redo, "redo")


def draft_or_404(slug: str) -> JourneyDraft:
    found = queries.draft_of(slug)
    if found is None:
        raise Http404
    return found


def writing_of(request: StaffRequest, found: JourneyDraft) -> Writing:
    seen = number(request.POST.get("revision", "")) or 0
    return Writing(found.journey_id, seen, request.user.id, request.visit.now)


def meanwhile(trouble: Meanwhile, request: StaffRequest) -> Sorry:
    """Who came in between, and that nothing was overwritten."""
    who = request.visit.person(trouble.draft.by)
    if who is None or trouble.draft.by == request.user.id:
        return Sorry(
            _(
                "You changed this draft in another window meanwhile. "
                "Here is how it stands now; do your change again."
            )
        )
    said = _("%(name)s changed this draft meanwhile. Here is how it stands now; do your change again.")
    return Sorry(said % {"name": who.name})


def show(request: StaffRequest, found: JourneyDraft, opened: Opened, status: int = 200) -> HttpResponseBase:
    page = editor_page(found, request.visit, opened)
    return render(request, "web/editor.html", {"page": page, "at": opened.at}, status=status)


@contextmanager
def alone_with(request: StaffRequest) -> Iterator[None]:
    """Who came in between, or that the draft is gone, said as a sentence."""
    try:
        yield
    except Meanwhile as trouble:
        raise meanwhile(trouble, request) from trouble
    except DraftGone as trouble:
        raise gone() from trouble


def gone() -> Sorry:
    return Sorry(_("This draft is published or put away meanwhile. Open the journey to go on."))


def keep(request: StaffRequest, writing: Writing, text: str, did: Did, at: str) -> HttpResponseBase:
    with alone_with(request):
        draft = actions.edit(writing, text, did)
    return to_draft(draft.journey.slug, at)


def to_draft(slug: str, at: str = "") -> HttpResponseBase:
    query = f"?{urlencode({'at': at})}" if at else ""
    return redirect(reverse("web:draft", args=[slug]) + query)


def _definition(found: JourneyDraft) -> Definition:
    definition = readable(found)
    if isinstance(definition, tuple):
        raise Sorry(_("The text of this draft cannot be read. Mend it first, or undo."))
    return definition


def _possible(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except NotPossible as trouble:
        raise Sorry(_not_possible(trouble.code)) from trouble


def _not_possible(code: str) -> str:
    said: Mapping[str, str] = {
        "inside": _("A step cannot be moved into one of its own ways."),
        "nowhere": _("Nothing can come after this step, so it stays where it is."),
        "full": _("A journey has at most 200 steps."),
        "last": _("This is the only step. Add another before you take it away."),
    }
    return said.get(code, _("That is not there any more. Here is how the draft stands now."))


def _act(
    request: StaffRequest,
    slug: str,
    edit: Callable[[Definition], Definition],
    did: tuple[str, str],
    at: str,
) -> HttpResponseBase:
    """An edit of the whole, told by the step that it concerned."""
    found = draft_or_404(slug)
    definition = _definition(found)
    new = _possible(lambda: edit(definition))
    what = {language: _said(definition, did[1], language) for language in ("en", "nb")}
    return keep(request, writing_of(request, found), rewritten(found.text, new), Did(did[0], what), at)


def _said(definition: Definition, step: str, language: str) -> str:
    said = steps_said(definition, language).get(step)
    return said.line if said else definition.name.in_language(language)


def _history(
    request: StaffRequest, slug: str, act: Callable[[Writing], JourneyDraft], at: str
) -> HttpResponseBase:
    found = draft_or_404(slug)
    with alone_with(request):
        act(writing_of(request, found))
    if request.POST.get("tab") == "text":
        return redirect("web:draft_text", slug)
    return to_draft(slug, at)


def _form(
    request: StaffRequest, slug: str, build: Callable[[Definition], Built], opened: Opened
) -> HttpResponseBase:
    """A form that was sent: kept, or shown again with what is wrong, or with another line."""
    found = draft_or_404(slug)
    definition = _definition(found)
    built: Built = _possible(lambda: build(definition))
    tried = Tried(built.doc)
    if "more" not in request.POST:
        try:
            new = _possible(lambda: definition_from(definition, built, request.POST))
        except DefinitionError as error:
            texts = problem_texts(error.problems, built, request.visit.language)
            tried = Tried(
                built.doc, () if built.source else texts, built.source, texts if built.source else ()
            )
        else:
            code = "added" if opened.add else "changed"
            at = f"s-{built.step}" if built.step else opened.at
            did = Did(code, _told(new, built))
            return keep(request, writing_of(request, found), rewritten(found.text, new), did, at)
    again = Opened(opened.edit, opened.part, opened.add, opened.kind, at=opened.at, tried=tried)
    return show(request, found, again, status=200 if "more" in request.POST else 422)


def _told(definition: Definition, built: Built) -> dict[str, str]:
    if built.step:
        return {language: _said(definition, built.step, language) for language in ("en", "nb")}
    return {language: _title(built.part, language) for language in ("en", "nb")}


def _title(part: str, language: str) -> str:
    with override(language):
        return str(part_titles()[part])
