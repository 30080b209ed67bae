"""Reads of the inbox: lists by key, threads, and the talk facts of a whole batch in one query."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet

from tactful.foundation import pg
from tactful.foundation.lately import lately
from tactful.inbox.burden import Interruptions, eased, felt_between, interruptions
from tactful.inbox.models import Conversation, Entry, EntryFile, TalkSpell, Task
from tactful.inbox.types import HISTORY, PROPOSAL, Talk

from .tasks import (
    Board,
    Listed,
    asking,
    board,
    on_cards,
    open_tasks,
    task,
    tasks_about,
    tasks_of_contact,
    tasks_page,
)

__all__ = [
    "MOODS",
    "Board",
    "Closures",
    "Conversation",
    "Entry",
    "EntryFile",
    "Filter",
    "Interruptions",
    "Listed",
    "TalkSpell",
    "Task",
    "Thread",
    "asking",
    "board",
    "closures",
    "contact_of_thread",
    "conversation",
    "conversation_page",
    "conversations",
    "conversations_of",
    "count_by_state",
    "eased",
    "entries",
    "entries_page",
    "entry",
    "felt_between",
    "file",
    "files_of_entries",
    "interruptions",
    "last_auto_reply",
    "last_inbound",
    "last_said",
    "newest_entries",
    "newest_inbound",
    "notes_of",
    "on_cards",
    "open_tasks",
    "proposed",
    "quiet_contacts",
    "quiet_since",
    "running_talks",
    "said_before",
    "spells_between",
    "spells_of",
    "strained",
    "strained_count",
    "talks_at",
    "task",
    "tasks_about",
    "tasks_of_contact",
    "tasks_page",
    "thread",
    "threads_of",
    "unanswered_of_then",
    "waiting_for_us",
    "with_html",
]

MOODS = ("negative", "sensitive", "complaint", "hold")


def talks_at(contact_ids: Collection[int], at: datetime, mood_days: int) -> dict[int, list[Talk]]:
    """What kept or keeps automation quiet for these contacts at a moment, by what was known then.

    Moods are listed for ``mood_days`` after they were noted, ended or not.
    """
    since = at - timedelta(mood_days)
    params = {"ids": pg.numbers(contact_ids), "at": at, "moods": list(MOODS), "since": since}
    found: dict[int, list[Talk]] = defaultdict(list)
    for row in pg.many(_TALKS, params):
        found[row[0]].append(Talk(*row))
    return found


_TALKS = """
    SELECT contact_id, kind, ref, from_at, owner_id, due_at, waits_on_client,
           to_at IS NULL OR GREATEST(to_at, end_recorded_at) > %(at)s FROM talk_spell
    WHERE contact_id = ANY(%(ids)s::bigint[]) AND from_at <= %(at)s AND recorded_at <= %(at)s
      AND (to_at IS NULL OR to_at > %(at)s OR end_recorded_at > %(at)s
           OR kind = ANY(%(moods)s) AND from_at > %(since)s)
    ORDER BY from_at"""
_INBOUND = """
    SELECT contact_id, max(last_inbound_at) FROM conversation
    WHERE contact_id = ANY(%s::bigint[]) AND last_inbound_at IS NOT NULL GROUP BY contact_id"""
_AUTO_REPLIES = "SELECT contact_id, at FROM auto_reply WHERE contact_id = ANY(%s::bigint[])"


def last_inbound(contact_ids: Collection[int]) -> dict[int, datetime]:
    return dict(pg.many(_INBOUND, [pg.numbers(contact_ids)]))


def last_auto_reply(contact_ids: Collection[int]) -> dict[int, datetime]:
    return dict(pg.many(_AUTO_REPLIES, [pg.numbers(contact_ids)]))


def conversations(
    state: str | None, before: tuple[datetime, int] | None, limit: int = 50
) -> list[Conversation]:
    """Newest first, paged by ``(last_at, id)`` of the last row seen."""
    rows = Conversation.objects.order_by("-last_at", "-id")
    rows = rows.filter(state=state) if state else rows.exclude(entries__isnull=True)
    if before:
        rows = rows.filter(Q(last_at__lt=before[0]) | Q(last_at=before[0], id__lt=before[1]))
    return list(rows.distinct()[:limit] if not state else rows[:limit])


def thread(conversation_id: int) -> QuerySet[Entry]:
    return (
        Entry.objects.filter(conversation_id=conversation_id).prefetch_related("files").order_by("at", "id")
    )


def files_of_entries(entry_ids: Collection[int]) -> dict[int, list[EntryFile]]:
    found: dict[int, list[EntryFile]] = defaultdict(list)
    for file in EntryFile.objects.filter(entry_id__in=entry_ids).order_by("id"):
        found[file.entry_id].append(file)
    return found


def waiting_for_us() -> int:
    row = pg.one("SELECT count(*) FROM conversation WHERE state = 'open'")
    return int(row[0]) if row else 0


def contact_of_thread(*internet_ids: str) -> int | None:
    """The contact in whose thread one of these Message-IDs stands."""
    known = Entry.objects.filter(internet_id__in=[ident for ident in internet_ids if ident])
    found: int | None = known.values_list("conversation__contact_id", flat=True).first()
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """``states``: none is all. ``contact_ids``: only theirs. ``before``: ``(last_at, id)`` of the last."""

    states: tuple[str, ...] = ()
    contact_ids: tuple[int, ...] | None = None
    before: tuple[datetime, int] | None = None


def conversation_page(chosen: Filter, limit: int = 40) -> list[Conversation]:
    """Newest first, paged by key. Threads in which nothing has been said yet are left out.

    State by state, each of which an index has in this order; together they would all be sorted."""
    if chosen.contact_ids is not None:
        states: Sequence[str] = ()
    else:
        states = chosen.states or tuple(Conversation.State)
    first, *others = [_of_state(state, chosen, limit) for state in states or ("",)]
    return list(first.union(*others, all=True).order_by("-last_at", "-id")[:limit] if others else first)


def _of_state(state: str, chosen: Filter, limit: int) -> QuerySet[Conversation]:
    """``state``: "" for those that were chosen otherwise."""
    rows = Conversation.objects.exclude(opened_at=F("last_at"), state=Conversation.State.CLOSED)
    if state:
        rows = rows.filter(state=state)
    elif chosen.states:
        rows = rows.filter(state__in=chosen.states)
    if chosen.contact_ids is not None:
        rows = rows.filter(contact_id__in=chosen.contact_ids)
    if chosen.before:
        at, ident = chosen.before
        rows = rows.filter(last_at__lte=at).filter(Q(last_at__lt=at) | Q(id__lt=ident))
    return rows.order_by("-last_at", "-id")[:limit]


def count_by_state() -> dict[str, int]:
    """Of those that are not over: of these there are few, and an index knows them."""
    going_on = (Conversation.State.OPEN, Conversation.State.WAITING, Conversation.State.SNOOZED)
    rows = Conversation.objects.filter(state__in=going_on).order_by()
    return dict(rows.values_list("state").annotate(Count("id")))


def conversation(conversation_id: int) -> Conversation | None:
    return Conversation.objects.filter(id=conversation_id).first()


def proposed(conversation_id: int, entry_id: int) -> str:
    """The words that a program suggests in this entry of the conversation; empty if it is no such entry."""
    found = Entry.objects.filter(id=entry_id, conversation_id=conversation_id, code=PROPOSAL).first()
    return found.text if found else ""


def conversations_of(contact_ids: Collection[int]) -> dict[int, Conversation]:
    """The one thread with each of these contacts, where there is one."""
    rows = Conversation.objects.filter(contact_id__in=contact_ids).order_by("-opened_at")
    return {row.contact_id: row for row in rows if row.contact_id is not None}


class Thread(NamedTuple):
    """Of a conversation its id, and that of its newest entry, whoever wrote it; 0 where there is none."""

    id: int
    newest: int


def threads_of(contact_ids: Collection[int]) -> dict[int, Thread]:
    """The one thread with each of these contacts, where there is one."""
    found = pg.many(_THREADS, [pg.numbers(contact_ids)]) if contact_ids else []
    return {contact: Thread(ident, newest) for contact, ident, newest in found}


_THREADS = """
    SELECT contact_id, id, COALESCE((SELECT max(e.id) FROM entry e WHERE e.conversation_id = c.id), 0)
    FROM conversation c WHERE contact_id = ANY(%s::bigint[])"""


def unanswered_of_then() -> list[Entry]:
    """Words from before a mailbox was connected that still wait for an answer, the oldest first."""
    asked = TalkSpell.objects.running().filter(kind="question").values("ref")
    rows = Entry.objects.filter(id__in=asked, data__has_key=HISTORY).select_related("conversation")
    return list(rows.defer("html", "full_text").order_by("at", "id"))


@dataclass(frozen=True, slots=True)
class Closures:
    """Conversations with clients that were handed back to automation."""

    by_machine: int
    by_people: int


def closures(since: datetime, until: datetime) -> Closures:
    """``by_machine``: after two quiet days, with nobody's help."""
    lines = Entry.objects.filter(kind=Entry.Kind.LINE, at__gte=since, at__lt=until)
    counted = dict(lines.order_by().values_list("code").annotate(Count("id")))
    return Closures(counted.get("handed_back_quiet", 0), counted.get("handed_back", 0))


