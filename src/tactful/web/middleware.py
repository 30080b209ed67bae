"""The reader's language, for each request; and what no text can hold is refused before anybody reads it."""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _


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
