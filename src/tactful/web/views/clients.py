"""Clients: the list, the profile, and what a person decides about one of them."""

from datetime import date, datetime, timedelta

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.contacts import actions as people
from tactful.contacts import queries as contacts
from tactful.contacts.types import Person
from tactful.foundation.actions import record_audit
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, place_hold
from tactful.gate.actions import release_hold as release
from tactful.inbox.actions.answer import add_note
from tactful.inbox.actions.receive import thread_of
from tactful.kernel.zones import day_start
from tactful.web.access import Sorry, StaffRequest, done, number, owner_only, staff_page, writes
from tactful.web.build import client as profile
from tactful.web.build.clients import clients_page, read_asked
from tactful.web.build.personal_copy import personal_copy
from tactful.wiring.bad_news import BadNews, begin

BEREAVED = "bereaved"


@require_safe
@staff_page("clients")
def clients(request: StaffRequest) -> HttpResponse:
    page = clients_page(request.visit, read_asked(request.GET.dict()))
    return render(request, "web/clients.html", {"page": page})


@require_safe
@staff_page("clients")
def client(request: StaffRequest, pk: int) -> HttpResponse:
    """Old links to somebody who has become part of another client lead there."""
    if (kept := contacts.kept_of([pk]).get(pk)) is not None:
        return redirect("web:client", kept)
    try:
        found = contacts.profile(pk)
    except contacts.Contact.DoesNotExist as error:
        raise Http404 from error
    page = profile.client_page(found, request.visit, profile.read_asked(request.GET.dict()))
    return render(request, "web/client.html", {"page": page})


@staff_page("clients")
@writes
def write_to(request: StaffRequest, pk: int) -> HttpResponse:
    """To the one thread with this client; it is begun if nothing was ever said."""
    thread = thread_of(_client(pk).id, "", request.visit.now)
    return redirect("web:conversation", thread.id)


@staff_page("clients")
@writes
@owner_only
def copy_for_client(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Everything that we know of them, for them. By POST, for it is written down who took it out."""
    found = _client(pk)
    record_audit(
        actor=request.user.id, verb="contact.copied", subject=f"contact:{found.id}", now=request.visit.now
    )
    name = _("%(business)s, what we know of %(name)s") % {
        "business": request.visit.house.name,
        "name": found.name,
    }
    return FileResponse(personal_copy(found, request.visit), as_attachment=True, filename=f"{name}.zip")


@staff_page("clients")
@writes
def client_note(request: StaffRequest, pk: int) -> HttpResponse:
    now = request.visit.now
    thread = thread_of(_client(pk).id, "", now)
    add_note(thread.id, request.POST.get("text", ""), acting_user=request.user.id, now=now)
    return done(request, _("Kept, for us only."))


@staff_page("clients")
@writes
def hold_client(request: StaffRequest, pk: int) -> HttpResponse:
    """Automation is quiet towards this client until somebody, or a date, ends it."""
    found, given = _client(pk), request.POST
    owner = request.visit.staff.get(number(given.get("owner", "")) or request.user.id, request.user)
    hold = NewHold(
        scope="contact",
        scope_id=found.id,
        reason=given.get("reason", "").strip()[:300],
        owner_id=owner.id,
        expires_at=_end_of(given.get("until", ""), request.visit.house.time_zone, request.visit.now),
    )
    place_hold(hold, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Automation is quiet towards %(name)s now.") % {"name": found.given_name})


@staff_page("clients")
@writes
def bad_news(request: StaffRequest, pk: int) -> HttpResponse:
    """Automation is quiet, somebody tells the client, and then it goes on."""
    found, given = _client(pk), request.POST
    about = given.get("about", "").strip().rstrip(".")[:300]
    if not about:
        raise Sorry(_("Say in a few words what it is about. Only colleagues read it."))
    writer = request.visit.staff.get(number(given.get("writer", "")) or request.user.id, request.user)
    if not (writer.is_active and writer.may_write):
        raise Sorry(_("Choose one of the people who work here."))
    begin(BadNews(found.id, about, writer.id), acting_user=request.user.id, now=request.visit.now)
    words = {"writer": writer.name, "name": found.given_name}
    return done(request, _("Automation is quiet. %(writer)s has the task to tell %(name)s.") % words)


@staff_page("clients")
@writes
def release_hold(request: StaffRequest, pk: int) -> HttpResponse:
    if gate.hold(pk) is None:
        raise Http404
    release(pk, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Automation may write again. What it held is looked at anew."))


@staff_page("clients")
@writes
def bereavement(request: StaffRequest, pk: int) -> HttpResponse:
    people.set_flag(_client(pk).id, "flag", BEREAVED, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Noted. Automation keeps its peace."))


@staff_page("clients")
@writes
def end_bereavement(request: StaffRequest, pk: int) -> HttpResponse:
    people.clear_flag(_client(pk).id, "flag", BEREAVED, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Noted. Automation may write again."))


def _client(pk: int) -> Person:
    found = contacts.people([pk]).get(pk)
    if found is None:
        raise Http404
    return found


def _end_of(text: str, zone: str, now: datetime) -> datetime | None:
    """The end of the day that a date field names; nothing given is no end."""
    if not text.strip():
        return None
    try:
        end = day_start(date.fromisoformat(text) + timedelta(days=1), zone)
    except (ValueError, OverflowError) as unreadable:
        raise Sorry(_("This is not a date. Write it as 2026-04-30.")) from unreadable
    if end <= now:
        raise Sorry(_("This day is over. Choose today or a later one."))
    return end