def last_said(conversation_ids: Collection[int]) -> dict[int, Entry]:
    """The newest words in each thread, notes and crossings of the line left out. One query."""
    rows = Entry.objects.filter(conversation_id__in=conversation_ids).exclude(
        kind__in=(Entry.Kind.NOTE, Entry.Kind.LINE)
    )
    newest = rows.order_by("conversation_id", "-at", "-id").distinct("conversation_id")
    return {row.conversation_id: row for row in newest.defer("html", "full_text")}


def newest_entries(conversation_id: int, limit: int = 200) -> list[Entry]:
    """The end of a thread, oldest first, with files."""
    rows = thread(conversation_id).defer("html").order_by("-at", "-id")[:limit]
    return list(rows)[::-1]


def newest_inbound(conversation_id: int) -> int | None:
    """The id of the client's newest words."""
    rows = Entry.objects.filter(conversation_id=conversation_id, kind=Entry.Kind.INBOUND)
    return rows.order_by("-id").values_list("id", flat=True).first()


def said_before(conversation_id: int, before: datetime, limit: int) -> list[Entry]:
    """The newest first, strictly before a moment."""
    rows = Entry.objects.filter(conversation_id=conversation_id, at__lt=before).defer("html", "full_text")
    return list(rows.order_by("-at", "-id")[:limit])


