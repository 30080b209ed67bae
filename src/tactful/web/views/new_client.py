"""A client is written by hand."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tactful.contacts.actions import ContactError
from tactful.web.access import StaffRequest, refused, staff_page, writes
from tactful.web.forms.clients import ClientForm
from tactful.wiring.new_client import add_by_hand


@staff_page("clients")
def new(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    if not request.user.may_write:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    return _page(request, ClientForm(initial={"language": request.visit.house.language}))


@writes
def _add(request: StaffRequest) -> HttpResponseBase:
    form = ClientForm(request.POST)
    if form.is_valid():
        house, now = request.visit.house, request.visit.now
        try:
            ident = add_by_hand(form.client(house.country), by=request.user, now=now)
        except ContactError as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("%(name)s is a client now.") % {"name": form.cleaned_data["name"]})
            return redirect("web:client", ident)
    return _page(request, form, status=422)


def _page(request: StaffRequest, form: ClientForm, status: int = 200) -> HttpResponseBase:
    return render(request, "web/client_new.html", {"form": form}, status=status)
