"""Stored tests: the list with what comes of each, one of them, and how they come and go."""

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tactful.delivery import queries as outbox
from tactful.journeys import actions, queries
from tactful.journeys.actions import NewTest
from tactful.journeys.queries import JourneyTest
from tactful.journeys.rules.plan import compile_plan
from tactful.journeys.types import Send
from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.around import look_around
from tactful.web.build.journey_tests import (
    NO_TEST,
    expected_of,
    new_page,
    one_test_page,
    read_source,
    tests_page,
    why_no_test,
)
from tactful.web.build.trying import story_document
from tactful.web.chosen import Chosen, asked_for
from tactful.web.templatetags.tactful import full_date
from tactful.web.views.trying import story_of
from tactful.wiring.frozen import NoTest, message_as_test

NAME = 160
SOURCE = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def tests(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The list; a POST keeps one more, from a trial or as it was written."""
    if request.method == "POST":
        return _from_trial(request, slug) if "story" in request.POST else _by_hand(request, slug)
    page = tests_page(asked_for(slug, request.GET), request.visit)
    return render(request, "web/journey_tests.html", {"page": page})


@writes
def _from_trial(request: StaffRequest, slug: str) -> HttpResponseBase:
    given = QueryDict(mutable=True)
    try:
        pairs = parse_qsl(request.POST["story"][:20_000], keep_blank_values=True, max_num_fields=600)
    except ValueError as error:  # more fields than a story has
        raise Sorry(_("This story cannot be read any more. Try it once more, and keep it then.")) from error
    if any("\0" in part for pair in pairs for part in pair):
        raise Sorry(_("This story cannot be read any more. Try it once more, and keep it then."))
    for name, value in pairs:
        given[name] = value
    chosen = asked_for(slug, given)
    name = _name(request)
    sends = [step.id for step in chosen.definition.steps if isinstance(step, Send)]
    try:
        story = story_of(given, chosen, request.visit)
        document = story_document(story, compile_plan(chosen.definition), request.visit)
        tale, _none = queries.run_given(chosen.definition, document)
    except LookupError as error:
        raise Sorry(_("This client is not here any more. Choose another, or invent one.")) from error
    expected = expected_of(tale, request.POST.getlist("expect"), request.POST.getlist("never"), sends)
    if not expected:
        raise Sorry(_("Choose at least one thing that is expected."))
    test = _keep(request, NewTest(_journey(chosen), name, document, expected, origin="simulation"))
    messages.success(request, _("Kept. Each new version is asked for the same."))
    return redirect(_url(slug, test))


def _by_hand(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _written(request, slug, None)


@writes
def _written(request: StaffRequest, slug: str, old: JourneyTest | None) -> HttpResponseBase:
    """A test as YAML, new or changed. What cannot be read comes back as it was typed."""
    chosen = asked_for(slug, request.POST)
    source = request.POST.get("source", "")[:SOURCE]
    name = old.name if old is not None else _name(request)
    try:
        document, expected = read_source(source)
        new = NewTest(
            _journey(chosen), name, document, expected, *((old.origin, old.message_id) if old else ())
        )
        queries.run_given(chosen.definition, document, expected)
        test = _keep(request, new)
    except NO_TEST as error:
        said = why_no_test(error)
        if old is not None:
            page = one_test_page(chosen, old, request.visit, said, source)
            return render(request, "web/journey_test.html", {"page": page}, status=422)
        fresh = new_page(chosen, request.visit, name, source, said)
        return render(request, "web/journey_test_new.html", {"page": fresh}, status=422)
    return redirect(_url(slug, test))


def _keep(request: StaffRequest, new: NewTest) -> JourneyTest:
    return actions.keep_test(new, acting_user=request.user.id, now=request.visit.now)


@require_safe
@staff_page("journeys")
def new(request: StaffRequest, slug: str) -> HttpResponseBase:
    page = new_page(asked_for(slug, request.GET), request.visit)
    return render(request, "web/journey_test_new.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def test(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    """One test as sentences; a POST changes it as YAML."""
    found = _test(slug, pk)
    if request.method == "POST":
        return _written(request, slug, found)
    page = one_test_page(asked_for(slug, request.GET), found, request.visit)
    return render(request, "web/journey_test.html", {"page": page})


@staff_page("journeys")
@writes
def name(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    found = _test(slug, pk)
    try:
        actions.rename_test(found.id, _name(request), acting_user=request.user.id, now=request.visit.now)
    except ValueError as trouble:
        raise Sorry(str(trouble)) from trouble
    return done(request, _("It has its new name."), _url(slug, found))


@staff_page("journeys")
@writes
def removal(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    found = _test(slug, pk)
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        raise Sorry(_("Say why it goes, in one sentence."))
    actions.drop_test(found.id, acting_user=request.user.id, now=request.visit.now, reason=reason)
    messages.success(request, _("It is removed."))
    return redirect("web:journey_tests", slug)  # not back to a page that is gone


@staff_page("outbox")
@writes
def from_message(request: StaffRequest, pk: int) -> HttpResponseBase:
    """This should not have gone out."""
    row = outbox.dispatches([pk]).get(pk)
    if row is None:
        raise Http404
    journey = queries.journey_names([row.message.cause_id or 0]).get(row.message.cause_id or 0)
    title = look_around(request.visit, []).title(row.message)
    day = full_date(row.first_handoff_at or row.message.created_at)
    called = _("“%(message)s” of %(day)s should not have gone out") % {"message": title, "day": day}
    if journey is not None:
        called = _free(called, {each.name for each in queries.tests_of(journey.id) if each.message_id != pk})
    try:
        kept = message_as_test(pk, name=called[:NAME], acting_user=request.user.id, now=request.visit.now)
    except NoTest as trouble:
        raise Sorry(str(trouble)) from trouble
    return redirect(_url(kept.journey.slug, kept))


def _free(called: str, taken: set[str]) -> str:
    number, name = 1, called
    while name in taken:
        number += 1
        name = f"{called} ({number})"
    return name


def _name(request: StaffRequest) -> str:
    given = request.POST.get("name", "").strip()[:NAME]
    if not given:
        raise Sorry(_("Give it a name that says what must come of it."))
    return given


def _journey(chosen: Chosen) -> int:
    if chosen.journey is None:
        raise Sorry(_("Publish the journey once; then its tests can be kept."))
    return chosen.journey.id


def _test(slug: str, pk: int) -> JourneyTest:
    found = queries.test_of(slug, pk)
    if found is None:
        raise Http404
    return found


def _url(slug: str, test: JourneyTest) -> str:
    return reverse("web:journey_test", args=[slug, test.id])
