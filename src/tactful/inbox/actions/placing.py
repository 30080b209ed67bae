"""Where a new question stands: on a card that is there, on the list of a day, or alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property

from django.db.models import F, Q

from tactful.foundation.queries import business_at
from tactful.inbox.models import Task
from tactful.inbox.rules.cards import LISTS, Card, Since, card_for, may_join, question_of, since
from tactful.inbox.rules.day_list import HOURS_LEFT, Place, due_then, place_for
from tactful.inbox.types import NewTask
from tactful.kernel.calendars import is_holiday
from tactful.kernel.windows import DayRule, last_permitted, minus_working_hours, next_opening
from tactful.kernel.zones import day_start, local_day

OFFICE = {"work_from": "08:00", "work_to": "16:00"}
WEEKEND = frozenset({5, 6})


def put_in_place(news: Sequence[tuple[NewTask, Task]], now: datetime) -> None:
    """One matter interrupts once. A card is due when the first of its questions is."""
    joining = [row for _new, row in news if may_join(row.code, urgent=row.urgent)]
    if not joining:
        return
    lists = DayLists(now)
    given = since(now, lists.at_desk)
    cards = [_card(row) for row in _there(joining, given, now)]
    may = {row.id for row in joining}
    for new, row in news:
        host = card_for(_card(row), cards, given) if row.id in may else None
        if host is not None:
            _join(row, host)
            continue
        if row.id in may:
            lists.take(new, row)
        if row.asks_at is None or row.asks_at <= now:
            cards.append(_card(row))


def _join(row: Task, host: Card) -> None:
    row.joined, row.asks_at = host.first or host.id, host.asks_at
    if row.due_at is not None and host.asks_at is None:
        Task.objects.filter(id=host.id, due_at__gt=row.due_at).update(due_at=row.due_at)


def _there(joining: Sequence[Task], given: Since, now: datetime) -> Sequence[Task]:
    """Cards that have asked for attention, and what stands on lists that have."""
    clients = {row.contact_id for row in joining if row.contact_id is not None}
    near = Q(contact_id__in=clients) | Q(opened_at__gt=given.alike) | Q(code__in=LISTS)
    wanted = Q(done_at__isnull=True, leisure=False) & near
    settled = Q(done_at__isnull=False, done_by__isnull=True, opened_at__gt=given.client)
    wanted |= settled & Q(contact_id__in=clients, leisure=False)
    if any(row.leisure for row in joining):
        lately = Q(asks_at__gt=given.week) | Q(asks_at=None, opened_at__gt=given.week)
        wanted |= Q(leisure=True) & lately
    asked = Q(asks_at=None, joined=None) | Q(asks_at__lte=now) & (
        Q(done_at=None) | Q(done_at__gt=F("asks_at"))
    )
    return list(Task.objects.filter(wanted & asked).order_by("id"))


def _card(row: Task) -> Card:
    """What has time and came later to a list of its week has asked with that list."""
    asks_at = row.asks_at or row.opened_at
    return Card(
        id=row.id,
        code=row.code,
        owner_id=row.owner_id,
        contact_id=row.contact_id,
        question=question_of(row.code, row.params),
        opened_at=asks_at if row.leisure else max(row.opened_at, asks_at),
        leisure=row.leisure,
        withdrawn=row.done_at is not None and row.done_by is None,
        asks_at=row.asks_at,
        first=row.joined,
    )


@dataclass
class DayLists:
    """The lists of today and of the next working day, of everybody; read once somebody may wait."""

    now: datetime

    def __post_init__(self) -> None:
        business = business_at(self.now)
        hours = {key: value for key, value in business.gate.items() if key in OFFICE}
        opens, closes = (time.fromisoformat(hours.get(key, usual)) for key, usual in OFFICE.items())
        self.zone = business.time_zone
        self.rule = DayRule(opens, closes, WEEKEND, lambda day: is_holiday(day, business.country))

    @property
    def at_desk(self) -> datetime:
        """The last moment at which our office was open."""
        return last_permitted(self.now, (self.zone,), self.rule) or self.now

    def opens(self, after: datetime) -> datetime | None:
        return next_opening(after, self.zone, self.rule)

    @cached_property
    def first(self) -> dict[tuple[int | None, datetime], int]:
        """By person and moment: the first question of the list. Of today's, if something of it is open and
        the office is; what has time may lie there for days, and nobody works through that."""
        wanted = Q(asks_at=self.opens(self.now))
        if self.at_desk == self.now:
            today = day_start(local_day(self.now, self.zone), self.zone)
            wanted |= Q(asks_at__gte=today, asks_at__lte=self.now, done_at=None, leisure=False)
        rows = Task.objects.filter(wanted).order_by("id")
        found: dict[tuple[int | None, datetime], int] = {}
        for ident, joined, owner, at in rows.values_list("id", "joined", "owner_id", "asks_at"):
            if at is not None:
                found.setdefault((owner, at), joined or ident)
        return found

    def take(self, new: NewTask, row: Task) -> None:
        """Onto a list, where there is one for it."""
        asked = [at for owner, at in self.first if owner == row.owner_id and at <= self.now]
        today = Place(max(asked), self.first[row.owner_id, max(asked)]) if asked else None
        ask_by = self._ask_by(new.needed_by)
        place = place_for(new.may_wait or row.leisure, ask_by, self.now, today, self.opens)
        if place is None:
            return
        row.asks_at = place.at
        row.joined = place.first or self.first.get((row.owner_id, place.at))
        row.due_at = due_then(row.due_at, new.needed_by, self.now, place.at)
        self.first.setdefault((row.owner_id, place.at), row.id)

    def _ask_by(self, needed_by: datetime | None) -> datetime | None:
        if needed_by is None:
            return None
        return minus_working_hours(needed_by, HOURS_LEFT, self.zone, self.rule)
