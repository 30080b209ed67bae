"""Content that others wrote, as a document of its own that can do nothing (R52): no script, no network,
an origin that is nobody's. The page around it shows it in a sandboxed frame.
"""

from django.http import HttpResponse, HttpResponseBase
from django.utils.html import escape

POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
FRAME = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">{}'
    '<title></title></head><body style="margin:16px;font:16px/1.5 sans-serif">{}</body></html>'
)
BOTH_THEMES = '<meta name="color-scheme" content="light dark">'
"""For plain words only: what others have coloured is coloured for a white ground."""


def framed(html: str, *, ours: bool = False) -> HttpResponse:
    """``html``: sanitised already. ``ours``: our own mail, whose height the page around it may look at, and
    whose logo is one of our addresses."""
    whole = html if html.lstrip()[:9].lower() == "<!doctype" else FRAME.format("", html)
    return locked(HttpResponse(whole), ours=ours)


def framed_text(text: str, *, ours: bool = False) -> HttpResponse:
    words = f"<pre style='margin:0;white-space:pre-wrap;font:inherit'>{escape(text)}</pre>"
    return locked(HttpResponse(FRAME.format(BOTH_THEMES, words)), ours=ours)


def locked(response: HttpResponse, *, ours: bool = False) -> HttpResponse:
    response["X-Frame-Options"] = "SAMEORIGIN"
    shut(response)
    if ours:
        policy = POLICY.replace("sandbox;", "sandbox allow-same-origin;", 1)
        response["Content-Security-Policy"] = policy.replace("img-src data:", "img-src data: 'self'", 1)
    return response


def shut(response: HttpResponseBase) -> None:
    """For whatever came from outside: nothing runs, nothing is guessed, nobody else embeds it."""
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
