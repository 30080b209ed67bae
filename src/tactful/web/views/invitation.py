"""The link that lets somebody in for the first time. Before sign-in; says nothing about the house.

The first owner says who they are; then everybody takes a passkey, or a password. Nothing is kept of it before
the last of these, but what this browser's session remembers.
"""

from typing import Any, Final

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import Login
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tactful.foundation.clock import business_now
from tactful.foundation.ids import new_id
from tactful.foundation.models import Invitation, User
from tactful.foundation.setting_up import queries
from tactful.foundation.setting_up.actions import Newcomer, accept
from tactful.foundation.staff.actions import PersonError
from tactful.web.forms.invitation import FirstPasswordForm, PasskeyForm, WhoForm
from tactful.web.rules.when import known

TEMPLATE: Final = "account/invitation.html"
WHO: Final = "invited"


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    row = queries.invitation(token)
    if row is None:
        return _closed(request)
    who = row.user or _said(request, row)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    if who is None or (row.user is None and (way == "who" or "who" in request.GET)):
        return _who(request, row, who)
    if way == "passkey":
        return _by_passkey(request, token, who)
    if way == "password":
        return _by_password(request, token, who)
    return _choice(request, who, FirstPasswordForm(user=who))


def _said(request: HttpRequest, row: Invitation) -> User | None:
    """Who somebody has said to be, in this browser and for this very link. Not kept in the house yet."""
    kept = request.session.get(WHO)
    if not isinstance(kept, dict) or kept.get("link") != bytes(row.digest).hex():
        return None
    return User(id=kept["id"], name=kept["name"], email=kept["email"])


def _who(request: HttpRequest, row: Invitation, who: User | None) -> HttpResponseBase:
    before = {"name": who.name, "email": who.email} if who else {}
    form = WhoForm(request.POST if request.method == "POST" else None, initial=before)
    if request.method == "POST" and form.is_valid():
        link = bytes(row.digest).hex()
        request.session[WHO] = {**form.cleaned_data, "link": link, "id": who.id if who else new_id()}
        return redirect(request.path)
    return _shown(request, {"form": form}, 422 if form.is_bound else 200)


def _choice(
    request: HttpRequest,
    who: User,
    form: FirstPasswordForm,
    status: int = 200,
    key: PasskeyForm | None = None,
) -> HttpResponse:
    """A passkey first. Its question is asked of this browser's session."""
    options = flows.begin_registration(request, who, passwordless=True, signup=True)
    given = {"form": form, "person": who, "js_data": {"creation_options": options}}
    return _shown(request, {**given, "key": key or PasskeyForm(user=who)}, status)


@sensitive_variables()
def _by_password(request: HttpRequest, token: str, who: User) -> HttpResponseBase:
    form = FirstPasswordForm(request.POST, user=who)
    if not form.is_valid():
        return _choice(request, who, form, 422)
    user = _accepted(token, who, form.cleaned_data["password"])
    if user is None:
        return _closed(request)
    perform_login(request, user, redirect_url="/")
    if isinstance(request.user, User):  # a second step of sign-in may stand in between
        record_authentication(request, request.user, "password")
    return _onward(request, user)


def _by_passkey(request: HttpRequest, token: str, who: User) -> HttpResponseBase:
    form = PasskeyForm(request.POST, user=who)
    if not form.is_valid():
        return _choice(request, who, FirstPasswordForm(user=who), 422, form)
    given = form.cleaned_data
    with transaction.atomic():
        user = _accepted(token, who, None)
        if user is None:
            return _closed(request)
        key: Authenticator = flows.signup_authenticator(request, user, given["name"], given["credential"])
    flows.perform_passwordless_login(request, key, Login(user=user))
    return _onward(request, user)


@sensitive_variables()
def _accepted(token: str, who: User, password: str | None) -> User | None:
    new = Newcomer(password, who.name, who.email, known(get_language() or "en"), ident=who.id)
    try:
        with transaction.atomic():
            return accept(token, new, now=business_now())
    except PersonError:
        return None


def _onward(request: HttpRequest, user: User) -> HttpResponseBase:
    request.session.pop(WHO, None)
    return redirect("web:first_run") if request.user == user else redirect("account_login")


def _shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, TEMPLATE, context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return _private(response)


def _closed(request: HttpRequest) -> HttpResponse:
    return _private(render(request, TEMPLATE, {"closed": True}, status=410))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
