"""Today, and the two brakes: hold everything, and let a paused house send again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.rules.departures import MADE_OF_ANOTHER
from tactful.web.access import StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.today import today_page
from tactful.wiring import brake, first_run


@require_safe
@staff_page("today")
def today(request: StaffRequest) -> HttpResponseBase:
    """An owner who is in the middle of the first run comes back to its screen."""
    if request.user.is_owner and not request.headers.get("HX-Request"):
        state = request.visit.once(first_run.progress)
        if not (state.finished or state.put_off):
            return redirect("web:first_run")
    return render(request, "web/today.html", {"page": today_page(request.visit)})


@staff_page("today")
@writes
def hold_everything(request: StaffRequest) -> HttpResponseBase:
    brake.pull(acting_user=request.user.id, now=request.visit.now)
    messages.success(request, _("Automation is quiet now. What people write still goes out."))
    return redirect("web:brake")


@staff_page("today")
@writes
def release_everything(request: StaffRequest) -> HttpResponse:
    brake.let_go(acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Automation may write again. What it held is looked at anew."))


@staff_page("today")
@owner_only
@writes
def confirm_sending(request: StaffRequest) -> HttpResponse:
    now, paused = request.visit.now, outbox.sending_paused()
    if paused == "pause":
        delivery.resume(scope="everything", acting_user=request.user.id, now=now)
    elif paused in MADE_OF_ANOTHER:
        return redirect("web:restored")
    elif paused:
        delivery.confirm_sending(acting_user=request.user.id, now=now)
    return done(request, _("Messages leave again. Late ones are asked about one by one."))
