"""One tap and it is done: tasks, and documents that came another way."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from tactful.engagements import queries as engagements
from tactful.engagements.actions import Arrival, miss_document, receive_document, waive_document
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish, hand_over
from tactful.inbox.queries import Task
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes

LONGEST_ANSWER = 60


@staff_page("today")
@writes
def task_done(request: StaffRequest, pk: int) -> HttpResponse:
    task = _task(pk)
    answer = request.POST.get("answer", "done")[:LONGEST_ANSWER]
    known = {str(each["id"]) for each in task.params.get("answers", ())}
    if known and answer not in known:
        raise Sorry(_("Choose one of the answers that stand there."))
    _finish(request, task, answer)
    return done(request, _("Done. It is off the list."))


@staff_page("today")
@writes
def task_owner(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it, or hand it to a colleague."""
    given = number(request.POST.get("owner", ""))
    owner = request.visit.staff.get(given) if given else request.user
    if owner is None or not owner.is_active:
        raise Sorry(_("Choose one of the people who work here."))
    hand_over(_task(pk).id, owner_id=owner.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("%(name)s has it now.") % {"name": owner.name})


@staff_page("today")
@writes
def task_document(request: StaffRequest, pk: int) -> HttpResponse:
    """ "Is this it?": yes, and it is this document."""
    task = _task(pk)
    document = engagements.document(number(request.POST.get("document", "")) or 0)
    if document is None or document.engagement_id != task.params.get("engagement"):
        raise Http404
    file_id = task.subject_id if task.subject_kind == "file" else None
    arrival = Arrival(document.id, "mail", request.user.id, file_id)
    receive_document(arrival, now=request.visit.now)
    _finish(request, task, "yes")
    return done(request, _("Noted as received. Automation does not ask for it again."))


@staff_page("clients")
@writes
def document_receipt(request: StaffRequest, pk: int) -> HttpResponse:
    """ "Received another way": by hand, on paper, from another device."""
    arrival = Arrival(_document(pk), "other_way", request.user.id)
    receive_document(arrival, now=request.visit.now)
    _finish_about(request, pk, "received")
    return done(request, _("Noted as received. Automation does not ask for it again."))


@staff_page("clients")
@writes
def document_absence(request: StaffRequest, pk: int) -> HttpResponse:
    miss_document(_document(pk), acting_user=request.user.id, now=request.visit.now)
    _finish_about(request, pk, "missing")
    return done(request, _("Noted as missing. Automation may ask for it again."))


@staff_page("clients")
@writes
def document_waiver(request: StaffRequest, pk: int) -> HttpResponse:
    waive_document(_document(pk), acting_user=request.user.id, now=request.visit.now)
    return done(request, _("We do without it. Automation does not ask for it again."))


def _task(pk: int) -> Task:
    task = inbox.task(pk)
    if task is None:
        raise Http404
    return task


def _document(pk: int) -> int:
    if engagements.document(pk) is None:
        raise Http404
    return pk


def _finish(request: StaffRequest, task: Task, answer: str) -> None:
    finish(task.id, answer=answer, acting_user=request.user.id, now=request.visit.now)


def _finish_about(request: StaffRequest, document_id: int, answer: str) -> None:
    """What somebody was asked about this document is answered by the button."""
    for task in inbox.tasks_about("document", [document_id]):
        _finish(request, task, answer)
