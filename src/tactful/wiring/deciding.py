"""What a person answers when they are asked about a file, a document or a held message."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tactful.contacts import queries as contacts
from tactful.delivery import queries as outbox
from tactful.delivery.actions import NothingToDecide, decide_late
from tactful.engagements import queries as documents
from tactful.engagements.actions import Arrival, miss_document, receive_document
from tactful.gate.rules.codes import Code
from tactful.gate.rules.last import GOES_AT
from tactful.gate.rules.word import Word, word_on
from tactful.gate.sentences import Reader, reason_sentence
from tactful.gate.types import Check, Reason
from tactful.inbox import queries as inbox
from tactful.inbox.actions.answer import close
from tactful.inbox.actions.tasks import finish
from tactful.inbox.types import IS_THIS_IT
from tactful.wiring.trust import let_go_first

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


@transaction.atomic
def decide_held(message_id: int, *, send: bool, acting_user: int, now: datetime) -> None:
    """Drop a held message, or let it go: at the next permitted moment, or ``NothingToDecide`` says at once
    what is in the way. Where only somebody of ours talks with the client, "send it" hands back."""
    row = outbox.dispatches([message_id]).get(message_id)
    if send and row is not None and is_first(row):
        let_go_first(message_id, acting_user=acting_user, now=now)
        return
    if send and row is not None:
        thread = inbox.conversations_of([row.contact_id]).get(row.contact_id)
        heard = (thread and inbox.newest_inbound(thread.id)) or 0
        word, why = _word_on(row)
        if why is not None:
            raise NothingToDecide(_in_vain(row, why))
        if word is Word.HANDS_BACK and thread is not None:
            close(thread.id, acting_user=acting_user, now=now, seen=heard)
    decide_late(message_id=message_id, send=send, acting_user=acting_user, now=now)


def is_first(row: outbox.Dispatch) -> bool:
    """One of the first of its touchpoint, which waits for a person's look and for nothing else."""
    return any(reason.code == Code.STANDING_FIRST for reason in outbox.reasons_of(row))


def goes_unseen_at(row: outbox.Dispatch) -> datetime | None:
    """When one of the first ones goes although nobody has looked; None: never by itself."""
    said = (reason.params.get(GOES_AT) for reason in outbox.reasons_of(row))
    return next((datetime.fromisoformat(str(at)) for at in said if at), None)


def _word_on(row: outbox.Dispatch) -> tuple[Word, Reason | None]:
    """A question that came after the hold counts too: handing back would leave it without an answer."""
    word, why = word_on(outbox.reasons_of(row))
    if word is Word.HANDS_BACK and inbox.running_talks([row.contact_id], ["question"]):
        return Word.IN_VAIN, Reason(Check.NOBODY_TALKING, Code.TALK_QUESTION)
    return word, why


def _in_vain(row: outbox.Dispatch, why: Reason) -> str:
    person = contacts.people([row.contact_id]).get(row.contact_id)
    names = {"client": person.given_name} if person else {}
    said = reason_sentence(why, names, Reader(language=get_language() or "en"))
    return _("It cannot go: %(reason)s. Write or call yourself, or drop it.") % {"reason": said}


def _answer(task_id: int, code: str, answer: str, acting_user: int, now: datetime) -> inbox.Task:
    """The task, finished with this answer by the first who gives one."""
    task = inbox.task(task_id)
    if task is None or task.code != code:
        raise NothingAsked(_("Nobody asked this. Load the page again."))
    if not finish(task_id, answer=answer, acting_user=acting_user, now=now):
        raise NothingAsked(_("Somebody has answered this already. Load the page again."))
    return task
