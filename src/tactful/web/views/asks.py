"""Settings: what Tactful asks of its people, and less of it with one tap."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.inbox.actions import easing
from tactful.web.access import Sorry, StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.asks import asks_page


@require_safe
@staff_page("settings")
@owner_only
def asks(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/settings/asks.html", {"page": asks_page(request.visit)})


@staff_page("settings")
@owner_only
@writes
def gather(request: StaffRequest) -> HttpResponseBase:
    _ease(request, easing.gather)
    return done(request, _("From now on it comes in one list a week."), "web:settings_asks")


@staff_page("settings")
@owner_only
@writes
def off(request: StaffRequest) -> HttpResponseBase:
    _ease(request, easing.switch_off)
    return done(request, _("From now on nobody is asked this."), "web:settings_asks")


@staff_page("settings")
@owner_only
@writes
def again(request: StaffRequest) -> HttpResponseBase:
    easing.ask_again(request.POST.get("cause", ""), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("From now on it is asked at once again."), "web:settings_asks")


def _ease(request: StaffRequest, action: Callable[..., bool]) -> None:
    cause = request.POST.get("cause", "")
    if not action(cause, acting_user=request.user.id, now=request.visit.now):
        raise Sorry(_("This cannot wait: a client would be hurt. Nothing has been changed."))
