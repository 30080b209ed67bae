"""Journeys: the list, one as a recipe, who stands at a step, and the file."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tactful.journeys import actions, queries
from tactful.journeys.queries import JourneyLine
from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.journey import journey_page, source_of, step_page
from tactful.web.build.journeys import journeys_page, what_stops
from tactful.wiring.journey_facts import loader


@require_safe
@staff_page("journeys")
def journeys(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/journeys.html", {"page": journeys_page(request.visit)})


@require_safe
@staff_page("journeys")
def journey(request: StaffRequest, slug: str) -> HttpResponseBase:
    return render(request, "web/journey.html", {"page": journey_page(_line(slug), request.visit)})


@require_safe
@staff_page("journeys")
def source(_request: StaffRequest, slug: str) -> HttpResponseBase:
    line = _line(slug)
    response = HttpResponse(source_of(line, queries.definition_of(line.journey)), "application/yaml")
    response["Content-Disposition"] = content_disposition_header(True, f"{slug}.yaml") or ""
    return response


@require_safe
@staff_page("journeys")
def step(request: StaffRequest, slug: str, step: str) -> HttpResponseBase:
    page = step_page(_line(slug), step, request.visit)
    if page is None:
        raise Http404
    return render(request, "web/journey_step.html", {"page": page})


@staff_page("journeys")
@writes
def live(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Switch it on."""
    line = _line(slug)
    if trouble := what_stops(queries.definition_of(line.journey), request.visit.language):
        raise Sorry(_("It stays off until this is mended: %(trouble)s") % {"trouble": trouble})
    actions.switch_on(line.journey.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is on. Clients may enter it."), reverse("web:journey", args=[slug]))


@staff_page("journeys")
@writes
def rest(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Switch it off."""
    actions.switch_off(_line(slug).journey.id, acting_user=request.user.id, now=request.visit.now)
    said = _("It is off. Nobody enters, and those inside stand still where they are.")
    return done(request, said, reverse("web:journey", args=[slug]))


@staff_page("journeys")
@writes
def departures(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Take people out, with a reason."""
    line, now = _line(slug), request.visit.now
    reason = request.POST.get("reason", "").strip()[:500]
    wanted = {int(each) for each in request.POST.getlist("enrolment") if each.isdecimal() and len(each) < 20}
    if not wanted or not reason:
        raise Sorry(_("Tick who should leave, and say why in one sentence."))
    ids = queries.running_in(line.journey.id, wanted)
    if not ids:
        raise Sorry(_("They have left it already."))
    count = actions.take_out(ids, reason=reason, load=loader(now), acting_user=request.user.id, now=now)
    said = ngettext("%(n)d client has been taken out.", "%(n)d clients have been taken out.", count) % {
        "n": count
    }
    return done(request, said, reverse("web:journey", args=[slug]))


def _line(slug: str) -> JourneyLine:
    """The journey with this slug that has a version; 404 otherwise."""
    for line in queries.all_journeys():
        if line.journey.slug == slug and line.journey.live_version is not None:
            return line
    raise Http404
