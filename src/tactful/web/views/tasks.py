"""One tap and it is done: tasks, and documents that came another way."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from tactful.engagements import queries as engagements
from tactful.engagements.actions import Arrival, miss_document, receive_document, waive_document
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish, hand_over
from tactful.inbox.queries import Task
from tactful.web.access import Sorry, StaffRequest, done, number, staff_page, writes
from tactful.web.build.tasks import NONE_OF_THESE, may_be_ticked
from tactful.wiring.deciding import (
    LOOK_FOR,
    document_found,
    document_not_found,
    this_is_it,
    this_is_not_it,
)

LONGEST_ANSWER = 60


@staff_page("today")
@writes
def task_done(request: StaffRequest, pk: int) -> HttpResponse:
    task = _task(pk)
    answer = request.POST.get("answer", "done")[:LONGEST_ANSWER]
    if not may_be_ticked(task):
        raise Sorry(_("This is done by what it asks for. Open it and choose there."))
    known = {str(each["id"]) for each in task.params.get("answers", ())}
    if known and answer not in known:
        raise Sorry(_("Choose one of the answers that stand there."))
    finish(task.id, answer=answer, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("Done. It is off the list."))


@staff_page("today")
@writes
def task_owner(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it, or hand it to a colleague."""
    given = number(request.POST.get("owner", ""))
    owner = request.visit.staff.get(given) if given else request.user
    if owner is None or not owner.is_active or not owner.may_write:
        raise Sorry(_("Choose one of the people who work here."))
    hand_over(_task(pk).id, owner_id=owner.id, acting_user=request.user.id, now=request.visit.now)
    return done(request, _("%(name)s has it now.") % {"name": owner.name})


@staff_page("today")
@writes
def task_document(request: StaffRequest, pk: int) -> HttpResponse:
    """ "Is this it?": yes, and it is this document; or none of them."""
    task, chosen = _task(pk), request.POST.get("document", "")
    acting_user, now = request.user.id, request.visit.now
    if chosen == NONE_OF_THESE:
        this_is_not_it(task.id, acting_user=acting_user, now=now)
        return done(request, _("Done. It is off the list."))
    this_is_it(task.id, number(chosen) or 0, acting_user=acting_user, now=now)
    return done(request, _("Noted as received. Automation does not ask for it again."))


@staff_page("clients")
@writes
def document_receipt(request: StaffRequest, pk: int) -> HttpResponse:
    """ "Received another way": by hand, on paper, from another device."""
    document_id, acting_user, now = _document(pk), request.user.id, request.visit.now
    if asked := _asked(request, document_id):
        document_found(asked, acting_user=acting_user, now=now)
    else:
        receive_document(Arrival(document_id, "other_way", acting_user), now=now)
    return done(request, _("Noted as received. Automation does not ask for it again."))


@staff_page("clients")
@writes
def document_absence(request: StaffRequest, pk: int) -> HttpResponse:
    document_id, acting_user, now = _document(pk), request.user.id, request.visit.now
    if asked := _asked(request, document_id):
        document_not_found(asked, acting_user=acting_user, now=now)
    else:
        miss_document(document_id, acting_user=acting_user, now=now)
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


def _asked(request: StaffRequest, document_id: int) -> int | None:
    """The task in which somebody was asked to look for it: the one whose button it was, answered or not,
    or one that is still open."""
    if named := number(request.POST.get("task", "")):
        if _task(named).subject_id != document_id:
            raise Http404
        return named
    tasks = inbox.tasks_about("document", [document_id])
    return next((task.id for task in tasks if task.code == LOOK_FOR), None)
