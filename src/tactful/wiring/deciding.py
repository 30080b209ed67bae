"""What a person answers when they are asked about a file or a document."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.engagements import queries as documents
from tactful.engagements.actions import Arrival, miss_document, receive_document
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish

IS_THIS_IT = "is_this_it"
LOOK_FOR = "look_for_document"


class NothingAsked(ValueError):
    """This was not asked of us, or somebody has answered it already; the sentence says which."""


@transaction.atomic
def this_is_it(task_id: int, document_id: int, *, acting_user: int, now: datetime) -> None:
    """Yes: the file is filed as this document of the same client, which has come with it."""
    task = _answer(task_id, IS_THIS_IT, "yes", acting_user, now)
    document = documents.document(document_id)
    if document is None or document.engagement.contact_id != task.contact_id:
        raise NothingAsked(_("This document was not asked of this client. Choose one of theirs."))
    file = documents.file(task.subject_id or 0)
    arrival = Arrival(document_id, file.how if file else "mail", acting_user, file.id if file else None)
    receive_document(arrival, now=now)


def this_is_not_it(task_id: int, *, acting_user: int, now: datetime) -> None:
    """No: the file stays with the client, as nothing that we asked for."""
    _answer(task_id, IS_THIS_IT, "no", acting_user, now)


@transaction.atomic
def document_found(task_id: int, *, acting_user: int, now: datetime) -> None:
    """The client was right: it is here."""
    task = _answer(task_id, LOOK_FOR, "received", acting_user, now)
    receive_document(Arrival(task.subject_id or 0, "other_way", acting_user), now=now)


@transaction.atomic
def document_not_found(task_id: int, *, acting_user: int, now: datetime) -> None:
    """A person has looked and it is not here: automation may ask for it again."""
    task = _answer(task_id, LOOK_FOR, "missing", acting_user, now)
    miss_document(task.subject_id or 0, acting_user=acting_user, now=now)


def _answer(task_id: int, code: str, answer: str, acting_user: int, now: datetime) -> inbox.Task:
    """The task, finished with this answer by the first who gives one."""
    task = inbox.task(task_id)
    if task is None or task.code != code:
        raise NothingAsked(_("Nobody asked this. Load the page again."))
    if not finish(task_id, answer=answer, acting_user=acting_user, now=now):
        raise NothingAsked(_("Somebody has answered this already. Load the page again."))
    return task
