"""The lists of the board, one by one."""

from datetime import UTC, datetime

from tactful.inbox.models import Task
from tactful.inbox.queries import asking, board

SOME_TIME = datetime(2026, 3, 9, tzinfo=UTC)


def open_cards(owner_id: int | None = None) -> list[Task]:
    return board(owner_id, SOME_TIME).cards.tasks


def at_leisure(owner_id: int | None = None) -> list[Task]:
    return board(owner_id, SOME_TIME).leisure.tasks


def on_the_list(owner_id: int | None, now: datetime) -> list[Task]:
    found = board(owner_id, now)
    assert found.asking == asking(owner_id, now)  # what the frame counts is what the page shows
    return found.asked.tasks


def not_asked_yet(owner_id: int | None, now: datetime) -> list[Task]:
    return board(owner_id, now).coming.tasks
