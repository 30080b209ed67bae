"""Whose mail is read in the mailboxes, and since when."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.channels import queries
from tactful.channels.actions import MailboxRefused, set_inquiries
from tactful.channels.queries import Account
from tactful.web.access import Sorry, StaffRequest, done, staff_page, writes
from tactful.web.build.mailboxes import privacy_page
from tactful.wiring.history import DAYS, begin_history

PAGE = "web:mail_privacy"


@require_safe
@staff_page("settings")
def privacy(request: StaffRequest) -> HttpResponseBase:
    """For everybody: an owner sees the firm's mailboxes, and each person their own."""
    return render(request, "web/settings/mail_privacy.html", {"page": privacy_page(request.visit)})


@staff_page("settings")
@writes
def inquiries(request: StaffRequest, pk: int) -> HttpResponseBase:
    account, on = _mailbox(request, pk), request.POST.get("on") == "1"
    try:
        set_inquiries(account.id, on, acting_user=request.user.id, now=request.visit.now)
    except MailboxRefused as trouble:
        raise Sorry(str(trouble)) from trouble
    wanted = _("From now on mail from people who are not clients comes in too.")
    return done(request, wanted if on else _("From now on only mail with known clients is read."), PAGE)


@staff_page("settings")
@writes
def history(request: StaffRequest, pk: int) -> HttpResponseBase:
    account = _mailbox(request, pk)
    try:
        begin_history(account, DAYS, request.visit.now, acting_user=request.user.id)
    except MailboxRefused as trouble:
        raise Sorry(str(trouble)) from trouble
    return done(request, _("It is being read. Look here again in some minutes."), PAGE)


def _mailbox(request: StaffRequest, pk: int) -> Account:
    shown = queries.accounts_shown_to(request.user.id, request.user.is_owner)
    found = next((each for each in shown if each.id == pk), None)
    if found is None:
        raise Http404
    return found
