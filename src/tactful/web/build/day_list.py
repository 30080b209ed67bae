"""The list of a day on Today: what could wait, asked once; and what is on the next one already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import ngettext

from tactful.inbox.queries import Task
from tactful.inbox.rules.cards import question_of
from tactful.web.build.around import coming_for, listed_for
from tactful.web.build.task_parts import Matters
from tactful.web.build.tasks import task_rows
from tactful.web.pages.today import DayList
from tactful.web.templatetags.tactful import near
from tactful.web.visit import Visit

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Lists:
    """``asked``: of today and of days before, ``coming``: of the next one; as many as are shown."""

    asked: Sequence[Task]
    asked_total: int
    coming: Sequence[Task]
    coming_total: int

    @property
    def tasks(self) -> list[Task]:
        return [*self.asked, *self.coming]


def lists_for(visit: Visit) -> Lists:
    return Lists(*_shown(listed_for(visit)), *_shown(coming_for(visit)))


def _shown(tasks: QuerySet[Task]) -> tuple[list[Task], int]:
    rows = list(tasks[: SHOWN + 1])
    return rows[:SHOWN], len(rows) if len(rows) <= SHOWN else tasks.count()


def day_list(lists: Lists, matters: Matters, *, strong: bool) -> DayList:
    """``strong``: whether its first act is the first of the page."""
    return DayList(
        rows=task_rows(_together(lists.asked), matters, strong=strong),
        total=lists.asked_total,
        coming=task_rows(_together(lists.coming), matters, strong=False),
        coming_said=_said(lists, matters.around.visit.now),
    )


def _said(lists: Lists, now: datetime) -> str:
    at = next((task.asks_at for task in lists.coming), None)
    if at is None:
        return ""
    words = ngettext(
        "%(n)d thing can wait for the next list: %(moment)s",
        "%(n)d things can wait for the next list: %(moment)s",
        lists.coming_total,
    )
    return words % {"n": lists.coming_total, "moment": near(at, now)}


def _together(tasks: Sequence[Task]) -> list[Task]:
    """The same question about several clients stands together; what is due first comes first."""
    order: dict[str, int] = {}
    for task in tasks:
        order.setdefault(question_of(task.code, task.params), len(order))
    return sorted(tasks, key=lambda task: order[question_of(task.code, task.params)])
