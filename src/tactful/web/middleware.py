"""Where somebody is signed in, and the reader's language, for each request; and what no text can hold is
refused before anybody reads it."""

from collections.abc import Callable
from time import monotonic
from typing import Final
from urllib.parse import unquote

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _


class SessionsMiddleware:
    """What the page "Where you are signed in" shows: noted once a minute, and at once when a session is new
    or comes from elsewhere. allauth's own middleware writes at each page, and a commit waits for the disk."""

    NOTED_FOR: Final = 60.0  # seconds
    REMEMBERED: Final = 10_000

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._noted: dict[tuple[str, str, str], float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            ip, agent = str(get_adapter().get_client_ip(request)), request.META.get("HTTP_USER_AGENT", "")
            self._note(request, (key, ip, agent))
        return self._get_response(request)

    def _note(self, request: HttpRequest, where: tuple[str, str, str]) -> None:
        noted = self._noted.get(where)
        if noted is not None and monotonic() < noted + self.NOTED_FOR:
            return
        UserSession.objects.create_from_request(request)
        if len(self._noted) >= self.REMEMBERED:
            self._noted.clear()
        self._noted[where] = monotonic()


class ReaderMiddleware:
    """Signed-in people read in their own language; others in the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = getattr(request.user, "language", "") or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            return self._get_response(request)


OWN_WORDS = ("/api/", "/c/")
"""Programs and clients: there, what cannot be is answered as what is not there."""


class PlainTextMiddleware:
    """A NUL in an address or a form is nothing that a person types, and the database keeps none: 400.

    Doors for other programs read for themselves, and answer in their own form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = request.path + unquote(request.META.get("QUERY_STRING", ""))
        if "\0" in said and not request.path.startswith(OWN_WORDS):
            return _refused()
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponseBase | None:
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        texts = (text for name, values in request.POST.lists() for text in (name, *values))
        return _refused() if any("\0" in text for text in texts) else None


def _refused() -> HttpResponseBase:
    words = _("This holds a character that no text has. Go back, and write it anew.")
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
