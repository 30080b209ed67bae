"""Keys for other programs: made, shown once, revoked."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.foundation.clock import machine_now
from tactful.foundation.keys.actions import make_key, revoke_key
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.keys import keys_page
from tactful.web.forms.programs import KeyForm


@staff_page("settings")
@owner_only
def keys(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _make(request)
    return _show(request, KeyForm())


@writes
@sensitive_variables("key")
def _make(request: StaffRequest) -> HttpResponseBase:
    """The key stands on the answer itself and nowhere else, so there is no redirect."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    row, key = make_key(form.wish(), acting_user=request.user.id, now=request.visit.now)
    context = {"page": keys_page(KeyForm(), machine_now()), "fresh": row, "key": key}
    return render(request, "web/settings/keys.html", context)


@staff_page("settings")
@owner_only
@writes
def revocation(request: StaffRequest, pk: int) -> HttpResponseBase:
    if not revoke_key(pk, acting_user=request.user.id, now=request.visit.now):
        raise Http404
    return done(request, _("The key opens nothing any more."), "web:settings_keys")


def _show(request: StaffRequest, form: KeyForm, status: int = 200) -> HttpResponseBase:
    page = keys_page(form, machine_now())
    return render(request, "web/settings/keys.html", {"page": page}, status=status)
