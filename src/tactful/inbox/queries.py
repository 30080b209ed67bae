"""Reads of the inbox: lists by key, threads, and the talk facts of a whole batch in one query."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from tactful.inbox.models import AutoReply, Conversation, Entry, EntryFile, TalkSpell, Task
from tactful.inbox.types import Talk

MOODS = ("negative", "sensitive", "complaint")


def talks_at(contact_ids: Collection[int], at: datetime, mood_days: int) -> dict[int, list[Talk]]:
    """What kept or keeps automation quiet for these contacts at a moment, by what was known then.

    Moods are listed for ``mood_days`` after they were noted, ended or not.
    """
    fading = Q(
        kind__in=MOODS, from_at__gt=at - timedelta(days=mood_days), from_at__lte=at, recorded_at__lte=at
    )
    running = TalkSpell.objects.at(at).filter(contact_id__in=contact_ids)
    faded = TalkSpell.objects.filter(fading, contact_id__in=contact_ids)
    found: dict[int, list[Talk]] = defaultdict(list)
    for spell in running.union(faded).order_by("from_at"):
        ended = spell.to_at is not None and spell.to_at <= at
        found[spell.contact_id].append(
            Talk(
                contact_id=spell.contact_id,
                kind=spell.kind,
                ref=spell.ref,
                from_at=spell.from_at,
                owner_id=spell.owner_id,
                due_at=spell.due_at,
                waits_on_client=spell.waits_on_client,
                running=not ended,
            )
        )
    return found


def last_inbound(contact_ids: Collection[int]) -> dict[int, datetime]:
    rows = Conversation.objects.filter(contact_id__in=contact_ids, last_inbound_at__isnull=False)
    return {
        contact: at for contact, at in rows.values_list("contact_id", "last_inbound_at") if contact and at
    }


def last_auto_reply(contact_ids: Collection[int]) -> dict[int, datetime]:
    return dict(AutoReply.objects.filter(contact_id__in=contact_ids).values_list("contact_id", "at"))


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


def open_tasks(owner_id: int | None = None) -> QuerySet[Task]:
    """Urgent first, then by due date; with an owner: theirs and nobody's."""
    rows = Task.objects.filter(done_at__isnull=True)
    if owner_id is not None:
        rows = rows.filter(Q(owner_id=owner_id) | Q(owner_id=None))
    return rows.order_by("-urgent", "due_at", "id")


def waiting_for_us() -> int:
    return Conversation.objects.filter(state=Conversation.State.OPEN).count()


def contact_of_thread(*internet_ids: str) -> int | None:
    """The contact in whose thread one of these Message-IDs stands."""
    known = Entry.objects.filter(internet_id__in=[ident for ident in internet_ids if ident])
    found: int | None = known.values_list("conversation__contact_id", flat=True).first()
    return found
