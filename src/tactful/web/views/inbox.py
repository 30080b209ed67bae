"""The inbox: the list, a thread, and what a person does in it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tactful.contacts import queries as contacts
from tactful.inbox import queries as inbox
from tactful.inbox.actions import answer
from tactful.inbox.actions.answer import Answer, UnseenWords
from tactful.inbox.actions.snooze import snooze
from tactful.inbox.queries import Conversation
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.conversation import snooze_moments, thread_page
from tactful.web.build.inbox import Asked, inbox_page, read_asked
from tactful.web.templatetags.tactful import near


@require_safe
@staff_page("inbox")
def conversations(request: StaffRequest) -> HttpResponse:
    return render(request, "web/inbox.html", {"page": inbox_page(request.visit, _asked(request))})


@require_safe
@staff_page("inbox")
def conversation(request: StaffRequest, pk: int) -> HttpResponse:
    """Old links to a thread that has joined another lead there."""
    if inbox.conversation(pk) is None and (joined := contacts.leads_to("conversation_id", pk)) is not None:
        return redirect("web:conversation", joined)
    row = _conversation(pk)
    return _page(request, row, inbox.proposed(row.id, number(request.GET.get("words", "")) or 0))


@staff_page("inbox")
@writes
def reply(request: StaffRequest, pk: int) -> HttpResponse:
    """Sends, sends and hands back, or notes; the words stand in the thread, so no toast says it again.
    What the writer has not read yet stops it once."""
    row, text, do = _conversation(pk), request.POST.get("text", ""), request.POST.get("do", "send")
    now, user = request.visit.now, request.user.id
    if do == "note":
        answer.add_note(row.id, text, acting_user=user, now=now)
        return redirect("web:conversation", row.id)
    if trouble := _empty(text, do):
        return _page(request, row, text, trouble, status=422)
    try:
        answer.reply(Answer(row.id, text, user, do == "hand_back", _seen(request)), now=now)
    except UnseenWords as trouble:
        return _page(request, row, text, str(trouble), status=422)
    return redirect("web:conversation", row.id)


@staff_page("inbox")
@writes
def closure(request: StaffRequest, pk: int) -> HttpResponse:
    """Over, and handed back without a word to the client."""
    row = _conversation(pk)
    answer.close(row.id, acting_user=request.user.id, now=request.visit.now, seen=_seen(request))
    return done(request, _("Handed back. Automation may write again."), "web:inbox")


@staff_page("inbox")
@writes
def handoff(request: StaffRequest, pk: int) -> HttpResponse:
    answer.take_over(_conversation(pk).id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("You have it. Automation is quiet until you hand back."), "web:inbox")


@staff_page("inbox")
@writes
def answered_elsewhere(request: StaffRequest, pk: int) -> HttpResponse:
    row, how, note = _conversation(pk), request.POST.get("how", ""), request.POST.get("note", "")
    user, now = request.user.id, request.visit.now
    answer.answered_elsewhere(row.id, how, acting_user=user, now=now, note=note, seen=_seen(request))
    return done(request, _("Noted as answered."), "web:inbox")


@staff_page("inbox")
@writes
def snoozed(request: StaffRequest, pk: int) -> HttpResponse:
    """Out of sight until the morning of a working day; automation is as quiet as before."""
    row, moments = _conversation(pk), dict(snooze_moments(request.visit))
    until = moments.get(request.POST.get("until", ""))
    if until is None:
        raise Sorry(_("Choose one of the moments that stand there."))
    snooze(row.id, until, acting_user=request.user.id, now=request.visit.now)
    words = {"moment": near(until, request.visit.now)}
    return done(request, _("Back %(moment)s. Automation stays as quiet as it is.") % words, "web:inbox")


@staff_page("inbox")
@writes
def assignment(request: StaffRequest, pk: int) -> HttpResponse:
    owner = request.visit.staff.get(number(request.POST.get("owner", "")) or 0)
    if owner is None or not owner.is_active or not owner.may_write:
        raise Sorry(_("Choose one of the people who work here."))
    answer.assign(_conversation(pk).id, owner_id=owner.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("%(name)s has it now.") % {"name": owner.name}, "web:inbox")


@staff_page("inbox")
@writes
def settlement(request: StaffRequest, pk: int) -> HttpResponse:
    row, user, now = _conversation(pk), request.user.id, request.visit.now
    answer.settle_complaint(row.id, acting_user=user, now=now, seen=_seen(request))
    return done(request, _("Settled. What waited for it is looked at again."), "web:inbox")


def _page(
    request: StaffRequest, row: Conversation, text: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    thread = thread_page(row, request.visit, text, error)
    page = inbox_page(request.visit, _asked(request, row.state), thread)
    return render(request, "web/inbox.html", {"page": page}, status=status)


def _asked(request: StaffRequest, state: str = "open") -> Asked:
    given = request.GET
    return read_asked(given.get("show", state), given.get("q", ""), given.get("before", ""))


def _seen(request: StaffRequest) -> int:
    """The newest entry that the page showed; a form that says nothing has seen nothing."""
    return number(request.POST.get("revision", "")) or 0


def _empty(text: str, do: str) -> str:
    if text.strip():
        return ""
    if do == "hand_back":
        return _("There is nothing to send yet. To hand back without a word, press “Hand back” above.")
    return _("There is nothing to send yet. Write your answer first.")


def _conversation(pk: int) -> Conversation:
    row = inbox.conversation(pk)
    if row is None:
        raise Http404
    return row