def entries_page(
    conversation_id: int, *, before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Entry]:
    """The newest first. ``before``: moment and id of the last one of the page before."""
    rows = Entry.objects.filter(conversation_id=conversation_id)
    if before:
        at, ident = before
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=ident))
    return list(rows.order_by("-at", "-id")[:limit])


def notes_of(conversation_id: int, limit: int = 5) -> list[Entry]:
    rows = Entry.objects.filter(conversation_id=conversation_id, kind=Entry.Kind.NOTE)
    return list(rows.order_by("-at", "-id")[:limit])


def entries(entry_ids: Collection[int]) -> dict[int, Entry]:
    return Entry.objects.defer("html", "full_text").in_bulk(entry_ids)


def entry(entry_id: int) -> Entry | None:
    return Entry.objects.filter(id=entry_id).first()


def with_html(entry_ids: Collection[int]) -> set[int]:
    """Which of these came as HTML mail."""
    return set(Entry.objects.filter(id__in=entry_ids).exclude(html="").values_list("id", flat=True))


def file(file_id: int) -> EntryFile | None:
    return EntryFile.objects.filter(id=file_id).first()


def running_talks(contact_ids: Collection[int], kinds: Collection[str] = ()) -> dict[int, list[TalkSpell]]:
    """What keeps automation quiet now, by contact."""
    rows = TalkSpell.objects.running().filter(contact_id__in=contact_ids)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    found: dict[int, list[TalkSpell]] = defaultdict(list)
    for row in rows.order_by("from_at"):
        found[row.contact_id].append(row)
    return found


def ended_since(contact_id: int, since: datetime) -> bool:
    """Whether something ended that kept automation quiet."""
    return TalkSpell.objects.filter(contact_id=contact_id, to_at__gte=since).exists()


_SPELLS = """SELECT contact_id, kind, ref, owner_id, due_at, waits_on_client,
    from_at, to_at, recorded_at, end_recorded_at
FROM talk_spell WHERE contact_id = ANY(%s::bigint[]) ORDER BY from_at, id"""


def spells_of(contact_ids: Collection[int]) -> list[pg.Row]:
    """All that ever was, the oldest first, as rows of ``_SPELLS``: a replay asks of a hundred thousand."""
    return pg.many(_SPELLS, [pg.numbers(contact_ids)])


def spells_between(contact_id: int, start: datetime, end: datetime) -> list[TalkSpell]:
    """What kept automation quiet for this client at any time in between, by all that is known today."""
    rows = TalkSpell.objects.filter(
        Q(to_at=None) | Q(to_at__gt=start), contact_id=contact_id, from_at__lt=end
    )
    return list(rows.order_by("from_at", "id"))


def strained(limit: int = 200) -> list[int]:
    """Contacts with an open complaint."""
    rows = TalkSpell.objects.running().filter(kind="complaint").order_by("contact_id")
    return list(rows.values_list("contact_id", flat=True).distinct()[:limit])


def strained_count() -> int:
    row = pg.one(_STRAINED)
    return int(row[0]) if row else 0


_STRAINED = "SELECT count(DISTINCT contact_id) FROM talk_spell WHERE to_at IS NULL AND kind = 'complaint'"


def quiet_since(moment: datetime) -> int:
    """Clients with whom something was said, but nothing since ``moment``: of many, as it was at most a minute
    ago. All who ask mean the same stretch of time before now."""
    return lately("quiet", _quiet(moment).count)


def quiet_contacts(moment: datetime, limit: int = 200) -> list[int]:
    rows = _quiet(moment).order_by("last_at").values_list("contact_id", flat=True)
    return [ident for ident in rows[:limit] if ident is not None]


def _quiet(moment: datetime) -> QuerySet[Conversation]:
    return Conversation.objects.filter(contact_id__isnull=False, last_at__lt=moment)
