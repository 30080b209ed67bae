"""Our word was last and two quiet days have passed: the conversation hands itself back."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from tactful.foundation.queries import business_at
from tactful.foundation.types import Business
from tactful.inbox.actions.answer import close
from tactful.inbox.models import Conversation, Entry, TalkSpell, Task
from tactful.inbox.queries import files_of_entries, last_said
from tactful.inbox.rules.quiet_days import QUIET, quiet_enough_at
from tactful.inbox.rules.reading import read
from tactful.inbox.types import IS_THIS_IT, UNVERIFIED
from tactful.kernel.calendars import is_holiday

State = Conversation.State
BY_ITSELF = "handed_back_quiet"
WEEKEND = (5, 6)


def hand_back_the_quiet(*, now: datetime) -> int:
    """Answers how many were closed. A conversation in which the client's word is last never is."""
    business = business_at(now)
    due = [
        ident
        for ident, last_at in _waiting(now).values_list("id", "last_at")
        if quiet_enough_at(last_at, business.time_zone, writing_days(business)) <= now
    ]
    theirs = _theirs(due)
    return sum(_hand_back(ident, now) for ident in due if ident not in theirs)


def ending_by_themselves(contact_ids: Collection[int], *, by: datetime, now: datetime) -> set[int]:
    """Of these clients, with whom only we talk: all of it hands itself back until ``by``, or has already, so
    that nobody need decide it."""
    business = business_at(now)
    rows = Conversation.objects.filter(contact_id__in=contact_ids).exclude(state=State.CLOSED)
    found = list(rows.values_list("id", "contact_id", "state", "last_at"))
    theirs = _theirs([ident for ident, *_ in found])
    counts = writing_days(business)

    def goes_on(ident: int, state: str, last_at: datetime) -> bool:
        ends = state == State.WAITING and ident not in theirs
        return not ends or quiet_enough_at(last_at, business.time_zone, counts) > by

    going_on = {contact for ident, contact, state, last_at in found if goes_on(ident, state, last_at)}
    return set(contact_ids) - going_on


@transaction.atomic
def files_looked_at(contact_id: int, *, now: datetime) -> None:
    """What a client's last mail brought has been looked at. If it asked for nothing besides, nobody need
    close it by hand: it is over, or as quiet as our last word has left it."""
    thread = Conversation.objects.select_for_update().filter(contact_id=contact_id, state=State.OPEN).first()
    if thread is None or thread.id in _theirs([thread.id]):
        return
    running = set(TalkSpell.objects.running().filter(contact_id=contact_id).values_list("kind", flat=True))
    if "question" in running:
        return
    if running & {"conversation", "handoff"}:
        thread.state, thread.unread = State.WAITING, False
        thread.save(update_fields=["state", "unread"])
    else:
        close(thread.id, acting_user=None, now=now)


def writing_days(business: Business) -> Callable[[date], bool]:
    """The days on which we write to clients at all: on the others nobody waits for an answer either."""
    quiet = frozenset(business.gate.get("quiet_weekdays", WEEKEND))
    holidays = business.gate.get("quiet_holidays", True)

    def counts(day: date) -> bool:
        closed = holidays and is_holiday(day, business.country, business.subdivision)
        return day.weekday() not in quiet and not closed

    return counts


@transaction.atomic
def _hand_back(conversation_id: int, now: datetime) -> bool:
    """Unless somebody has written in between."""
    still = _waiting(now).select_for_update().filter(id=conversation_id).exists()
    if still:
        close(conversation_id, acting_user=None, now=now, code=BY_ITSELF)
    return still


def _waiting(now: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(
        state=Conversation.State.WAITING, last_at__lte=now - QUIET, contact_id__isnull=False
    )


def _theirs(conversation_ids: Collection[int]) -> set[int]:
    """Those in which the client's word is the last. A plain thank-you is none that waits, nor is what a
    machine of theirs answered, nor a file that one of us has looked at."""
    last = last_said(conversation_ids)
    files = files_of_entries([entry.id for entry in last.values()])
    return {
        ident
        for ident, entry in last.items()
        if _waits(entry, bool(files.get(entry.id)) and not _looked_at(entry))
    }


def _looked_at(entry: Entry) -> bool:
    """Somebody was asked what its files are, and has answered about each."""
    asked = Task.objects.filter(
        code=IS_THIS_IT, contact_id=entry.conversation.contact_id, opened_at__gte=entry.at
    )
    return _all_answered(asked)


def _vouched_for(entry: Entry) -> bool:
    """Somebody has read what came under this address, and has said that it is all right or taken care of."""
    asked = Task.objects.filter(code=UNVERIFIED, contact_id=entry.conversation.contact_id)
    return _all_answered(asked.filter(Q(done_at=None) | Q(done_at__gte=entry.at)))


def _all_answered(asked: QuerySet[Task]) -> bool:
    """And there was something to answer."""
    done = list(asked.values_list("done_at", flat=True))
    return bool(done) and None not in done


def _waits(entry: Entry, has_files: bool) -> bool:
    if entry.kind != Entry.Kind.INBOUND or entry.code == "automatic":
        return False
    if not entry.verified:
        return has_files or not _vouched_for(entry)
    return has_files or read(entry.text.strip() or entry.subject).expects_answer
