"""Our word was last and two quiet days have passed: the conversation hands itself back."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from tactful.foundation.queries import business_at
from tactful.foundation.types import Business
from tactful.inbox.actions.answer import close
from tactful.inbox.models import Conversation, Entry
from tactful.inbox.queries import files_of_entries, last_said
from tactful.inbox.rules.quiet_days import QUIET, quiet_enough_at
from tactful.inbox.rules.reading import read
from tactful.kernel.calendars import is_holiday

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
    machine of theirs answered."""
    last = last_said(conversation_ids)
    files = files_of_entries([entry.id for entry in last.values()])
    return {ident for ident, entry in last.items() if _waits(entry, bool(files.get(entry.id)))}


def _waits(entry: Entry, has_files: bool) -> bool:
    if entry.kind != Entry.Kind.INBOUND or entry.code == "automatic":
        return False
    return not entry.verified or has_files or read(entry.text.strip() or entry.subject).expects_answer
