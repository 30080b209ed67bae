"""A draft as text, a new journey, and publishing."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tactful.journeys import actions, queries
from tactful.journeys.actions import Did, DraftGone, Meanwhile, Writing
from tactful.journeys.rules.definition import read, write
from tactful.journeys.rules.graph import called_hosts
from tactful.journeys.rules.problems import DefinitionError
from tactful.journeys.types import Definition, Exit, ManualEntry, Text
from tactful.web.access import Sorry, StaffRequest, staff_page, writes
from tactful.web.build.editor import problem_rows, readable, text_page
from tactful.web.build.editor_publish import publish_page
from tactful.web.forms.journey.words import slug as slug_of
from tactful.web.pages.editor import NewJourneyPage
from tactful.web.views.editor import alone_with, draft_or_404, gone, meanwhile, writing_of

RESERVED = {"new"}
LONGEST = 500_000


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def text(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The draft as YAML; by POST it is kept, whether it can be read or not."""
    if request.method == "POST":
        return _keep_text(request, slug)
    return render(request, "web/editor_text.html", {"page": text_page(draft_or_404(slug), request.visit)})


@writes
def _keep_text(request: StaffRequest, slug: str) -> HttpResponseBase:
    found = draft_or_404(slug)
    typed = str(request.POST.get("text", ""))[:LONGEST].replace("\r\n", "\n")
    writing = writing_of(request, found)
    if request.POST.get("mine"):
        writing = Writing(found.journey_id, found.revision, writing.by, writing.now)
    try:
        found = actions.edit(writing, typed, Did("typed"))
    except Meanwhile as trouble:
        page = text_page(trouble.draft, request.visit, typed, str(meanwhile(trouble, request)))
        return render(request, "web/editor_text.html", {"page": page}, status=409)
    except DraftGone as trouble:
        raise gone() from trouble
    if request.headers.get("X-Saves-Itself"):
        page = text_page(found, request.visit)
        return render(request, "web/editor_text_state.html", {"page": page})
    return redirect("web:draft_text", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def publication(request: StaffRequest, slug: str) -> HttpResponseBase:
    """What publishing would change; by POST it is done."""
    if request.method == "POST":
        return _publish(request, slug)
    return _publish_page(request, slug)


@writes
def _publish(request: StaffRequest, slug: str) -> HttpResponseBase:
    found = draft_or_404(slug)
    definition = readable(found)
    if isinstance(definition, tuple):
        return redirect("web:draft_text", slug)
    _expect_no_owner_needed(request, slug, definition)
    page = publish_page(found, definition, request.visit)
    if page.stops:
        raise Sorry(_("A check stops it. Mend that first."))
    sure = set(request.POST.getlist("sure"))
    if not {each.row.code + each.step for each in page.asks} <= sure:
        return _publish_page(request, slug, _("Tick each warning that you have thought about."))
    despite = bool(request.POST.get("despite_tests"))
    if page.failing_tests and not despite:
        return _publish_page(
            request, slug, _("A test does not pass. Change the journey, or say that it may.")
        )
    try:
        with alone_with(request):
            version = actions.publish_draft(writing_of(request, found), despite_tests=despite)
    except queries.FailedTests:
        return _publish_page(request, slug, _("A test does not pass any more. Look at it before you decide."))
    said = _("Version %(number)d is published.") % {"number": version.number}
    if request.POST.get("switch_on"):
        actions.switch_on(found.journey_id, acting_user=request.user.id, now=request.visit.now)
        said = _("Version %(number)d is published, and the journey is on.") % {"number": version.number}
    messages.success(request, said)
    return redirect("web:journey", slug)


def _expect_no_owner_needed(request: StaffRequest, slug: str, definition: Definition) -> None:
    if request.user.is_helper:
        _expect_off(slug, request.POST.get("switch_on", ""))
    if not request.user.is_owner:
        _calls_nobody_new(slug, definition)


def _expect_off(slug: str, switch_on: str) -> None:
    """What clients get begins with an owner's yes, so helpers publish only what is off and stays off."""
    line = queries.journey_line(slug)
    if switch_on or (line is not None and line.is_on):
        raise Sorry(_("You prepare the journey. What clients get is for an owner to publish; ask one."))


def _calls_nobody_new(slug: str, definition: Definition) -> None:
    """Where data of clients go to is for an owner to decide, as with those who hear from us."""
    live = queries.live_plan(slug)
    before = called_hosts(live[1].definition) if live and live[1] else frozenset()
    if fresh := sorted(called_hosts(definition) - before):
        raise Sorry(
            _("It calls %(hosts)s, which the published version does not. Ask an owner to publish it.")
            % {"hosts": ", ".join(fresh)}
        )


def _publish_page(request: StaffRequest, slug: str, error: str = "") -> HttpResponseBase:
    found = draft_or_404(slug)
    definition = readable(found)
    if isinstance(definition, tuple):
        return redirect("web:draft_text", slug)
    page = publish_page(found, definition, request.visit, error)
    return render(request, "web/editor_publish.html", {"page": page}, status=422 if error else 200)


@staff_page("journeys")
@writes
def discard(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Put the draft away; what is live stays as it is."""
    found = draft_or_404(slug)
    has_version = found.journey.live_version is not None
    with alone_with(request):
        actions.discard(writing_of(request, found))
    messages.success(request, _("The draft is put away."))
    return redirect("web:journey", slug) if has_version else redirect("web:journeys")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def new(request: StaffRequest) -> HttpResponseBase:
    """From empty, from a recipe, or from a file."""
    if request.method == "POST":
        return _new(request)
    return render(request, "web/editor_new.html", {"page": NewJourneyPage()})


@writes
def _new(request: StaffRequest) -> HttpResponseBase:
    name = str(request.POST.get("name", "")).strip()[:120]
    name_nb = str(request.POST.get("name_nb", "")).strip()[:120]
    source = str(request.POST.get("source", ""))[:LONGEST].replace("\r\n", "\n")
    page = NewJourneyPage(name, name_nb, source=source)
    if source.strip():
        return _from_text(request, source)
    slug = slug_of(name or name_nb)
    if not slug:
        page = NewJourneyPage(name, name_nb, _("Give it a name with at least one letter."))
        return render(request, "web/editor_new.html", {"page": page}, status=422)
    definition = Definition(
        _free(slug), Text(name or name_nb, name_nb or name), ManualEntry(), (Exit("done"),)
    )
    return _begun(request, definition.slug, write(definition))


def _from_text(request: StaffRequest, source: str) -> HttpResponseBase:
    try:
        definition = read(source)
    except DefinitionError as error:
        problems = problem_rows(error.problems, request.visit.language)
        page = NewJourneyPage(source=source, problems=problems)
        return render(request, "web/editor_new.html", {"page": page}, status=422)
    if queries.journey_by_slug(definition.slug) is not None:
        said = _("There is a journey with the short name “%(slug)s” already. Open it, and edit it there.")
        page = NewJourneyPage(source=source, error=said % {"slug": definition.slug})
        return render(request, "web/editor_new.html", {"page": page}, status=422)
    return _begun(request, definition.slug, source)


def _begun(request: StaffRequest, slug: str, text: str) -> HttpResponseBase:
    if slug in RESERVED:
        raise Sorry(_("A journey cannot be called that. Give it another name."))
    actions.begin_journey(slug, text, acting_user=request.user.id, now=request.visit.now)
    return redirect("web:draft", slug)


def _free(slug: str) -> str:
    names = (slug, *(f"{slug}-{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in RESERVED and queries.journey_by_slug(name) is None)
