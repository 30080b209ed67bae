"""Reads of what a person is asked: what is open, the list of a day, and what stands on one card."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from tactful.foundation import pg
from tactful.inbox.models import Task
from tactful.inbox.types import NOT_FOR


def open_tasks() -> QuerySet[Task]:
    """Urgent first, then by due date."""
    return Task.objects.filter(done_at__isnull=True).order_by("-urgent", "due_at", "id")


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


@dataclass(slots=True)
class Listed:
    """The first of a list, in its order, and how many there are: of the list of a day, how many matters
    (``rules.cards.matter_of``)."""

    tasks: list[Task] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """Everything open, each in one place.

    ``cards``: what stands by itself, each with what ``on_cards`` finds. ``asked``: what the lists of this day
    and of those before have asked. ``coming``: what is on the list of the next working day, the soonest
    first. ``leisure``: what is good to do, and nothing follows if nobody does it: it can be seen at once, and
    the list of a day asks for it.
    """

    cards: Listed = field(default_factory=Listed)
    asked: Listed = field(default_factory=Listed)
    coming: Listed = field(default_factory=Listed)
    leisure: Listed = field(default_factory=Listed)

    @property
    def tasks(self) -> list[Task]:
        return [row for each in (self.cards, self.asked, self.coming, self.leisure) for row in each.tasks]

    @property
    def asking(self) -> int:
        """As the function of this name has it."""
        return self.cards.total + self.asked.total


def board(owner_id: int | None, now: datetime, *, most: int = 200, most_listed: int = 200) -> Board:
    """In the order of ``open_tasks``; with an owner theirs, and nobody's unless it is not for them.
    ``most_listed``: of the two lists. One query."""
    found = Board()
    given = _given(owner_id, now) | {"most": most, "most_listed": most_listed}
    for row, (part, total) in pg.models_of(Task, _BOARD, given):
        listed: Listed = getattr(found, part)
        listed.tasks.append(row)
        listed.total = total
    return found


def asking(owner_id: int | None, now: datetime) -> int:
    """How many cards and matters of a list wait for this person, or with None for anybody."""
    row = pg.one(_ASKING, _given(owner_id, now))
    return int(row[0]) if row else 0


def _given(owner_id: int | None, now: datetime) -> dict[str, object]:
    return {"owner": owner_id, "now": now}


_THEIRS = f"""(%(owner)s::bigint IS NULL OR owner_id = %(owner)s
    OR owner_id IS NULL AND NOT COALESCE(params->'{NOT_FOR}' @> to_jsonb(%(owner)s::bigint), false))"""
_ALONE = """NOT EXISTS (SELECT FROM task AS card WHERE card.id = task.joined AND card.done_at IS NULL)"""
_MATTER = """owner_id, contact_id, code, params->'title'->>'en',
    CASE WHEN contact_id IS NULL OR asks_at IS NULL OR leisure THEN id END"""
_BOARD = f"""
    SELECT {pg.columns(Task, "listed")}, part, total FROM (
        SELECT parted.*, max(matter) OVER (PARTITION BY part) AS total,
            row_number() OVER (PARTITION BY part ORDER BY
                CASE part WHEN 'coming' THEN asks_at END, urgent AND part <> 'coming' DESC,
                CASE WHEN part <> 'coming' THEN due_at END, id) AS place
        FROM (SELECT placed.*, dense_rank() OVER (PARTITION BY part ORDER BY {_MATTER}) AS matter
              FROM (SELECT task.*, CASE WHEN leisure THEN 'leisure' WHEN asks_at IS NULL THEN 'cards'
                        WHEN asks_at <= %(now)s THEN 'asked' ELSE 'coming' END AS part
                    FROM task WHERE done_at IS NULL AND {_THEIRS}
                      AND (leisure OR asks_at IS NOT NULL OR {_ALONE})) AS placed) AS parted) AS listed
    WHERE place <= CASE WHEN part IN ('asked', 'coming') THEN %(most_listed)s ELSE %(most)s END
    ORDER BY part, place"""  # noqa: S608, pieces of our own
_ASKING = f"""
    SELECT count(DISTINCT ({_MATTER})) FROM task WHERE done_at IS NULL AND NOT leisure AND {_THEIRS}
      AND (asks_at <= %(now)s OR asks_at IS NULL AND {_ALONE})"""  # noqa: S608, pieces of our own


def on_cards(task_ids: Collection[int]) -> dict[int, list[Task]]:
    """What has joined these cards and is still open."""
    found: dict[int, list[Task]] = defaultdict(list)
    for row, _ in pg.models_of(Task, _ON_CARDS, [pg.numbers(task_ids)]) if task_ids else ():
        found[row.joined or 0].append(row)
    return found


_ON_CARDS = f"""
    SELECT {pg.columns(Task, "task")} FROM task
    WHERE done_at IS NULL AND joined = ANY(%s::bigint[]) ORDER BY id"""  # noqa: S608, names of our own


def task(task_id: int) -> Task | None:
    return Task.objects.filter(id=task_id).first()


def tasks_about(subject_kind: str, subject_ids: Collection[int]) -> list[Task]:
    rows = Task.objects.filter(subject_kind=subject_kind, subject_id__in=subject_ids, done_at__isnull=True)
    return list(rows.order_by("due_at", "id"))


def tasks_of_contact(contact_id: int) -> list[Task]:
    return list(open_tasks().filter(contact_id=contact_id))
