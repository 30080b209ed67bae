"""The recipes that come along, and taking one in."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.journeys import recipes
from tactful.web.access import StaffRequest, staff_page, writes
from tactful.web.build.recipes import recipes_page
from tactful.wiring.recipes import take_in


@require_safe
@staff_page("journeys")
def library(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/recipes.html", {"page": recipes_page(request.visit)})


@staff_page("journeys")
@writes
def recipe(request: StaffRequest, slug: str) -> HttpResponseBase:
    if slug not in recipes.names():
        raise Http404
    take_in(slug, by=request.user, now=request.visit.now)
    messages.success(
        request,
        _("It is here, and off. Look at the checks, decide where the line goes, and then switch it on."),
    )
    return redirect("web:journey", slug)
