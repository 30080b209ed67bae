"""Settings: the business, quiet hours, caps and the mail account."""

from dataclasses import asdict, replace
from typing import Any

from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tactful.channels.actions import save_mail_account
from tactful.channels.queries import main_account
from tactful.delivery.actions import release
from tactful.foundation.actions import change_settings
from tactful.web.access import Sorry, StaffRequest, done, owner_only, staff_page, writes
from tactful.web.build.settings import caps_page, mail_page, quiet_page
from tactful.web.forms.mail import MailForm, initial_of
from tactful.web.forms.settings import BusinessForm, CapsForm, QuietForm
from tactful.web.pages.settings import SettingsPage
from tactful.web.views.mail_trial import TRIAL, waits_for
from tactful.wiring.mail_access import resume
from tactful.wiring.mail_test import Part, try_account

TESTS = "mail_tests"


@require_safe
@staff_page("settings")
def home(request: StaffRequest) -> HttpResponseBase:
    """All rooms, each with a sentence; which ones stand there is a matter of the role."""
    return render(request, "web/settings/home.html")


@staff_page("settings")
@owner_only
def business(request: StaffRequest) -> HttpResponseBase:
    form = BusinessForm(_typed(request), initial=BusinessForm.initial_of(request.visit.house))
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.values(), "web:settings_business")
    return _show(request, "business", SettingsPage(form), form)


@staff_page("settings")
@owner_only
def quiet(request: StaffRequest) -> HttpResponseBase:
    form = QuietForm(_typed(request), initial=QuietForm.initial_of(request.visit.house))
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.values(), "web:settings_quiet")
    return _show(request, "quiet", quiet_page(form, request.visit.house), form)


@staff_page("settings")
@owner_only
def caps(request: StaffRequest) -> HttpResponseBase:
    form = CapsForm(_typed(request), initial=CapsForm.initial_of(request.visit.house))
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.values(), "web:settings_caps")
    return _show(request, "caps", caps_page(form, request.visit.house), form)


@staff_page("settings")
@owner_only
def mail(request: StaffRequest) -> HttpResponseBase:
    account = main_account("mail")
    form = MailForm(_typed(request), account=account, initial=initial_of(account))
    if request.method == "POST" and form.is_valid():
        return _keep_mail(request, form)
    page = mail_page(form, account, request.session.get(TESTS, []), request.visit)
    page = replace(page, waits=waits_for(request.session.get(TRIAL)))
    return _show(request, "mail", page, form)


@require_POST
@staff_page("settings")
@owner_only
def mail_test(request: StaffRequest) -> HttpResponseBase:
    """Outside a transaction: somebody else's server may take its time."""
    account = main_account("mail")
    if account is None:
        return redirect("web:settings_mail")
    tried = try_account(account.id)
    request.session[TESTS] = [asdict(each) for each in tried]
    sending = next(each for each in tried if each.part is Part.OUT)
    if sending.works and account.paused_reason:
        resume(account.id, acting_user=request.user.id, now=request.visit.now)
    return redirect("web:settings_mail")


@writes
def _keep(request: StaffRequest, values: dict[str, Any], back: str) -> HttpResponseBase:
    """What was held by the old settings is asked again by the new ones."""
    now = request.visit.now
    change_settings(values=values, acting_user=request.user.id, now=now)
    release(names=["settings.changed"], now=now)
    return done(request, _("It is kept, and holds from now."), back)


@writes
def _keep_mail(request: StaffRequest, form: MailForm) -> HttpResponseBase:
    account = main_account("mail")
    who, now = request.user.id, request.visit.now
    try:
        save_mail_account(
            form.account_form(), account_id=account.id if account else None, acting_user=who, now=now
        )
    except ValueError as trouble:
        raise Sorry(str(trouble)) from trouble
    request.session.pop(TESTS, None)
    return done(request, _("It is kept. Try it now: the button is above."), "web:settings_mail")


def _typed(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _show(request: StaffRequest, room: str, page: Any, form: Form) -> HttpResponseBase:
    status = 422 if form.is_bound else 200
    return render(request, f"web/settings/{room}.html", {"page": page}, status=status)
