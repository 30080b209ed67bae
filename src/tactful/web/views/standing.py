"""People on a journey: taking them out, sending them on, letting them rest, and over to the live version."""

from datetime import datetime
from typing import TypedDict

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tactful.journeys import actions, queries
from tactful.journeys.actions import Asked, Passage
from tactful.journeys.queries import ONLY, Choice, JourneyLine, JourneyVersion
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.people_acts import act_sentence
from tactful.web.build.standing import MOST, TO, step_page, version_page
from tactful.web.views.journeys import line_of
from tactful.wiring.journey_facts import loader


class WhyAndWho(TypedDict):
    reason: str
    acting_user: int
    now: datetime


@require_safe
@staff_page("journeys")
def step(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    return _standing(request, slug, step)


@require_safe
@staff_page("journeys")
def people(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Everybody who is inside, wherever they stand."""
    return _standing(request, slug, "")


def _standing(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    after = number(request.GET.get("after", "")) or 0
    page = step_page(line_of(slug), _choice(step, request.GET.get("only", "")), after, request.visit)
    if page is None:
        raise Http404
    return render(request, "web/journey_step.html", {"page": page})


@staff_page("journeys")
@writes
def departures(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Take people out."""
    return _asks(request, slug, "take_out")


@staff_page("journeys")
@writes
def moves(request: StaffRequest, slug: str) -> HttpResponseBase:
    """On to a step, or past the present one."""
    to = request.POST.get("step", "")
    if to and all(step.id != to for step in queries.definition_of(line_of(slug).journey).steps):
        raise Sorry(_("This step is not in the journey any more. Choose another one."))
    return _asks(request, slug, "move" if to else "skip", to)


@staff_page("journeys")
@writes
def pauses(request: StaffRequest, slug: str) -> HttpResponseBase:
    return _asks(request, slug, "pause")


def _asks(request: StaffRequest, slug: str, what: str, step: str = "") -> HttpResponseBase:
    """Those who are meant rest at once; the rest follows in half a minute, unless it is taken back."""
    asked = Asked(line_of(slug).journey.id, _ids(request, slug), what, step)
    act = actions.ask_of_people(asked, **_why_and_who(request))
    if act is None:
        raise Sorry(_("They have left it already."))
    return _done(request, slug, act_sentence(act))


@staff_page("journeys")
@writes
def take_back(request: StaffRequest, slug: str, pk: int) -> HttpResponseBase:
    """The half minute is not over: everybody stays where they were."""
    now = request.visit.now
    known = {act.id for act in queries.recent_acts(line_of(slug).journey.id, now)}
    who = request.user.id
    if pk not in known or not actions.take_back(pk, load=loader(now), acting_user=who, now=now):
        raise Sorry(_("It is done already, and cannot be taken back."))
    return _done(request, slug, _("Taken back. Everybody goes on from where they were."))


@staff_page("journeys")
@writes
def resumptions(request: StaffRequest, slug: str) -> HttpResponseBase:
    count = actions.resume(_ids(request, slug), load=loader(request.visit.now), **_why_and_who(request))
    words = ngettext("%(n)d client goes on.", "%(n)d clients go on.", count)
    return _done(request, slug, words % {"n": count})


@staff_page("journeys")
@writes
def retries(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Those that could not go on are tried at once; no reason is asked for it."""
    count = actions.try_again(_ids(request, slug))
    words = ngettext("%(n)d client is tried again now.", "%(n)d clients are tried again now.", count)
    return _done(request, slug, words % {"n": count})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("journeys")
def version(request: StaffRequest, slug: str, number: int) -> HttpResponseBase:
    """Who walks an earlier version, and the map by which they go over to the live one."""
    if request.method == "POST":
        return _take_over(request, slug, number)
    line, found = _earlier(slug, number)
    return render(request, "web/journey_version.html", {"page": version_page(line, found, request.visit)})


def _earlier(slug: str, number: int) -> tuple[JourneyLine, JourneyVersion]:
    line = line_of(slug)
    found = queries.version_of(line.journey, number)
    if found is None or found.id == line.journey.live_version_id:
        raise Http404
    return line, found


@writes
def _take_over(request: StaffRequest, slug: str, number: int) -> HttpResponseBase:
    line, old = _earlier(slug, number)
    live, why = line.journey.live_version, _why_and_who(request)
    known = {step.id for step in queries.definition_of(line.journey).steps}
    steps = {
        name.removeprefix(TO): str(to) for name, to in request.POST.items() if name.startswith(TO) and to
    }
    if live is None or not set(steps.values()) <= known:
        raise Sorry(_("A step that was chosen is not in the live version. Choose again."))
    passage = Passage(line.journey.id, old.id, live.id, steps)
    act = actions.ask_to_change_over(passage, **why)
    if act is None:
        return _done(request, slug, _("Nobody stands there any more. Nothing has been changed."))
    return _done(request, slug, act_sentence(act))


def _why_and_who(request: StaffRequest) -> WhyAndWho:
    """What each act on people keeps in the audit log."""
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        raise Sorry(_("Tick the clients, and say why in one sentence."))
    return {"reason": reason, "acting_user": request.user.id, "now": request.visit.now}


def _ids(request: StaffRequest, slug: str) -> list[int]:
    """The enrolments meant: those ticked, or everybody whom the page had chosen; who has left is left out."""
    journey = line_of(slug).journey
    if request.POST.get("everybody"):
        choice = _choice(request.POST.get("at", ""), request.POST.get("only", ""))
        chosen = queries.chosen(journey.id, choice, request.visit.now)
        ids = list(chosen.values_list("id", flat=True)[:MOST])
    else:
        ticked = {ident for each in request.POST.getlist("enrolment") if (ident := number(each)) is not None}
        if not ticked:
            raise Sorry(_("Tick the clients, and say why in one sentence."))
        ids = queries.running_in(journey.id, ticked)
    if not ids:
        raise Sorry(_("They have left it already."))
    return ids


def _choice(step: str, only: str) -> Choice:
    return Choice(step, only if only in ONLY else "")


def _done(request: StaffRequest, slug: str, said: str) -> HttpResponseBase:
    return done(request, said, reverse("web:journey", args=[slug]))
