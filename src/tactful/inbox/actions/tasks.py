"""Work for people: opened once, done by somebody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.staff.queries import stand_ins
from tactful.inbox.actions.placing import put_in_place
from tactful.inbox.burden import eased
from tactful.inbox.models import Task
from tactful.inbox.rules.burden import MAY_BE_GATHERED, MAY_BE_OFF
from tactful.inbox.types import NewTask


@transaction.atomic
def open_tasks(tasks: Sequence[NewTask], *, now: datetime) -> int:
    """Open those that are not there yet, by their ``dedupe_key``. Answers how many are new. What may wait
    comes on the list of a day (``rules.day_list``); what an owner has gathered into one list a week comes
    there, and what is switched off is not asked (``burden``)."""
    tasks = _of_those_who_act(_eased(tasks, now))
    known = set(
        Task.objects.filter(dedupe_key__in=[task.dedupe_key for task in tasks]).values_list(
            "dedupe_key", flat=True
        )
    )
    fresh = {task.dedupe_key: task for task in tasks if task.dedupe_key not in known}
    news = [(task, _row(task, now)) for task in fresh.values()]
    put_in_place(news, now)
    made = Task.objects.bulk_create([row for _task, row in news], ignore_conflicts=True)
    record([NewFact("task.opened", row.contact_id, _told(row, now)) for row in made], now=now)
    return len(made)


def _of_those_who_act(tasks: Sequence[NewTask]) -> list[NewTask]:
    """An import may name whoever only reads as account manager: what they may not do stands with an owner."""
    instead = stand_ins([task.owner_id for task in tasks])
    return [
        replace(task, owner_id=instead[task.owner_id]) if task.owner_id in instead else task for task in tasks
    ]


def _told(row: Task, now: datetime) -> dict[str, object]:
    """``asks_at``: whoever passes it on to people does so then, and not now."""
    told: dict[str, object] = {"task": row.id, "kind": row.kind, "code": row.code}
    if row.asks_at is not None and row.asks_at > now:
        told["asks_at"] = row.asks_at.isoformat()
    return told


def _eased(tasks: Sequence[NewTask], now: datetime) -> list[NewTask]:
    if not any(task.code in MAY_BE_GATHERED | MAY_BE_OFF for task in tasks):
        return list(tasks)
    gathered, off = eased(now)
    return [
        replace(task, leisure=True) if task.code in gathered & MAY_BE_GATHERED else task
        for task in tasks
        if task.code not in off & MAY_BE_OFF
    ]


def open_about(contact_id: int | None, code: str) -> bool:
    """Whether somebody is already asked this about this contact."""
    return Task.objects.filter(contact_id=contact_id, code=code, done_at__isnull=True).exists()


@transaction.atomic
def finish(task_id: int, *, answer: str = "done", acting_user: int | None, now: datetime) -> bool:
    """A person has done it (or the matter has settled itself: ``acting_user`` None)."""
    task = Task.objects.select_for_update().filter(id=task_id, done_at__isnull=True).first()
    if task is None:
        return False
    _finish([task], answer, acting_user, now)
    return True


def settle(
    subject_kind: str, subject_id: int, kinds: Sequence[str], *, acting_user: int | None, now: datetime
) -> int:
    """Finish the open tasks about a subject, because what they asked for has happened."""
    rows = list(
        Task.objects.select_for_update().filter(
            subject_kind=subject_kind, subject_id=subject_id, kind__in=kinds, done_at__isnull=True
        )
    )
    _finish(rows, "settled", acting_user, now)
    return len(rows)


@transaction.atomic
def finish_about(subject_kind: str, subject_ids: Sequence[int], *, now: datetime) -> int:
    """The matter of these subjects has settled itself; nobody needs to act any more."""
    rows = list(
        Task.objects.select_for_update().filter(
            subject_kind=subject_kind, subject_id__in=subject_ids, done_at__isnull=True
        )
    )
    _finish(rows, "settled", None, now)
    return len(rows)


def turn_into(code: str, other: str, subject_kind: str, subject_ids: Sequence[int]) -> set[int]:
    """Open questions become another one on the same card, for what they asked has been overtaken. Answers
    with the subjects of those that there were."""
    about = {"subject_kind": subject_kind, "subject_id__in": subject_ids}
    rows = Task.objects.select_for_update().filter(code=code, done_at__isnull=True, **about)
    found = {row.id: row.subject_id for row in rows}
    Task.objects.filter(id__in=found).update(code=other)
    return {ident for ident in found.values() if ident is not None}


@transaction.atomic
def finish_keyed(dedupe_keys: Sequence[str], *, now: datetime) -> int:
    """The same for single tasks, by their ``dedupe_key``."""
    rows = list(Task.objects.select_for_update().filter(dedupe_key__in=dedupe_keys, done_at__isnull=True))
    _finish(rows, "settled", None, now)
    return len(rows)


@transaction.atomic
def hand_over(task_id: int, *, owner_id: int, acting_user: int, now: datetime) -> None:
    """With all that stands on its card. On the list of a day each stands for itself."""
    card = Q(joined=task_id, asks_at__isnull=True)
    here = Task.objects.filter(Q(id=task_id) | card, done_at__isnull=True)
    if not here.update(owner_id=owner_id):
        return
    record_audit(
        actor=acting_user, verb="task.handed_over", subject=f"task:{task_id}", now=now, body={"to": owner_id}
    )


def _row(task: NewTask, now: datetime) -> Task:
    return Task(
        kind=task.kind,
        code=task.code,
        params=task.params,
        contact_id=task.contact_id,
        owner_id=task.owner_id,
        subject_kind=task.subject_kind,
        subject_id=task.subject_id,
        dedupe_key=task.dedupe_key,
        urgent=task.urgent,
        leisure=task.leisure,
        opened_at=now,
        due_at=task.due_at,
    )


def _finish(rows: Sequence[Task], answer: str, acting_user: int | None, now: datetime) -> None:
    if not rows:
        return
    Task.objects.filter(id__in=[row.id for row in rows]).update(
        done_at=now, done_by=acting_user, answer=answer
    )
    facts = [
        NewFact(
            "task.done",
            row.contact_id,
            {
                "task": row.id,
                "kind": row.kind,
                "code": row.code,
                "answer": answer,
                "subject_kind": row.subject_kind,
                "subject_id": row.subject_id,
                "params": row.params,
            },
        )
        for row in rows
    ]
    record(facts, now=now)
    for row in rows:
        record_audit(
            actor=acting_user, verb="task.done", subject=f"task:{row.id}", now=now, body={"answer": answer}
        )
