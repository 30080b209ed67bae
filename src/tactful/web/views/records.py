"""How data is used: the record that the law asks for, drawn up at each look."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tactful.web.access import StaffRequest, owner_only, staff_page
from tactful.wiring.records import as_markdown
from tactful.wiring.records import records as parts


@require_safe
@staff_page("settings")
@owner_only
def records(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/settings/records.html", {"parts": parts(request.visit.now)})


@require_safe
@staff_page("settings")
@owner_only
def as_file(request: StaffRequest) -> HttpResponseBase:
    response = HttpResponse(as_markdown(request.visit.now), "text/markdown; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "records.md") or ""
    return response
