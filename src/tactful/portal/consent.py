"""The form for news on the business's own site, and the page behind the link in the mail that follows."""

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tactful.contacts.actions import wish
from tactful.contacts.queries import profile
from tactful.foundation.clock import business_now
from tactful.portal.answers import back, shown
from tactful.portal.limits import PER_LINK, count, limited_by_address
from tactful.portal.links import Visit, ident_of, person_visit
from tactful.portal.types import ConfirmPage
from tactful.wiring.opting_in import PURPOSE, Asked, ask
from tactful.wiring.opting_in import confirm as say_yes

MOST_BYTES = 8_192


class _Said(msgspec.Struct):
    """As the script for sites sends it. ``trap``: a field that people do not see."""

    key: str = ""
    address: str = ""
    name: str = ""
    language: str = ""
    page: str = ""
    trap: str = ""


@csrf_exempt  # another site posts here, without cookies; the door's own limits stand guard
@require_POST
def ask_for_news(request: HttpRequest) -> HttpResponse:
    """Always the same answer, so that nobody learns who is a client, or what was done (R59)."""
    said = _read(request)
    if said is not None and said.address and not said.trap:
        place = request.META.get("REMOTE_ADDR", "")
        asked = Asked(
            key=said.key, origin=request.headers.get("Origin", ""), place=place, address=said.address[:320],
            name=said.name[:200], language=_spoken(said.language), page=said.page[:300],
        )  # fmt: skip
        ask(asked, _spoken(request.headers.get("Accept-Language", "")) or "nb", business_now())
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> _Said | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return None
    try:
        said = msgspec.json.decode(request.body, type=_Said)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return None if any("\0" in text for text in msgspec.structs.astuple(said)) else said


def _spoken(language: str) -> str:
    short = language.strip().lower()[:2]
    return {"no": "nb", "nn": "nb"}.get(short, short)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited_by_address
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing; the button says yes (R33)."""
    row = wish(ident_of(token, PURPOSE))
    if row is None:
        raise Http404
    visit = person_visit(request, row.contact_id)
    now = business_now()
    if request.method == "POST":
        count(PER_LINK, token)
        if say_yes(row.id, now):
            return back("confirm", token, "thanks")
    late = row.confirmed_at is None and row.expires_at <= now
    done = _("Thank you. You hear from us now and then.") if row.confirmed_at else ""
    page = ConfirmPage(
        "" if late else row.wording, reverse("portal:confirm", args=[token]), _address(visit), done
    )
    return shown(request, visit, "confirm", page, 410 if late else 200)


def _address(visit: Visit) -> str:
    mails = [each.shown for each in profile(visit.person.id).identities if each.kind == "email"]
    return mails[0] if mails else ""
