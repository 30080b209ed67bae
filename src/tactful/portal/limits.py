"""Nobody presses a button here a hundred times: limits for what changes something."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tactful.foundation.limits import Limit, attempt

P = ParamSpec("P")

WINDOW = 600  # seconds
PER_ADDRESS = Limit("portal.address", 300, WINDOW)
"""Many clients may share one address of the network: an office, a phone company."""
PER_LINK = Limit("portal.link", 30, WINDOW)
PER_UPLOAD = Limit("portal.upload", 20, 3600)


class TooMany(Exception):
    """This has been tried too often."""


def count(limit: Limit, who: str) -> None:
    """Raises ``TooMany``."""
    if not attempt(limit, who):
        raise TooMany


def limited(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view whose ``TooMany`` is a sentence."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooMany:
            words = _("This was tried too often. Wait ten minutes, and try again.")
            return HttpResponse(
                words, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": WINDOW}
            )

    return guarded


def limited_by_address(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The same, and every POST counts for the address of the network that it comes from.

    Not for one-click unsubscribing: the servers of a mail provider press that button for everybody.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST":
            count(PER_ADDRESS, request.META.get("REMOTE_ADDR", ""))
        return view(request, *args, **kwargs)

    return limited(guarded)
