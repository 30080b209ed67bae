"""What of the house everybody may fetch: the logo, the pictures of letters and the colour. No token, no
cookie, nobody named."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from tactful.content import queries as content
from tactful.content.rules.contrast import colour, mended
from tactful.foundation.clock import business_now
from tactful.foundation.files import read
from tactful.foundation.queries import business_at

PICTURES = {"png": "image/png", "jpg": "image/jpeg"}
COLOURS = (
    ".p-why .why-brand b, .p-why a:not(.btn) {{ color: light-dark({light}, {dark}); }}\n"
    ".p-why .why-brand img {{ background: #ffffff; border-radius: 6px; object-fit: contain; }}\n"
)
PAPER, NIGHT = "#f3f5f1", "#101716"


@require_safe
def logo(_request: HttpRequest, stored: str, kind: str) -> HttpResponse:
    """The logo as it is now, for everybody alike; a picture and nothing else."""
    brand = business_at(business_now()).brand
    if not brand.logo or (stored, kind) != (brand.logo, brand.logo_kind) or kind not in PICTURES:
        raise Http404
    return _picture(stored, kind, "max-age=86400")


@require_safe
def picture(_request: HttpRequest, stored: str, kind: str) -> HttpResponse:
    """A picture of a letter. Another one has another name, so it may be kept for good."""
    if kind not in PICTURES or not content.is_picture(stored, kind):
        raise Http404
    return _picture(stored, kind, "max-age=31536000, immutable")


def _picture(stored: str, kind: str, keep: str) -> HttpResponse:
    try:
        response = HttpResponse(read(stored), content_type=PICTURES[kind])
    except FileNotFoundError as gone:
        raise Http404 from gone
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # a mail is read anywhere
    response["Cache-Control"] = f"public, {keep}"
    return response


@require_safe
def colours(_request: HttpRequest) -> HttpResponse:
    """The house's colour, readable by day and by night."""
    accent = colour(business_at(business_now()).brand.accent)
    body = COLOURS.format(light=mended(accent, PAPER), dark=mended(accent, NIGHT)) if accent else ""
    response = HttpResponse(body, content_type="text/css")
    response["Cache-Control"] = "public, max-age=300"
    return response


app_name = "brand"
urlpatterns = [
    path("logo/<slug:stored>.<slug:kind>", logo, name="logo"),
    path("picture/<slug:stored>.<slug:kind>", picture, name="picture"),
    path("brand.css", colours, name="colours"),
]
