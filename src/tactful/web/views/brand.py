"""Settings: the brand."""

from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from tactful.content.rules.contrast import mended
from tactful.delivery.actions import release
from tactful.foundation.actions import change_settings
from tactful.foundation.files import keep
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.forms.brand import BrandForm
from tactful.web.pages.settings import BrandPage
from tactful.wiring.letters import logo_path

WHITE: Final = "#ffffff"


@staff_page("settings")
@owner_only
def brand(request: StaffRequest) -> HttpResponseBase:
    house, posted = request.visit.house, request.method == "POST"
    initial = BrandForm.initial_of(house)
    form = BrandForm(request.POST, request.FILES, initial=initial) if posted else BrandForm(initial=initial)
    if posted and form.is_valid():
        return _keep(request, form)
    page = BrandPage(form, logo_path(house))
    return render(request, "web/settings/brand.html", {"page": page}, status=422 if posted else 200)


@writes
def _keep(request: StaffRequest, form: BrandForm) -> HttpResponseBase:
    values: dict[str, Any] = form.values()
    wanted = values["brand.accent"]
    values["brand.accent"] = mended(wanted, WHITE) if wanted else ""
    if form.picture is not None:
        values |= {"brand.logo": keep(form.picture.content).stored, "brand.logo_kind": form.picture.kind}
    elif form.cleaned_data["without_logo"]:
        values |= {"brand.logo": "", "brand.logo_kind": ""}
    change_settings(values=values, acting_user=request.user.id, now=request.visit.now)
    release(names=["settings.changed"], now=request.visit.now)
    said = _("It is kept, and holds from now.")
    if values["brand.accent"] != wanted:
        said = _("%(wanted)s is hard to read on white, so we took %(taken)s, the nearest that is not.") % {
            "wanted": wanted,
            "taken": values["brand.accent"],
        }
    return done(request, said, "web:settings_brand")
