"""The list of a day on Today: what could wait, asked once; and what is on the next one already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.inbox.queries import Listed, Task
from tactful.inbox.rules.cards import matter_of, question_of
from tactful.web.build.around import link
from tactful.web.build.task_parts import Matters
from tactful.web.build.tasks import task_rows
from tactful.web.pages.today import DayList
from tactful.web.templatetags.tactful import near
from tactful.web.types import TaskRow


def day_list(asked: Listed, coming: Listed, matters: Matters, *, strong: bool) -> DayList:
    """``asked``: of today and of days before, ``coming``: of the next one. ``strong``: whether its first act
    is the first of the page."""
    return DayList(
        rows=_rows(asked.tasks, matters, strong=strong),
        total=asked.total,
        coming=_rows(coming.tasks, matters, strong=False),
        coming_said=_said(coming, matters.around.visit.now),
    )


def _rows(tasks: Sequence[Task], matters: Matters, *, strong: bool) -> tuple[TaskRow, ...]:
    """One for each matter, with what else is asked of it."""
    groups: dict[tuple[object, ...], list[Task]] = {}
    for task in _together(tasks):
        groups.setdefault(matter_of(task), []).append(task)
    first = [group[0] for group in groups.values()]
    rows = task_rows(first, matters, {group[0].id: group[1:] for group in groups.values()}, strong=strong)
    return tuple(_of_all(row, task) if row.lines else row for row, task in zip(rows, first, strict=True))


def _of_all(row: TaskRow, task: Task) -> TaskRow:
    """The one button of a card that asks several things must not look as if it answered all of them."""
    profile = link(_("Open the profile"), "client", task.contact_id, strong=row.act.strong)
    return replace(row, act=profile, also=(replace(row.act, strong=False), *row.also))


def _said(coming: Listed, now: datetime) -> str:
    at = next((task.asks_at for task in coming.tasks), None)
    if at is None:
        return ""
    words = ngettext(
        "%(n)d thing can wait for the next list: %(moment)s",
        "%(n)d things can wait for the next list: %(moment)s",
        coming.total,
    )
    return words % {"n": coming.total, "moment": near(at, now)}


def _together(tasks: Sequence[Task]) -> list[Task]:
    """The same question about several clients stands together; what is due first comes first."""
    order: dict[str, int] = {}
    for task in tasks:
        order.setdefault(question_of(task.code, task.params), len(order))
    return sorted(tasks, key=lambda task: order[question_of(task.code, task.params)])
