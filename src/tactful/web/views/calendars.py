"""Calendars that are read: added, looked at, tied to clients."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from tactful.calendars import actions, queries
from tactful.calendars.actions import CalendarTrouble
from tactful.calendars.queries import Feed
from tactful.contacts import queries as contacts
from tactful.web.access import Sorry, StaffRequest, done, number, owner_only, staff_page, writes
from tactful.web.build.calendars import calendar_page, calendars_page
from tactful.web.forms.calendars import CalendarForm, WhoseForm

CALENDARS = "web/settings/calendars.html"
CALENDAR = "web/settings/calendar.html"


@staff_page("settings")
@owner_only
def calendars(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _add(request)
    return render(request, CALENDARS, {"page": calendars_page(CalendarForm(), request.visit)})


@writes
@sensitive_variables("form")
def _add(request: StaffRequest) -> HttpResponseBase:
    form = CalendarForm(request.POST)
    if form.is_valid():
        try:
            feed = actions.add_feed(form.wanted(), acting_user=request.user.id, now=request.visit.now)
        except CalendarTrouble as trouble:
            form.add_error("url", str(trouble))
        else:
            return redirect("web:calendar", pk=feed.id)
    return render(request, CALENDARS, {"page": calendars_page(form, request.visit)}, status=422)


@staff_page("settings")
@owner_only
def calendar(request: StaffRequest, pk: int) -> HttpResponseBase:
    return render(request, CALENDAR, {"page": calendar_page(_feed(pk), request.visit)})


@staff_page("settings")
@owner_only
@writes
def now(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.read_soon(_feed(pk))
    return done(request, _("It is read within seconds."), "web:calendars")


@staff_page("settings")
@owner_only
@writes
def belief(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.believe(_feed(pk), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("What is missing is called off at the next reading."), "web:calendars")


@staff_page("settings")
@owner_only
@writes
def end(request: StaffRequest, pk: int) -> HttpResponseBase:
    actions.stop_feed(_feed(pk), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It is read no more."), "web:calendars")


@staff_page("settings")
@owner_only
@writes
def owner(request: StaffRequest, pk: int) -> HttpResponseBase:
    appointment = queries.appointment(pk)
    if appointment is None:
        raise Http404
    form = WhoseForm(request.POST)
    chosen = _chosen(form) if form.is_valid() else None
    actions.tie(appointment, chosen, acting_user=request.user.id, now=request.visit.now)
    said = (
        _("It is tied, and so is the whole series.")
        if chosen
        else _("It is nobody's, and nobody hears of it.")
    )
    return done(request, said, "web:calendars")


def _chosen(form: WhoseForm) -> int | None:
    """Raises ``Sorry`` where what was typed is nobody, or several."""
    offered, typed = number(form.cleaned_data["contact"]), form.cleaned_data["client"].strip()
    if offered is not None:
        if offered not in contacts.clients([offered]):
            raise Sorry(_("There is no such client."))
        return offered
    if not typed:
        return None
    found = contacts.find_anybody(typed)
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise Sorry(_("Several clients are called so. Give the mail address or phone number."))
    raise Sorry(_("No client has this address, number or full name. Add them first."))


def _feed(pk: int) -> Feed:
    found = queries.feed(pk)
    if found is None:
        raise Http404
    return found
