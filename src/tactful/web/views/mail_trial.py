"""A mail from ourselves to ourselves: sent on request, awaited for half a minute, and told in plain words."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tactful.channels.queries import main_account
from tactful.web.access import StaffRequest, owner_only, staff_page
from tactful.web.build import results
from tactful.wiring import mail_trial
from tactful.wiring.mail_trial import ENOUGH, NotTried, Sent

TRIAL = "mail_trial"


def waits_for(kept: Mapping[str, Any] | None) -> str:
    """ "" where nothing is on its way."""
    if not kept:
        return ""
    if kept["plus"]:
        return _("A mail to ourselves is on its way. We look for it.")
    return _("Nothing came to the address with a plus. A second mail is on its way to the plain one.")


@require_POST
@staff_page("settings")
@owner_only
def begin(request: StaffRequest) -> HttpResponseBase:
    account = main_account("mail")
    if account is None:
        return redirect("web:mail_connect")
    try:
        sent = mail_trial.send(account.id, plus=True, now=request.visit.now)
    except NotTried as trouble:
        return _end(request, results.said(str(trouble)))
    request.session[TRIAL] = asdict(sent)
    return redirect("web:settings_mail")


@require_POST
@staff_page("settings")
@owner_only
def look(request: StaffRequest) -> HttpResponseBase:
    """Once; the page asks again by itself."""
    account, kept = main_account("mail"), request.session.get(TRIAL)
    if account is None or not kept:
        return _onward(request)
    try:
        sent = mail_trial.look(account.id, Sent(**kept), acting_user=request.user.id, now=request.visit.now)
    except NotTried as trouble:
        return _end(request, results.said(str(trouble)))
    if sent is None:
        request.session.pop(TRIAL)
        return _onward(request)
    if not sent.plus and sent.looks > ENOUGH:
        return _end(request, _("The mail went out and did not come in. Look whether it lies in a filter."))
    request.session[TRIAL] = asdict(sent)
    if request.headers.get("HX-Request") and sent.plus == kept["plus"]:
        return HttpResponse(status=204)
    return _onward(request)


def _end(request: StaffRequest, sentence: str) -> HttpResponseBase:
    request.session.pop(TRIAL, None)
    messages.error(request, sentence)
    return _onward(request)


def _onward(request: StaffRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("web:settings_mail")})
    return redirect("web:settings_mail")
