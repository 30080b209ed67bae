"""Before it goes out: a line of one's own on top, or a stop."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.touches import touches_page
from tactful.wiring import touches as wired


@require_safe
@staff_page("today")
def touches(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/touches.html", {"page": touches_page(request.visit)})


@staff_page("today")
@writes
def touch(request: StaffRequest) -> HttpResponseBase:
    line = request.POST.get("line", "").strip()
    if not line:
        raise Sorry(_("Write a line, or stop the message. Nothing has been changed."))
    wired.touch(_key(request), line, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Kept. Your line stands on top, with your name."), "web:touches")


@staff_page("today")
@writes
def touch_stop(request: StaffRequest) -> HttpResponseBase:
    wired.touch(_key(request), "", acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Stopped. It does not go out."), "web:touches")


@staff_page("today")
@writes
def touch_off(request: StaffRequest) -> HttpResponseBase:
    wired.let_be(_key(request), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It goes out as it would have."), "web:touches")


def _key(request: StaffRequest) -> str:
    return request.POST.get("key", "")
