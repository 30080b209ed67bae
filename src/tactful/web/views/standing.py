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
from tactful.journeys.actions import Passage
from tactful.journeys.queries import JourneyLine, JourneyVersion
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.standing import TO, step_page, version_page
from tactful.web.views.journeys import line_of
from tactful.wiring.journey_facts import loader


class By(TypedDict):
    acting_user: int
    now: datetime


@require_safe
@staff_page("journeys")
def step(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    page = step_page(line_of(slug), step, request.visit)
    if page is None:
        raise Http404
    return render(request, "web/journey_step.html", {"page": page})


@staff_page("journeys")
@writes
def departures(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Take people out."""
    ids, reason = _ticked(request, slug)
    count = actions.take_out(ids, reason=reason, load=loader(request.visit.now), **_by(request))
    words = ngettext("%(n)d client has been taken out.", "%(n)d clients have been taken out.", count)
    return _done(request, slug, words % {"n": count})


@staff_page("journeys")
@writes
def moves(request: StaffRequest, slug: str) -> HttpResponseBase:
    """On to a step, or past the present one."""
    ids, reason = _ticked(request, slug)
    to = request.POST.get("step", "") or None
    count = actions.move(ids, to, reason=reason, load=loader(request.visit.now), **_by(request))
    if not count:
        raise Sorry(
            _(
                "Nobody has moved. The journey is off, or the step is not in their version, or "
                "something that it asks cannot be read now."
            )
        )
    words = ngettext("%(n)d client has been sent on.", "%(n)d clients have been sent on.", count)
    return _done(request, slug, words % {"n": count})


@staff_page("journeys")
@writes
def pauses(request: StaffRequest, slug: str) -> HttpResponseBase:
    ids, reason = _ticked(request, slug)
    count = actions.pause(ids, reason=reason, **_by(request))
    words = ngettext(
        "%(n)d client rests and hears nothing from this journey.",
        "%(n)d clients rest and hear nothing from this journey.",
        count,
    )
    return _done(request, slug, words % {"n": count})


@staff_page("journeys")
@writes
def resumptions(request: StaffRequest, slug: str) -> HttpResponseBase:
    ids, reason = _ticked(request, slug)
    count = actions.resume(ids, reason=reason, load=loader(request.visit.now), **_by(request))
    words = ngettext("%(n)d client goes on.", "%(n)d clients go on.", count)
    return _done(request, slug, words % {"n": count})


@staff_page("journeys")
@writes
def retries(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Those that could not go on are tried at once; no reason is asked for it."""
    ids = _inside(request, slug)
    count = actions.try_again(ids)
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
    live = line.journey.live_version
    reason = request.POST.get("reason", "").strip()[:500]
    known = {step.id for step in queries.definition_of(line.journey).steps}
    steps = {
        name.removeprefix(TO): str(to) for name, to in request.POST.items() if name.startswith(TO) and to
    }
    if live is None or not reason or not set(steps.values()) <= known:
        raise Sorry(_("Say why they change over, in one sentence."))
    passage = Passage(line.journey.id, old.id, live.id, steps)
    moved = actions.change_version(passage, reason=reason, load=loader(request.visit.now), **_by(request))
    words = ngettext("%(n)d client has changed over.", "%(n)d clients have changed over.", moved.moved)
    said = words % {"n": moved.moved}
    if moved.left:
        more = ngettext(
            "%(n)d stays: paused, or the journey is off.",
            "%(n)d stay: paused, or the journey is off.",
            moved.left,
        )
        said = f"{said} {more % {'n': moved.left}}"
    return _done(request, slug, said)


def _by(request: StaffRequest) -> By:
    return {"acting_user": request.user.id, "now": request.visit.now}


def _ticked(request: StaffRequest, slug: str) -> tuple[list[int], str]:
    reason = request.POST.get("reason", "").strip()[:500]
    if not request.POST.getlist("enrolment") or not reason:
        raise Sorry(_("Tick the clients, and say why in one sentence."))
    return _inside(request, slug), reason


def _inside(request: StaffRequest, slug: str) -> list[int]:
    """Those of the ticked who are still on this journey."""
    wanted = {ident for each in request.POST.getlist("enrolment") if (ident := number(each)) is not None}
    ids = queries.running_in(line_of(slug).journey.id, wanted)
    if not ids:
        raise Sorry(_("They have left it already."))
    return ids


def _done(request: StaffRequest, slug: str, said: str) -> HttpResponseBase:
    return done(request, said, reverse("web:journey", args=[slug]))
