"""Reads of what a person is asked: what is open, the list of a day, and what stands on one card."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, When

from tactful.inbox.models import Task
from tactful.inbox.types import NOT_FOR


def open_tasks(owner_id: int | None = None) -> QuerySet[Task]:
    """Urgent first, then by due date; with an owner: theirs, and nobody's unless it is not for them."""
    rows = Task.objects.filter(done_at__isnull=True)
    if owner_id is not None:
        not_theirs = Q(**{f"params__{NOT_FOR}__contains": [owner_id]})
        rows = rows.filter(Q(owner_id=owner_id) | (Q(owner_id=None) & ~not_theirs))
    return rows.order_by("-urgent", "due_at", "id")


def tasks_page(
    *, done: bool = False, contact_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[Task]:
    """The newest first. ``before``: the id of the last one of the page before."""
    rows = Task.objects.filter(done_at__isnull=not done)
    if contact_id is not None:
        rows = rows.filter(contact_id=contact_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def at_leisure(owner_id: int | None = None) -> QuerySet[Task]:
    """What is good to do, and nothing follows if nobody does it: the soonest first. It can be seen at once;
    the list of a day asks for it."""
    return open_tasks(owner_id).filter(leisure=True)


def open_cards(owner_id: int | None = None) -> QuerySet[Task]:
    """Open tasks that stand by themselves, each with those that ``on_cards`` finds, in the same order; but
    not what has time, nor what stands on the list of a day."""
    rows = open_tasks(owner_id).filter(leisure=False, asks_at__isnull=True)
    return rows.exclude(joined__in=Task.objects.filter(done_at__isnull=True).values("id"))


def on_the_list(owner_id: int | None, now: datetime) -> QuerySet[Task]:
    """What the lists of this day and of those before have asked, and what is still open of it; but not what
    has time, which stands apart (``at_leisure``)."""
    return open_tasks(owner_id).filter(asks_at__lte=now, leisure=False)


def not_asked_yet(owner_id: int | None, now: datetime) -> QuerySet[Task]:
    """What is on the list of the next working day, but for what has time."""
    return open_tasks(owner_id).filter(asks_at__gt=now, leisure=False).order_by("asks_at", "id")


def matters(tasks: QuerySet[Task]) -> int:
    """How many they are where the same question about the same client counts once (``rules.cards``)."""
    alone = Case(When(contact_id=None, then=F("id")))
    kinds = tasks.order_by().values("owner_id", "contact_id", "code", "params__title__en", own=alone)
    return kinds.distinct().count()


def on_cards(task_ids: Collection[int]) -> dict[int, list[Task]]:
    """What has joined these cards and is still open."""
    found: dict[int, list[Task]] = defaultdict(list)
    for row in Task.objects.filter(joined__in=task_ids, done_at__isnull=True).order_by("id"):
        found[row.joined or 0].append(row)
    return found


def task(task_id: int) -> Task | None:
    return Task.objects.filter(id=task_id).first()


def tasks_about(subject_kind: str, subject_ids: Collection[int]) -> list[Task]:
    rows = Task.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids, done_at__isnull=True)
    return list(rows.order_by("due_at", "id"))


def tasks_of_contact(contact_id: int) -> list[Task]:
    return list(open_tasks().filter(contact_id=contact_id))
