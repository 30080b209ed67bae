"""Connecting the mailbox, a step at a time. What is on the way stands in the session; nothing secret does."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from tactful.channels import sentences
from tactful.channels.rules import providers
from tactful.channels.types import MailHost, SignIn
from tactful.web.access import StaffRequest, owner_only, staff_page
from tactful.web.build.mail_connect import Step, ask_page, redirect_address, sheet_page, step_page, trouble_of
from tactful.web.forms.mail_connect import AddressForm, HostForm, LeaveForm, PasswordForm
from tactful.web.types import Text
from tactful.web.views import own_mailbox
from tactful.web.views.mail_leave import trouble_with_answer
from tactful.wiring import mail_connect as wiring
from tactful.wiring.mail_connect import Wish, keep_wish, read_wish
from tactful.wiring.mail_lookup import look_up

KEPT, NEXT, STATE, SAID = "mail_connect", "mail_connect_next", "mail_connect_state", "mail_connect_said"
PAGE = "web/settings/mail_connect.html"


@staff_page("settings")
@owner_only
def connect(request: StaffRequest) -> HttpResponseBase:
    """GET: where we stand; ``next``, ``way`` and ``again`` may be given. POST: the address."""
    _remember_next(request)
    if request.method == "POST":
        return _find(request)
    if "again" in request.GET:
        _forget(request)
    wish = _wish(request)
    if wish is None:
        form = AddressForm(initial={"address": request.GET.get("address", "")})
        return render(request, PAGE, {"page": ask_page(form)})
    way = request.GET.get("way", "")
    if way in wish.mailbox.ways and way != wish.way:
        wish = _keep(request, Wish(wish.mailbox, SignIn(way)))
    return _show(request, wish, trouble=request.session.pop(SAID, ""))


def _find(request: StaffRequest) -> HttpResponseBase:
    """Outside a transaction: others may take their time to answer."""
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            box = look_up(form.cleaned_data["address"])
        except ValueError:
            form.add_error("address", _("This is no mail address. Write one such as post@example.com."))
        else:
            wiring.forget_client_secret(user=request.user.id)
            _keep(request, Wish(box, box.ways[0]))
            return redirect("web:mail_connect")
    return render(request, PAGE, {"page": ask_page(form)}, status=422)


@require_POST
@staff_page("settings")
@owner_only
def host(request: StaffRequest) -> HttpResponseBase:
    """A person says who keeps it."""
    wish, form = _wish(request), HostForm(request.POST)
    if wish is not None and form.is_valid():
        box = providers.chosen(wish.mailbox.address, MailHost(form.cleaned_data["host"]))
        wiring.forget_client_secret(user=request.user.id)
        _keep(request, Wish(box, box.ways[0]))
    return redirect("web:mail_connect")


@require_POST
@staff_page("settings")
@owner_only
@sensitive_variables("form", "secrets")
def password(request: StaffRequest) -> HttpResponseBase:
    """Tried first, kept only if it works: what stood there before is not lost to a slip of the pen."""
    wish = _wish(request)
    if wish is None or wish.way is SignIn.XOAUTH2:
        return redirect("web:mail_connect")
    form = PasswordForm(request.POST, mailbox=wish.mailbox, way=wish.way)
    if not form.is_valid():
        return _show(request, wish, form)
    wanted, secrets = form.wish(), form.secrets()
    if trouble := trouble_of(wiring.try_wish(wanted, secrets)):
        return _show(request, wish, form, trouble=trouble)
    wiring.keep_account(wanted, secrets, acting_user=request.user.id, now=request.visit.now)
    return _connected(request)


@require_POST
@staff_page("settings")
@owner_only
@sensitive_variables("form")
def client(request: StaffRequest) -> HttpResponseBase:
    """Keeps what the firm's own client is called; signing in is the next step."""
    wish = _wish(request)
    if wish is None or wish.way is not SignIn.XOAUTH2:
        return redirect("web:mail_connect")
    form = LeaveForm(request.POST, mailbox=wish.mailbox)
    if not form.is_valid():
        return _show(request, wish, form)
    wanted = form.wish()
    wiring.keep_client_secret(form.cleaned_data["client_secret"], wanted, user=request.user.id)
    _keep(request, wanted)
    return redirect("web:mail_connect")


@require_GET
@staff_page("settings")
@owner_only
def go(request: StaffRequest) -> HttpResponseBase:
    """To the provider. A link and no form: a page may send its forms to nobody but us."""
    wish = _wish(request)
    if wish is None or wish.authority is None:
        return redirect("web:mail_connect")
    url, state = wiring.begin(wish, redirect_address(), user=request.user.id)
    request.session[STATE] = state
    return redirect(url)


@require_GET
@staff_page("settings")
def back(request: StaffRequest) -> HttpResponseBase:
    """From the provider, to the one address that is registered there: for the firm's mailbox, or for one's
    own."""
    return own_mailbox.came_back(request) or _firms_back(request)


@owner_only
def _firms_back(request: StaffRequest) -> HttpResponseBase:
    """With a code or with a no. The state is of this session, and works once."""
    wish, state = _wish(request), request.session.pop(STATE, "")
    if wish is None or not wiring.is_ours(state, request.GET.get("state", "")):
        return _sorry(request, sentences.trouble("stale"))
    trouble = trouble_with_answer(request, wish)
    return _sorry(request, trouble) if trouble else _connected(request)


@require_GET
@staff_page("settings")
@owner_only
def sheet(request: StaffRequest) -> HttpResponseBase:
    """A page to print or send to whoever runs the firm's mail. It holds nothing secret."""
    wish = _wish(request)
    if wish is None:
        return redirect("web:mail_connect")
    page = sheet_page(wish.mailbox, request.visit.house.name)
    return render(request, "web/settings/mail_sheet.html", {"page": page})


def _show(request: StaffRequest, wish: Wish, form: Any = None, *, trouble: Text = "") -> HttpResponseBase:
    wrong = form is not None
    by_leave = wish.way is SignIn.XOAUTH2
    if form is None:
        form = _leave_form(wish) if by_leave else PasswordForm(mailbox=wish.mailbox, way=wish.way)
    step = Step(wish.mailbox, wish.way, form, by_leave and wish.authority is not None and not wrong, trouble)
    return render(request, PAGE, {"page": step_page(step)}, status=422 if wrong else 200)


def _leave_form(wish: Wish) -> LeaveForm:
    form = LeaveForm(mailbox=wish.mailbox)
    form.initial["client_id"] = wish.client_id
    return form


def _connected(request: StaffRequest) -> HttpResponseBase:
    to = request.session.pop(NEXT, "") or reverse("web:settings_mail")
    _forget(request)
    wiring.forget_client_secret(user=request.user.id)
    messages.success(request, _("The mailbox is connected."))
    return redirect(to)


def _sorry(request: StaffRequest, sentence: str) -> HttpResponseBase:
    request.session[SAID] = sentence
    return redirect("web:mail_connect")


def _remember_next(request: StaffRequest) -> None:
    """Only an address of ours: the first run comes back by it."""
    to = request.GET.get("next", "")
    if to and url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure()):
        request.session[NEXT] = to


def _wish(request: StaffRequest) -> Wish | None:
    kept = request.session.get(KEPT)
    return read_wish(kept) if kept else None


def _keep(request: StaffRequest, wish: Wish) -> Wish:
    request.session[KEPT] = keep_wish(wish)
    return wish


def _forget(request: StaffRequest) -> None:
    for name in (KEPT, STATE, SAID):
        request.session.pop(name, None)
