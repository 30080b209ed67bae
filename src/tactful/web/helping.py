"""What a helper may open: somebody from outside who sets the house up and sees nothing of its clients.

Nothing is open that is not named here, so a page that comes later is closed until somebody has looked at
what it shows. Each address that a helper asks for is noted before it is answered.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.foundation.staff.actions import end_helpers, note_helper

_LOOKS = (
    "helping line line_print touchpoint touchpoint_add journeys journey journey_source journey_new draft "
    "draft_text draft_publication recipes letters letter letter_frame settings settings_business "
    "settings_brand settings_quiet settings_caps settings_mail settings_sender settings_records records_file "
    "account"
)
LOOKS: Final = frozenset(f"web:{name}" for name in _LOOKS.split())
_CHANGES = (
    "touchpoint_add line_comment journey_new draft draft_text draft_steps draft_step draft_step_place "
    "draft_step_copy draft_step_removal draft_part draft_leads draft_fixes draft_undo draft_redo "
    "draft_discard draft_publication journey_mending recipe letter_new letter letter_blocks letter_head "
    "letter_fields letter_source letter_beginning letter_history letter_mending letter_test "
    "letter_publication letter_removal settings_business settings_brand settings_quiet settings_caps "
    "settings_mail_test settings_sender account"
)
CHANGES: Final = frozenset(f"web:{name}" for name in _CHANGES.split())
"""The line, switching on, people, keys, webhooks and the mailbox are not among them: through each of these
clients would hear something that no owner has said yes to, or a helper could read what clients write."""
PASSES: Final = ("/account/", "/language/", "/api/", "/c/")
"""One's own sign-in; and doors that ask for a key or a client's link, whoever has signed in."""
SAFE: Final = ("GET", "HEAD", "OPTIONS")


class HelperMiddleware:
    """After whoever asks is known, and the language that they read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        user = request.user
        if not isinstance(user, User) or not user.is_helper:
            return None
        now = business_now()
        if user.is_over(now):
            return _over(request, now)
        return None if request.path.startswith(PASSES) else _judged(request, user, now)


def is_helping(request: HttpRequest) -> bool:
    """Whether a helper has asked for something that helpers may."""
    return getattr(request, "helping", False)


def may(name: str, method: str) -> bool:
    """``name``: of the address, with its namespace."""
    return name in (LOOKS if method in SAFE else CHANGES)


def _judged(request: HttpRequest, user: User, now: datetime) -> HttpResponseBase | None:
    """None where the page may answer."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    method = str(request.method)
    if name == "web:today" and method in SAFE:
        return redirect("web:helping")
    fine = may(name, method)
    verb = "refused" if not fine else "opened" if method in SAFE else "changed"
    note_helper(user.id, verb, f"{method} {request.path}"[:300], now=now)
    if not fine:
        return _refused(request, name)
    request.helping = True  # type: ignore[attr-defined]
    return None


def _refused(request: HttpRequest, name: str) -> HttpResponseBase:
    said = _("You set this house up and see nothing of its clients. This is not open to you.")
    if name.startswith(OWNERS_YES):
        said = _("This needs the yes of an owner. You prepare it; ask one of them.")
    return render(request, "web/refused.html", {"sentence": said, "helping": True}, status=403)


OWNERS_YES: Final = (
    "web:touchpoint",
    "web:journey_live",
    "web:journey_rest",
    "web:settings_",
    "web:mail_",
    "web:person",
    "web:key_",
    "web:webhook",
)


def _over(request: HttpRequest, now: datetime) -> HttpResponseBase:
    with transaction.atomic():
        end_helpers(now=now)
    logout(request)
    return redirect_to_login(request.get_full_path())
