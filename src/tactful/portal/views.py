"""Pages for clients. A link that is only opened changes nothing; every change is a POST (R33)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tactful.contacts.actions import OBJECTIONS, OPTIONAL, take_back
from tactful.delivery.rules.mail import UNSUBSCRIBE, WHY
from tactful.engagements import queries as engagements
from tactful.engagements.actions import client_says_sent
from tactful.engagements.types import EngagementView
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import key_ring
from tactful.kernel.tokens import sign
from tactful.portal import choices
from tactful.portal.answers import back, shown
from tactful.portal.documents import UploadRefused, closed_page, take_files, upload_page
from tactful.portal.erasure import ask_erasure, erasure_page
from tactful.portal.limits import PER_LINK, PER_UPLOAD, count, limited, limited_by_address
from tactful.portal.links import Visit, ident_of, message_visit, person_visit
from tactful.portal.why import why_page

DOCUMENTS = "documents"


@never_cache
@require_safe
def why(request: HttpRequest, token: str) -> HttpResponse:
    visit, message = _message(request, token, WHY)
    done = _("We write nothing that can wait for the next 30 days.") if "paused" in request.GET else ""
    done = done or (_("A person gets in touch with you.") if "asked" in request.GET else "")
    return shown(request, visit, "why", why_page(visit, message, token, done))


@never_cache
@require_POST
@limited_by_address
def pause(request: HttpRequest, token: str) -> HttpResponse:
    visit, _ident = _message(request, token, WHY)
    choices.pause(visit.person.id, now=business_now())
    return back("why", token, "paused")


@never_cache
@require_POST
@limited_by_address
def talk(request: HttpRequest, token: str) -> HttpResponse:
    visit, message = _message(request, token, WHY)
    choices.ask_for_person(visit, message, now=business_now())
    return back("why", token, "asked")


@never_cache
@csrf_exempt  # RFC 8058: mail programs post here without cookies; the token in the address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
@limited
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    visit, message = _message(request, token, UNSUBSCRIBE)
    if request.method == "POST":
        how = "one_click" if request.POST.get("List-Unsubscribe") == "One-Click" else "portal"
        choices.refuse(visit.person.id, OBJECTIONS, how=how, now=business_now())
    page = choices.unsubscribe_page(token, sign(key_ring(), WHY, message), request.method == "POST")
    return shown(request, visit, "unsubscribe", page)


@never_cache
@require_POST
@limited_by_address
def unsubscribe_undo(request: HttpRequest, token: str) -> HttpResponse:
    visit, message = _message(request, token, UNSUBSCRIBE)
    take_back(visit.person.id, [OPTIONAL], now=business_now())
    return redirect("portal:preferences", sign(key_ring(), WHY, message))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited_by_address
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    visit, _ident = _message(request, token, WHY)
    if request.method == "POST":
        wording = ": ".join((_("News and offers"), _("Now and then")))
        chosen = set(request.POST)
        choices.keep_choices(
            visit.person.id, chosen, wording=wording, language=visit.language, now=business_now()
        )
        return back("preferences", token, "kept")
    done = _("It is kept, and holds from now.") if "kept" in request.GET else ""
    return shown(request, visit, "preferences", choices.preferences_page(visit, token, done))


@never_cache
@require_POST
@limited_by_address
def preferences_none(request: HttpRequest, token: str) -> HttpResponse:
    visit, _ident = _message(request, token, WHY)
    choices.refuse(visit.person.id, OBJECTIONS, how="portal", now=business_now())
    return back("preferences", token, "kept")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited_by_address
def erasure(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it only asks; the button brings it before a person. Nothing is erased by it."""
    visit, _ident = _message(request, token, WHY)
    if request.method == "POST":
        ask_erasure(visit, now=business_now())
        return redirect("portal:erasure", token)
    return shown(request, visit, "erasure", erasure_page(visit, token))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited_by_address
def documents(request: HttpRequest, token: str) -> HttpResponse:
    visit, view = _engagement(request, token)
    if not view.is_open:
        return shown(request, visit, "upload", closed_page(visit, view, token), status=410)
    if request.method == "POST":
        count(PER_UPLOAD, token)
        try:
            uploads = request.FILES.getlist("files")
            take_files(view, uploads, request.POST.get("document", ""), now=business_now())
        except UploadRefused as refused:
            page = upload_page(visit, view, token, error=str(refused))
            return shown(request, visit, "upload", page, status=422)
        return back("documents", token, "thanks")
    done = _("Thank you. It has come through.") if "thanks" in request.GET else ""
    done = done or (
        _("Thank you. A person looks for it, and we do not ask again.") if "said" in request.GET else ""
    )
    return shown(request, visit, "upload", upload_page(visit, view, token, done=done))


@never_cache
@require_POST
@limited_by_address
def documents_sent(request: HttpRequest, token: str) -> HttpResponse:
    """ "I have already sent it": nothing chases until a person has looked."""
    _visit, view = _engagement(request, token)
    count(PER_LINK, token)
    for document in view.missing if view.is_open else ():
        client_says_sent(document.id, now=business_now())
    return back("documents", token, "said")


def _message(request: HttpRequest, token: str, purpose: str) -> tuple[Visit, int]:
    visit, message = message_visit(request, token, purpose)
    if request.method == "POST":
        count(PER_LINK, token)
    return visit, message


def _engagement(request: HttpRequest, token: str) -> tuple[Visit, EngagementView]:
    ident = ident_of(token, DOCUMENTS)
    view = engagements.views([ident], business_now()).get(ident)
    if view is None:
        raise Http404
    return person_visit(request, view.contact_id), view
