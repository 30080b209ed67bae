"""Today, and the two brakes: hold everything, and let a paused house send again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, place_hold, release_hold
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.today import today_page


@require_safe
@staff_page("today")
def today(request: StaffRequest) -> HttpResponse:
    return render(request, "web/today.html", {"page": today_page(request.visit)})


@staff_page("today")
@writes
def hold_everything(request: StaffRequest) -> HttpResponse:
    now = request.visit.now
    if not gate.standing_at(now).filter(scope="everything").exists():
        hold = NewHold(scope="everything", reason="", owner_id=request.user.id)
        place_hold(hold, acting_user=request.user.id, now=now)
    return done(request, _("Automation is quiet now. What people write still goes out."))


@staff_page("today")
@writes
def release_everything(request: StaffRequest) -> HttpResponse:
    now = request.visit.now
    for hold in gate.standing_at(now).filter(scope="everything"):
        release_hold(hold.id, acting_user=request.user.id, now=now)
    return done(request, _("Automation may write again. What it held is looked at anew."))


@staff_page("today")
@owner_only
@writes
def confirm_sending(request: StaffRequest) -> HttpResponse:
    now, paused = request.visit.now, outbox.sending_paused()
    if paused == "pause":
        delivery.resume(scope="everything", acting_user=request.user.id, now=now)
    elif paused:
        delivery.confirm_sending(acting_user=request.user.id, now=now)
    return done(request, _("Messages leave again. Late ones are asked about one by one."))
