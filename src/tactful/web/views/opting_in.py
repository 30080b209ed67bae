"""The form for news on the business's own site: whether it is open, and what clients say yes to."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.forms.opting_in import DoorForm
from tactful.web.pages.settings import SettingsPage
from tactful.wiring.opting_in import door_at, keep_door

TEMPLATE = "web/settings/news.html"


@staff_page("settings")
@owner_only
def news(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _keep(request)
    door = door_at(request.visit.now)
    form = DoorForm(initial=DoorForm.initial_of(door, request.visit.house.name))
    return render(request, TEMPLATE, {"page": SettingsPage(form)})


@writes
def _keep(request: StaffRequest) -> HttpResponseBase:
    form = DoorForm(request.POST)
    if not form.is_valid():
        return render(request, TEMPLATE, {"page": SettingsPage(form)}, status=422)
    keep_door(form.door(), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is kept."), "web:settings_news")
