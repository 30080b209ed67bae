"""How people of the business sign in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.queries import business_at
from tactful.foundation.staff.actions import choose_password, end_sessions
from tactful.foundation.staff.queries import sign_in_marks

View = Callable[..., HttpResponseBase]
NOT_THIS_CODE = gettext_lazy(
    "That did not fit. Take the code that the app shows right now, or try your passkey once more."
)
"""For both: allauth does not tell which of them was tried."""
SAID = {
    "account_inactive": gettext_lazy("This account is closed. Ask an owner to open it again."),
    "email_password_mismatch": gettext_lazy("Mail address and password do not fit together. Try again."),
    "enter_current_password": gettext_lazy("Write the password that you have now."),
    "incorrect_code": NOT_THIS_CODE,
    "incorrect_password": gettext_lazy("That is not your password. Try again."),
    "invalid_login": gettext_lazy("Mail address and password do not fit together. Try again."),
    "same_as_current": gettext_lazy("That is what you have already. Choose another."),
    "too_many_login_attempts": gettext_lazy("Too many tries. Wait a little, and try again."),
    "rate_limited": gettext_lazy("Too many tries. Wait a little, and try again."),
}
"""What allauth says in a voice of its own, in ours."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up by themselves: an owner adds people."""

    error_messages = DefaultAccountAdapter.error_messages | SAID

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        if user is not None and user.must_choose_password and user.check_password(password):
            raise ValidationError(_("This is the one-time password. Choose one that only you know."))
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: User, password: str) -> None:
        choose_password(user, password, now=business_now())

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("web:account")


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": NOT_THIS_CODE}


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose failures are counted together: one mail address, however it is written."""
    given = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(given).strip().lower()


def ends_other_sessions(view: View) -> View:
    """Where a password, a passkey or the second step changes: afterwards only this session goes on (R58)."""

    @wraps(view)
    def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not isinstance(request.user, User):
            return view(request, *args, **kwargs)
        user_id = request.user.id
        before = sign_in_marks(user_id)
        response = view(request, *args, **kwargs)
        if sign_in_marks(user_id) != before:
            end_sessions(user_id=user_id, keep=request.session.session_key or "")
        return response

    return watched


def keeps_a_way_in(view: View) -> View:
    """The last passkey of somebody without a password stays: without it they would never come in again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        keys = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
        if isinstance(user, User) and not user.has_usable_password() and keys.count() < 2:
            messages.error(request, _("This is your only way in. Add another passkey first."))
            return redirect("mfa_list_webauthn")
        return view(request, *args, **kwargs)

    return guarded


def in_our_zone(view: View) -> View:
    """Moments on allauth's pages stand in the business's own zone, as on ours."""

    @wraps(view)
    def zoned(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(ZoneInfo(business_at(business_now()).time_zone)):
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    return zoned


def not_here(_request: HttpRequest, **_given: str) -> HttpResponseBase:
    """Pages of allauth that we have no use for: signing up, mail addresses, passwords by mail."""
    raise Http404
