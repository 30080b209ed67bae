"""Where a helper comes in: what is there to be set up, until when, and what stays closed."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tactful.web.access import StaffRequest, staff_page
from tactful.web.build.helping import helping_page


@require_safe
@staff_page("helping")
def helping(request: StaffRequest) -> HttpResponseBase:
    if not request.user.is_helper:
        return redirect("web:today")
    return render(request, "web/helping.html", {"page": helping_page(request.visit)})
