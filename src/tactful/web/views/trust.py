"""The trial week, the first ones, what goes out today, and the brake's own page."""

from contextlib import suppress
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tactful.delivery.actions import NothingToDecide
from tactful.delivery.queries.trust import Place
from tactful.touchpoints import queries as touchpoints
from tactful.web.access import Sorry, StaffRequest, done, number, owner_only, refused, staff_page, writes
from tactful.web.build.going_out import brake_page, going_line, going_page
from tactful.web.build.trust import DAYS, PAGE, first_page, trial_page, trust_page
from tactful.wiring import going_out as wired
from tactful.wiring import rehearsal, trust
from tactful.wiring.rehearsal import OWNERS_ONLY, Why


@require_safe
@staff_page("today")
def trial(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/trial.html", {"page": trial_page(request.visit, _place(request))})


@staff_page("settings")
@owner_only
@writes
def trial_begin(request: StaffRequest) -> HttpResponseBase:
    days = number(request.POST.get("days", ""))
    if days not in DAYS:
        raise Sorry(_("Choose how long the trial shall be. Nothing has been changed."))
    trust.begin_trial(acting_user=request.user.id, now=request.visit.now, days=days or DAYS[0])
    return done(request, _("The trial has begun. Nothing leaves by itself."), "web:trial")


@staff_page("today")
@owner_only
@writes
def trial_end(request: StaffRequest) -> HttpResponseBase:
    trust.end_trial(acting_user=request.user.id, now=request.visit.now)
    said = _("The trial is over. What is still true is shown to you before it goes.")
    return done(request, said, "web:trial")


@staff_page("today")
@writes
def trial_right(request: StaffRequest, pk: int) -> HttpResponseBase:
    """``also``: others that say the same, judged with it."""
    rehearsal.judge_right(pk, acting_user=request.user.id, now=request.visit.now)
    for each in request.POST.getlist("also")[:PAGE]:
        with suppress(NothingToDecide):  # somebody has judged that one meanwhile
            rehearsal.judge_right(number(each) or 0, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Right. Thank you."), "web:trial")


@staff_page("today")
@writes
def trial_wrong(request: StaffRequest, pk: int) -> HttpResponseBase:
    given = request.POST.get("why", "")
    if given not in set(Why):
        raise Sorry(_("Choose why it was wrong. Nothing has been changed."))
    why = Why(given)
    if why in OWNERS_ONLY and not request.user.is_owner:
        return refused(request, _("Only an owner can do this. Ask one of them."))
    rehearsal.judge_wrong(pk, why, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Wrong. It does not go, and the rule holds from now."), "web:trial")


@staff_page("today")
@writes
def trial_undo(request: StaffRequest, pk: int) -> HttpResponseBase:
    rehearsal.unjudge(pk, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Taken back, with what followed from it."), "web:trial")


@require_safe
@staff_page("today")
def first_ones(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/first_ones.html", {"page": first_page(request.visit)})


@staff_page("today")
@writes
def first_send(request: StaffRequest, pk: int) -> HttpResponseBase:
    left = trust.let_go_first(pk, acting_user=request.user.id, now=request.visit.now)
    if not left:
        return done(
            request, _("It goes. You have seen ten: from now on they go by themselves."), "web:first_ones"
        )
    said = ngettext(
        "It goes. %(n)d more of this kind is shown to you.",
        "It goes. %(n)d more of this kind are shown to you.",
        left,
    )
    return done(request, said % {"n": left}, "web:first_ones")


@staff_page("today")
@owner_only
@writes
def first_enough(request: StaffRequest, slug: str) -> HttpResponseBase:
    row = touchpoints.by_slug(slug)
    if row is None:
        raise Http404
    trust.enough_shown(row.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("From now on they go by themselves."), "web:first_ones")


@require_safe
@staff_page("today")
def going_out(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/going_out.html", {"page": going_page(request.visit, _place(request))})


@require_safe
@staff_page("today")
def going_today(request: StaffRequest) -> HttpResponseBase:
    """The line on Today, which asks for it when it is there: the engine is asked about each one."""
    return render(request, "web/parts/going_line.html", {"line": going_line(request.visit)})


@staff_page("today")
@writes
def going_stop(request: StaffRequest) -> HttpResponseBase:
    visit = request.visit
    key = request.POST.get("key", "")
    wired.stop_coming(key, acting_user=visit.user.id, now=visit.now, zone=visit.house.time_zone)
    return done(request, _("Stopped. It does not go out."), "web:going_out")


@staff_page("today")
@writes
def going_unstop(request: StaffRequest) -> HttpResponseBase:
    wired.unstop_coming(request.POST.get("key", ""), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It goes out as it would have."), "web:going_out")


@require_safe
@staff_page("today")
def brake(request: StaffRequest) -> HttpResponse:
    return render(request, "web/brake.html", {"page": brake_page(request.visit)})


@require_safe
@staff_page("settings")
@owner_only
def settings_trust(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/settings/trust.html", {"page": trust_page(request.visit)})


def _place(request: StaffRequest) -> Place | None:
    """Where the page begins; one that cannot be read is the first."""
    ident, at = number(request.GET.get("id", "")), request.GET.get("at", "")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Place(moment, ident) if ident is not None and moment.tzinfo is not None else None
