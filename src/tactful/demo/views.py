"""The clients' side of the wire: what they received, and answering as one of them."""

import smtplib
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from tactful.channels.mail.mime import read_mime
from tactful.channels.queries import main_account
from tactful.demo.forms import LetterForm
from tactful.demo.letters import html_of, mailbox, newest_letter, open_mail, postbox_page, received
from tactful.demo.morning import next_morning as morning_after
from tactful.demo.morning import next_stop
from tactful.demo.postbox.client import Draft, Outgoing, Person, send, write_new, write_reply
from tactful.demo.postbox.mailbox import Direction, Letter
from tactful.foundation.actions import move_clock
from tactful.web.access import StaffRequest, staff_page, writes
from tactful.web.templatetags.tactful import day_and_time

SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
BODY_POLICY: dict[str, Any] = {
    "default-src": ["'none'"],
    "img-src": ["data:"],
    "style-src": ["'unsafe-inline'"],  # mail carries its styles with it; nothing here can run a script
    "frame-ancestors": ["'self'"],
    "sandbox": SANDBOX.split(),
}
NEW_TAB = '<base target="_blank">'
Page = Callable[..., HttpResponseBase]


def demo_page(view: Page) -> Page:
    """For people who have signed in, and only where a demo runs."""
    signed_in = staff_page("postbox")(view)

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return signed_in(request, *args, **kwargs)

    return page


@require_safe
@demo_page
def postbox(request: StaffRequest) -> HttpResponseBase:
    page = request.GET.get("page", "")
    number = int(page) if page.isdecimal() and len(page) < 7 else 0
    q, now = request.GET.get("q", "")[:100], request.visit.now
    newest = newest_letter(q, number)
    mail = open_mail(newest, now) if newest else None
    shown = postbox_page(q, number, now, mail, newest.number if newest else 0)
    return render(request, "demo/postbox.html", {"page": shown})


@require_safe
@demo_page
def letter(request: StaffRequest, number: int) -> HttpResponseBase:
    return _show(request, _letter(number))


@require_safe
@xframe_options_sameorigin
@csp(BODY_POLICY)
@demo_page
def body(_request: StaffRequest, number: int) -> HttpResponseBase:
    """The HTML of a letter, for the frame: no scripts, links open beside it."""
    html = html_of(read_mime(mailbox().read(_letter(number).number)))
    return HttpResponse(NEW_TAB + html)


@demo_page
@writes
def answer(request: StaffRequest, number: int) -> HttpResponseBase:
    """Really sent, by SMTP, to the door through which mail comes in."""
    found = _letter(number)
    text = request.POST.get("text", "").strip()
    files = tuple((each.name or "", each.read()) for each in request.FILES.getlist("files"))
    if not text and not files:
        return _show(request, found, _("Write a few words first, or choose a file."))
    shown = open_mail(found, request.visit.now)
    draft = Draft(text, files, language=request.visit.language)
    client = Person(found.client, shown.to if shown.to != found.client else "")
    try:
        _hand_over(write_reply(mailbox().read(number), client, draft, request.visit.now))
    except (OSError, smtplib.SMTPException, ValueError) as trouble:
        return _show(request, found, _not_taken(trouble), text)
    messages.success(request, _("%(name)s has answered. Look in the inbox.") % {"name": shown.to})
    return redirect("demo:letter", number)


@demo_page
def write(request: StaffRequest) -> HttpResponseBase:
    """A new mail as a client."""
    if request.method == "POST":
        return _send_new(request)
    return render(request, "demo/write.html", {"form": LetterForm()})


@writes
def _send_new(request: StaffRequest) -> HttpResponseBase:
    form, account = LetterForm(request.POST), main_account("mail")
    if account is None:
        raise Http404
    if not form.is_valid():
        return render(request, "demo/write.html", {"form": form}, status=422)
    given = form.cleaned_data
    client = Person(given["client"], form.names[given["client"]])
    files = tuple((each.name or "", each.read()) for each in request.FILES.getlist("files"))
    draft = Draft(given["text"], files, subject=given["subject"], language=request.visit.language)
    try:
        _hand_over(write_new(client, account.address, draft, request.visit.now))
    except (OSError, smtplib.SMTPException, ValueError) as trouble:
        form.add_error(None, _not_taken(trouble))
        return render(request, "demo/write.html", {"form": form}, status=422)
    messages.success(request, _("%(name)s has written. Look in the inbox.") % {"name": client.name})
    return redirect("demo:postbox")


@demo_page
@writes
def next_morning(request: StaffRequest) -> HttpResponseBase:
    visit = request.visit
    morning = morning_after(visit.now, visit.house.time_zone, visit.house.country)
    stop = next_stop(visit.now, morning)
    move_clock(by=stop - visit.now, acting_user=visit.user.id, now=visit.now)
    if stop == morning:
        messages.success(request, _("Good morning. Automation catches up with the night now."))
    else:
        said = _("It is %(moment)s: automation has something to do first. Press again to go on.")
        messages.success(request, said % {"moment": day_and_time(stop)})
    return redirect("web:today")


def hand_over_port() -> int:
    """Where the worker takes mail in."""
    return int(settings.ENVIRONMENT.inbound_port)


def _hand_over(mail: Outgoing) -> None:
    send(mail, "127.0.0.1", hand_over_port())
    mailbox().add(mail.raw, direction=Direction.WRITTEN, client=mail.sender)


def _not_taken(trouble: Exception) -> str:
    return _("It was not taken in: %(trouble)s. Is the worker running?") % {"trouble": trouble}


def _letter(number: int) -> Letter:
    found = received(number)
    if found is None:
        raise Http404
    return found


def _show(request: StaffRequest, found: Letter, error: str = "", typed: str = "") -> HttpResponseBase:
    now = request.visit.now
    mail = open_mail(found, now, error, typed)
    page = postbox_page(request.GET.get("q", "")[:100], 0, now, mail, found.number)
    return render(request, "demo/postbox.html", {"page": page}, status=422 if error else 200)
