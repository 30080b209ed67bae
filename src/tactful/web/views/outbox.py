"""The outbox, a message with its reasons, and what a person decides about it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.delivery import actions as delivery
from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.message import message_page
from tactful.web.build.outbox import SHOWS, Asked, outbox_page
from tactful.web.frames import framed, framed_text
from tactful.wiring.deciding import decide_held
from tactful.wiring.written import words_of


@require_safe
@staff_page("outbox")
def messages(request: StaffRequest) -> HttpResponse:
    given = request.GET
    show = given.get("show", "held")
    before = number(given.get("before", ""))
    asked = Asked(
        show=show if show in SHOWS else "held",
        client=number(given.get("client", "")),
        before=before,
        first=(number(given.get("n", "")) or 1) if before else 1,
    )
    return render(request, "web/outbox.html", {"page": outbox_page(request.visit, asked)})


@require_safe
@staff_page("outbox")
def message(request: StaffRequest, pk: int) -> HttpResponse:
    return render(request, "web/message.html", {"page": message_page(_message(pk).pk, request.visit)})


@require_safe
@staff_page("outbox")
def message_frame(request: StaffRequest, pk: int) -> HttpResponse:
    row = _message(pk)
    words = words_of([row], request.visit.now).get(row.pk)
    if words is None:
        raise Http404
    return framed(words.html, ours=True) if words.html else framed_text(words.text, ours=True)


@staff_page("outbox")
@writes
def stop_message(request: StaffRequest, pk: int) -> HttpResponse:
    delivery.stop_message(message_id=_message(pk).pk, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Stopped. It does not go out."), "web:outbox")


@staff_page("outbox")
@writes
def decide_late(request: StaffRequest, pk: int) -> HttpResponse:
    row, send = _message(pk), _yes_or_no(request, "send")
    decide_held(row.pk, send=send, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("It goes out.") if send else _("Dropped. It does not go out."), "web:outbox")


@staff_page("outbox")
@writes
def decide_unknown(request: StaffRequest, pk: int) -> HttpResponse:
    row, again = _message(pk), _yes_or_no(request, "again")
    delivery.decide_unknown(
        message_id=row.pk, send_again=again, acting_user=request.user.id, now=request.visit.now
    )
    return done(request, _("The same mail goes once more.") if again else _("Left as it is."), "web:outbox")


def _yes_or_no(request: StaffRequest, name: str) -> bool:
    given = request.POST.get(name, "")
    if given not in ("yes", "no"):
        raise Sorry(_("Say yes or no. Nothing has been changed."))
    return given == "yes"


def _message(pk: int) -> Dispatch:
    row = outbox.dispatches([pk]).get(pk)
    if row is None:
        raise Http404
    return row
