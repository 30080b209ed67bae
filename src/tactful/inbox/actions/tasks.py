"""Work for people: opened once, done by somebody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from django.db import transaction
from django.db.models import Q

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.queries import business_at
from tactful.inbox.burden import eased
from tactful.inbox.models import Task
from tactful.inbox.rules.burden import MAY_BE_GATHERED, MAY_BE_OFF
from tactful.inbox.rules.cards import LISTS, Card, Since, card_for, may_join, question_of, since
from tactful.inbox.types import NewTask
from tactful.kernel.calendars import is_holiday
from tactful.kernel.windows import DayRule, last_permitted

OFFICE = {"work_from": "08:00", "work_to": "16:00"}
WEEKEND = frozenset({5, 6})


@transaction.atomic
def open_tasks(tasks: Sequence[NewTask], *, now: datetime) -> int:
    """Open those that are not there yet, by their ``dedupe_key``. Answers how many are new. What an owner
    has gathered into one list a week comes there, and what is switched off is not asked (``burden``)."""
    tasks = _eased(tasks, now)
    known = set(
        Task.objects.filter(dedupe_key__in=[task.dedupe_key for task in tasks]).values_list(
            "dedupe_key", flat=True
        )
    )
    fresh = {task.dedupe_key: task for task in tasks if task.dedupe_key not in known}
    rows = [_row(task, now) for task in fresh.values()]
    _put_on_cards(rows, now)
    made = Task.objects.bulk_create(rows, ignore_conflicts=True)
    record(
        [
            NewFact("task.opened", row.contact_id, {"task": row.id, "kind": row.kind, "code": row.code})
            for row in made
        ],
        now=now,
    )
    return len(made)


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
    """With all that stands on its card."""
    here = Task.objects.filter(Q(id=task_id) | Q(joined=task_id), done_at__isnull=True)
    if not here.update(owner_id=owner_id):
        return
    record_audit(
        actor=acting_user, verb="task.handed_over", subject=f"task:{task_id}", now=now, body={"to": owner_id}
    )


def _put_on_cards(rows: Sequence[Task], now: datetime) -> None:
    """One matter interrupts once. A card is due when the first of its questions is."""
    joining = [row for row in rows if may_join(row.code, urgent=row.urgent)]
    if not joining:
        return
    given = since(now, _at_desk(now))
    cards = [_card(row) for row in _there(joining, given)]
    for row in rows:
        host = card_for(_card(row), cards, given) if row in joining else None
        if host is None:
            cards.append(_card(row))
            continue
        row.joined = host.id
        if row.due_at is not None:
            Task.objects.filter(id=host.id, due_at__gt=row.due_at).update(due_at=row.due_at)


def _there(joining: Sequence[Task], given: Since) -> Sequence[Task]:
    clients = {row.contact_id for row in joining if row.contact_id is not None}
    near = Q(contact_id__in=clients) | Q(opened_at__gt=given.alike) | Q(code__in=LISTS)
    wanted = Q(done_at__isnull=True, leisure=False) & near
    settled = Q(done_at__isnull=False, done_by__isnull=True, opened_at__gt=given.client)
    wanted |= settled & Q(contact_id__in=clients, leisure=False)
    if any(row.leisure for row in joining):
        wanted |= Q(leisure=True, opened_at__gt=given.week)
    return list(Task.objects.filter(wanted, joined__isnull=True).order_by("id"))


def _at_desk(now: datetime) -> datetime:
    """The last moment at which our office was open."""
    business = business_at(now)
    hours = {key: value for key, value in business.gate.items() if key in OFFICE}
    opens, closes = (time.fromisoformat(hours.get(key, usual)) for key, usual in OFFICE.items())
    rule = DayRule(opens, closes, WEEKEND, lambda day: is_holiday(day, business.country))
    return last_permitted(now, (business.time_zone,), rule) or now


def _card(row: Task) -> Card:
    question = question_of(row.code, row.params)
    withdrawn = row.done_at is not None and row.done_by is None
    return Card(
        row.id, row.code, row.owner_id, row.contact_id, question, row.opened_at, row.leisure, withdrawn
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
