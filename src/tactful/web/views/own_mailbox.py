"""Connecting one's own mailbox, and ending it: for everybody who works here, and for nobody else's (R92)."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from tactful.channels import queries as channels
from tactful.channels import sentences
from tactful.channels.actions import MailboxRefused
from tactful.channels.rules import providers
from tactful.channels.types import MailHost, SignIn
from tactful.web.access import Sorry, StaffRequest, View, done, refused, staff_page, writes
from tactful.web.build.mail_connect import Step, ask_page, own_step_page, redirect_address, trouble_of
from tactful.web.forms.mail_connect import AddressForm, HostForm, OwnPasswordForm
from tactful.web.types import Text
from tactful.web.views.mail_leave import trouble_with_answer
from tactful.wiring import mail_connect as wiring
from tactful.wiring.mail_connect import Wish, keep_wish, read_wish
from tactful.wiring.mail_lookup import look_up

KEPT, STATE, SAID = "own_mailbox", "own_mailbox_state", "own_mailbox_said"
PAGE = "web/settings/mail_connect.html"
HERE, AFTER = "web:own_mailbox", "web:mail_privacy"


def colleagues(view: View[[]]) -> View[[]]:
    """Who works here and may write. A reader answers nobody, and whoever sets the house up is a guest."""

    def guarded(request: StaffRequest, /) -> HttpResponseBase:
        if not request.user.may_write or request.user.is_helper:
            return refused(request, _("A mailbox of their own is connected by those who write to clients."))
        return view(request)

    return guarded


@staff_page("settings")
@colleagues
def connect(request: StaffRequest) -> HttpResponseBase:
    """GET: where we stand; ``address``, ``way`` and ``again`` may be given. POST: the address."""
    if request.method == "POST":
        return _find(request)
    if "again" in request.GET:
        _forget(request)
    wish = _wish(request)
    if wish is None:
        given = request.GET.get("address", "") or request.user.email
        return render(request, PAGE, {"page": ask_page(AddressForm(initial={"address": given}), own=True)})
    way = request.GET.get("way", "")
    if way in wish.mailbox.ways and way != wish.way:
        wish = _keep(request, Wish(wish.mailbox, SignIn(way), own=True))
    return _show(request, wish, trouble=request.session.pop(SAID, ""))


def _find(request: StaffRequest) -> HttpResponseBase:
    """Outside a transaction: others may take their time to answer."""
    form = AddressForm(request.POST)
    if form.is_valid():
        firms = channels.main_account("mail")
        address = form.cleaned_data["address"]
        if firms is not None and firms.address.casefold() == address.casefold():
            form.add_error("address", _("This is the firm's mailbox. An owner looks after it."))
        else:
            return _found(request, form, address)
    return render(request, PAGE, {"page": ask_page(form, own=True)}, status=422)


def _found(request: StaffRequest, form: AddressForm, address: str) -> HttpResponseBase:
    try:
        box = look_up(address)
    except ValueError:
        form.add_error("address", _("This is no mail address. Write one such as post@example.com."))
        return render(request, PAGE, {"page": ask_page(form, own=True)}, status=422)
    _keep(request, Wish(box, box.ways[0], own=True))
    return redirect(HERE)


@require_POST
@staff_page("settings")
@colleagues
def host(request: StaffRequest) -> HttpResponseBase:
    """A person says who keeps it."""
    wish, form = _wish(request), HostForm(request.POST)
    if wish is not None and form.is_valid():
        box = providers.chosen(wish.mailbox.address, MailHost(form.cleaned_data["host"]))
        _keep(request, Wish(box, box.ways[0], own=True))
    return redirect(HERE)


@require_POST
@staff_page("settings")
@colleagues
@sensitive_variables("form", "secrets")
def password(request: StaffRequest) -> HttpResponseBase:
    """Tried first, kept only if it works."""
    wish = _wish(request)
    if wish is None or wish.way is SignIn.XOAUTH2:
        return redirect(HERE)
    form = OwnPasswordForm(request.POST, mailbox=wish.mailbox, way=wish.way)
    if not form.is_valid():
        return _show(request, wish, form)
    wanted, secrets = form.wish(), form.secrets()
    if trouble := trouble_of(wiring.try_wish(wanted, secrets)):
        return _show(request, wish, form, trouble=trouble)
    wiring.keep_account(wanted, secrets, acting_user=request.user.id, now=request.visit.now)
    return _connected(request)


@require_GET
@staff_page("settings")
@colleagues
def go(request: StaffRequest) -> HttpResponseBase:
    """To the provider, with the client of the firm."""
    wish = _by_leave(request)
    if wish is None:
        return redirect(HERE)
    url, state = wiring.begin(wish, redirect_address(), user=request.user.id)
    request.session[STATE] = state
    return redirect(url)


def came_back(request: StaffRequest) -> HttpResponseBase | None:
    """From the provider, to the address that the firm has registered; None if it is not ours."""
    state = request.session.get(STATE, "")
    if not wiring.is_ours(state, request.GET.get("state", "")):
        return None
    del request.session[STATE]
    wish = _by_leave(request)
    if wish is None:
        return _sorry(request, sentences.trouble("stale"))
    trouble = trouble_with_answer(request, wish)
    return _sorry(request, trouble) if trouble else _connected(request)


@staff_page("settings")
@writes
def end(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One's own alone; that of others is not there."""
    mailbox = channels.own_mailbox(request.user.id)
    if mailbox is None or mailbox.id != pk:
        raise Http404
    try:
        wiring.end_own_mailbox(pk, acting_user=request.user.id, now=request.visit.now)
    except MailboxRefused as trouble:
        raise Sorry(str(trouble)) from trouble
    return done(request, _("Nothing more is read there. You can connect it again at any time."), AFTER)


def _by_leave(request: StaffRequest) -> Wish | None:
    wish = _wish(request)
    by_leave = wish is not None and wish.way is SignIn.XOAUTH2
    return wish if by_leave and wish is not None and wish.authority is not None else None


def _show(
    request: StaffRequest, wish: Wish, form: OwnPasswordForm | None = None, *, trouble: Text = ""
) -> HttpResponseBase:
    wrong = form is not None
    if form is None and wish.way is not SignIn.XOAUTH2:
        form = OwnPasswordForm(mailbox=wish.mailbox, way=wish.way)
    step = Step(wish.mailbox, wish.way, form, wish.authority is not None, trouble)
    return render(request, PAGE, {"page": own_step_page(step)}, status=422 if wrong else 200)


def _connected(request: StaffRequest) -> HttpResponseBase:
    _forget(request)
    wiring.forget_client_secret(user=request.user.id)
    messages.success(request, _("Your mailbox is connected. It is read from now on."))
    return redirect(AFTER)


def _sorry(request: StaffRequest, sentence: str) -> HttpResponseBase:
    request.session[SAID] = sentence
    return redirect(HERE)


def _wish(request: StaffRequest) -> Wish | None:
    kept = request.session.get(KEPT)
    return read_wish(kept) if kept else None


def _keep(request: StaffRequest, wish: Wish) -> Wish:
    """By the firm's leave where it has one: nobody types its secret here."""
    if wish.way is SignIn.XOAUTH2:
        wish = wiring.by_the_firms_leave(wish, user=request.user.id) or wish
    request.session[KEPT] = keep_wish(wish)
    return wish


def _forget(request: StaffRequest) -> None:
    for name in (KEPT, STATE, SAID):
        request.session.pop(name, None)
