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
    '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    "<title></title></head><body>{}</body></html>"
)


def framed(html: str) -> HttpResponse:
    """``html``: sanitised already."""
    return locked(HttpResponse(html if html.lstrip()[:9].lower() == "<!doctype" else FRAME.format(html)))


def framed_text(text: str) -> HttpResponse:
    return framed(f"<pre style='white-space:pre-wrap;font:inherit'>{escape(text)}</pre>")


def locked(response: HttpResponse) -> HttpResponse:
    response["X-Frame-Options"] = "SAMEORIGIN"
    shut(response)
    return response


def shut(response: HttpResponseBase) -> None:
    """For whatever came from outside: nothing runs, nothing is guessed, nobody else embeds it."""
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    response["Referrer-Policy"] = "no-referrer"
