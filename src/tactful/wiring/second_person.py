"""A broadcast that waits for a second person is a task for whoever may say yes, as long as it waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tactful.broadcasts import queries as broadcasts
from tactful.broadcasts.queries import Broadcast
from tactful.broadcasts.rules.approval import may_approve
from tactful.events.types import Fact
from tactful.foundation.models import WORKING, User
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish_keyed, open_tasks
from tactful.inbox.types import NOT_FOR, NewTask

SUBJECT = "broadcast"
WORKING_DAY = timedelta(days=1)


def ask_for_yes(facts: Sequence[Fact], now: datetime) -> None:
    """One task for each that waits, and none for those that do not any more. What was changed and asked for
    again is a new question, so the old one ends. Where one person alone may say yes, it is theirs."""
    about = sorted({int(fact.data["broadcast"]) for fact in facts})
    waiting = {_key(row): row for row in broadcasts.waiting_for_yes(about)}
    asked = [task.dedupe_key for task in inbox.tasks_about(SUBJECT, about)]
    finish_keyed([key for key in asked if key not in waiting], now=now)
    readers = _readers() if waiting else []
    open_tasks([_task(key, row, readers, now) for key, row in waiting.items()], now=now)


def _key(row: Broadcast) -> str:
    return f"broadcast:{row.id}:{row.asked_at.isoformat() if row.asked_at else ''}"


def _readers() -> list[int]:
    found = User.objects.filter(is_active=True, role__in=WORKING).order_by("id")
    return list(found.values_list("id", flat=True))


def _task(key: str, row: Broadcast, readers: Sequence[int], now: datetime) -> NewTask:
    others = [person for person in readers if may_approve(person, row.writers)]
    return NewTask(
        kind="approve",
        code="broadcast_waits",
        dedupe_key=key,
        owner_id=others[0] if len(others) == 1 else None,
        params={"name": row.name, NOT_FOR: list(row.writers)},
        subject_kind=SUBJECT,
        subject_id=row.id,
        due_at=now + WORKING_DAY,
    )
