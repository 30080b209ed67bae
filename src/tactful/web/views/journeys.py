"""Journeys: the list, one as a recipe, on and off, and the file."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.journeys import actions, queries
from tactful.journeys.queries import JourneyLine
from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.journey import journey_page, source_of
from tactful.web.build.journeys import journeys_page, what_stops


@require_safe
@staff_page("journeys")
def journeys(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/journeys.html", {"page": journeys_page(request.visit)})


@require_safe
@staff_page("journeys")
def journey(request: StaffRequest, slug: str) -> HttpResponseBase:
    return render(request, "web/journey.html", {"page": journey_page(line_of(slug), request.visit)})


@require_safe
@staff_page("journeys")
def source(_request: StaffRequest, slug: str) -> HttpResponseBase:
    line = line_of(slug)
    response = HttpResponse(source_of(line, queries.definition_of(line.journey)), "application/yaml")
    response["Content-Disposition"] = content_disposition_header(True, f"{slug}.yaml") or ""
    return response


@staff_page("journeys")
@writes
def live(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Switch it on."""
    line = line_of(slug)
    if trouble := what_stops(queries.definition_of(line.journey), request.visit.language):
        raise Sorry(_("It stays off until this is mended: %(trouble)s") % {"trouble": trouble})
    actions.switch_on(line.journey.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is on. Clients may enter it."), reverse("web:journey", args=[slug]))


@staff_page("journeys")
@writes
def rest(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Switch it off."""
    actions.switch_off(line_of(slug).journey.id, acting_user=request.user.id, now=request.visit.now)
    said = _("It is off. Nobody enters, and those inside stand still where they are.")
    return done(request, said, reverse("web:journey", args=[slug]))


def line_of(slug: str) -> JourneyLine:
    """The journey with this slug that has a version; 404 otherwise."""
    line = queries.journey_line(slug)
    if line is None or line.journey.live_version is None:
        raise Http404
    return line
