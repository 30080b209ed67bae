"""Who may open and who may change: every staff page passes through here.

    @staff_page("inbox")            signed-in people only; reads the clock once, sets the zone
    @writes                         under it: POST only, owner and staff only, all or nothing
    @owner_only                     under it: owners only, for any method

A refusal is a page with one sentence. What is not there, or is none of theirs, is a 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tactful.broadcasts.types import BroadcastRefused
from tactful.contacts.actions import ContactError
from tactful.delivery.actions import NothingToDecide
from tactful.foundation.actions import NotAssessed
from tactful.foundation.models import User
from tactful.inbox.actions.answer import InboxError
from tactful.segments.actions import SegmentRefused
from tactful.touchpoints.actions import LineError
from tactful.web.helping import is_helping
from tactful.web.visit import Visit, begin_visit
from tactful.wiring.deciding import NothingAsked
from tactful.wiring.trust import NotNow

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a person of ours, as ``staff_page`` has completed it."""

    user: User
    visit: Visit
    section: str


LARGEST_ID = 2**63 - 1


def number(text: str) -> int | None:
    """An id as forms and addresses give it; anything else is None."""
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID
        else None
    )


class IdConverter:
    """``<id:pk>`` in an address: a number that a row can have, else no such page."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        found = number(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: int) -> str:
        return str(value)


class Sorry(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""


SENTENCES = (
    Sorry,
    InboxError,
    NothingToDecide,
    NothingAsked,
    ContactError,
    LineError,
    SegmentRefused,
    BroadcastRefused,
    NotNow,
    NotAssessed,
)
View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def staff_page(section: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """For signed-in people. ``section``: which row of the menu is ours (``web.types.Shell``)."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if request.user.must_choose_password:
                return redirect_to_login(request.get_full_path(), reverse("account_change_password"))
            ours = cast(StaffRequest, request)
            ours.section, ours.visit = section, begin_visit(request.user)
            with timezone.override(ZoneInfo(ours.visit.house.time_zone)):
                response = view(ours, *args, **kwargs)
            if "Cache-Control" not in response:
                response["Cache-Control"] = "private, no-store"
            return response

        return page

    return decorate


def writes(view: View[P]) -> View[P]:
    """A change: by POST, by somebody who may, in one transaction. Known troubles become a toast."""

    @wraps(view)
    def act(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.may_write and not is_helping(request):
            return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except SENTENCES as trouble:
            messages.error(request, str(trouble))
            return redirect(back(request))

    return act


def owner_only(view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_owner and not is_helping(request):
            return refused(request, _("Only an owner can do this. Ask one of them."))
        return view(request, *args, **kwargs)

    return guarded


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "web/refused.html", {"sentence": sentence}, status=403)


def back(request: HttpRequest, otherwise: str = "web:today") -> str:
    """Where the form stood: its ``next``, or the page before, if that is one of ours."""
    for url in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if url and url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        ):
            return url
    return resolve_url(otherwise)


def done(request: HttpRequest, sentence: str, otherwise: str = "web:today") -> HttpResponse:
    """The end of every change: a toast, and back to where the form stood."""
    messages.success(request, sentence)
    return redirect(back(request, otherwise))
