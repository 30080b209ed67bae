"""After a time in which nothing could be sent: send, think over, or let be, many at once."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tactful.delivery import actions as delivery
from tactful.delivery.actions import Late
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.late import late_page


@require_safe
@staff_page("journeys")
def late(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/late.html", {"page": late_page(request.visit)})


@staff_page("journeys")
@writes
def decisions(request: StaffRequest) -> HttpResponseBase:
    ids = [ident for each in request.POST.getlist("message") if (ident := number(each)) is not None]
    if not ids:
        raise Sorry(_("Tick at least one message. Nothing has been changed."))
    try:
        choice = Late(request.POST.get("choice", ""))
    except ValueError as error:
        raise Sorry(_("Say what becomes of them. Nothing has been changed.")) from error
    count = delivery.decide_late_ones(ids, choice, acting_user=request.user.id, now=request.visit.now)
    return done(request, _said(choice, count), "web:late")


def _said(choice: Late, count: int) -> str:
    words = {
        Late.SEND: ngettext(
            "%(n)d message goes out, as far as the checks let it through.",
            "%(n)d messages go out, as far as the checks let them through.",
            count,
        ),
        Late.RECOMPUTE: ngettext(
            "%(n)d message is thought over: it goes out only where it is still wanted.",
            "%(n)d messages are thought over: they go out only where they are still wanted.",
            count,
        ),
        Late.SKIP: ngettext("%(n)d message does not go out.", "%(n)d messages do not go out.", count),
    }
    return words[choice] % {"n": count}
