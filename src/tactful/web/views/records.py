"""How data is used: the record that the law asks for, drawn up at each look."""

from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.foundation.actions import note_assessed
from tactful.foundation.types import keeps_no_topics
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.pages.settings import RecordsPage
from tactful.web.templatetags.tactful import full_date
from tactful.web.types import Act
from tactful.wiring.records import as_markdown
from tactful.wiring.records import records as parts


@require_safe
@staff_page("settings")
@owner_only
def records(request: StaffRequest) -> HttpResponseBase:
    now = request.visit.now
    return render(request, "web/settings/records.html", {"parts": parts(now), "page": _state(request)})


def _state(request: StaffRequest) -> RecordsPage:
    """Whether an owner has taken up the assessment, where the trade asks for one."""
    house = request.visit.house
    if not keeps_no_topics(house.trade):
        return RecordsPage()
    if house.assessed:
        day = full_date(date.fromisoformat(house.assessed))
        return RecordsPage(_("An owner took up the assessment on %(day)s.") % {"day": day})
    said = _("Nothing begins to be sent before an owner has read the assessment below, and says so here.")
    act = Act(_("I have read it, and answer for it"), reverse("web:records_assessed"), strong=True)
    return RecordsPage(said, act if request.user.is_owner else None)


@staff_page("settings")
@owner_only
@writes
def assessed(request: StaffRequest) -> HttpResponseBase:
    note_assessed(acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is noted. Journeys may be switched on."), "web:settings_records")


@require_safe
@staff_page("settings")
@owner_only
def as_file(request: StaffRequest) -> HttpResponseBase:
    response = HttpResponse(as_markdown(request.visit.now), "text/markdown; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "records.md") or ""
    return response
