"""A client is erased, and whoever comes back is let in again. Owners only."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.contacts import queries as contacts
from tactful.contacts.actions import ERASURE_REASONS, ErasureWish
from tactful.web.access import Sorry, StaffRequest, owner_only, staff_page, writes
from tactful.web.build import erasing as build
from tactful.wiring import erasing


@require_safe
@staff_page("clients")
@owner_only
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    """What goes, what stays and why, before anybody decides."""
    if not contacts.people([pk]):
        raise Http404
    return render(request, "web/erase.html", {"page": build.erase_page(pk, request.visit)})


@staff_page("clients")
@writes
@owner_only
def erase_now(request: StaffRequest, pk: int) -> HttpResponse:
    given = request.POST
    if not contacts.people([pk]):
        raise Http404
    if given.get("reason") not in ERASURE_REASONS:
        raise Sorry(_("Choose why this client is erased."))
    if given.get("sure") != "yes":
        raise Sorry(_("Tick that you know it cannot be taken back."))
    wish = ErasureWish(pk, given["reason"], "page")
    erasing.ask(wish, acting_user=request.user.id, now=request.visit.now)
    messages.success(request, _("Erased. Nothing more goes to them."))
    return redirect("web:erased")


@require_safe
@staff_page("settings")
@owner_only
def erased(request: StaffRequest) -> HttpResponse:
    return render(request, "web/settings/erased.html", {"page": build.erased_page(request.visit)})


@staff_page("settings")
@writes
@owner_only
def let_in_again(request: StaffRequest) -> HttpResponse:
    given, visit = request.POST, request.visit
    if given.get("sure") != "yes":
        raise Sorry(_("Tick that they come back by their own wish."))
    address, region = given.get("address", "").strip()[:320], visit.house.country
    erasing.let_in_again(address, region=region, acting_user=request.user.id, now=visit.now)
    messages.success(request, _("They may come in again. Add them as a client, or ask them to write."))
    return redirect("web:erased")
