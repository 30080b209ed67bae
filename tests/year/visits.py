"""Appointments that are booked, moved, cancelled, missed and kept, and what follows a visit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from tests.year.notebook import Client
from tests.year.world import World


class Visits:
    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers = count(1)

    def rates(self) -> dict[Callable[[], None], float]:
        """Per client and year."""
        return {self._books: 3.0}

    def _books(self) -> None:
        world, client, key = self.world, self.world.somebody(), f"A{next(self.numbers)}"
        start = self._some_time()
        world.book.starts[key] = start
        world.book.begun[client.id, f"appointment-confirmation:{key}"] += 1
        world.book.begun[client.id, f"appointment-reminders:{key}"] += 1
        names = ["appointment.booked", "appointment.dated"]
        world.dice.shuffle(names)
        for name in names:
            world.happens(name, client, **self._said(key, start), active=True)
        self._goes_on(client, key, start)

    def _goes_on(self, client: Client, key: str, start: datetime) -> None:
        world = self.world
        some_day = world.now + (start - world.now) * world.dice.random()
        if world.chance(0.15):
            world.at(some_day, lambda: self._moves(client, key, start))
        elif world.chance(0.08):
            world.at(some_day, lambda: self._cancels(client, key))
        world.at(start + timedelta(hours=1), lambda: self._is_over(client, key, start))

    def _some_time(self) -> datetime:
        """On a working day in the next weeks."""
        day = self.world.now + timedelta(days=self.world.dice.choice((0, 1, 2, 3, 5, 8, 13, 21, 34)))
        day = day.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day + timedelta(minutes=30 * self.world.dice.randrange(14))

    def _said(self, key: str, start: datetime) -> dict[str, object]:
        when = start.isoformat()
        return {
            "appointment": key,
            "starts_at": when,
            "when": when,
            "place": "Here",
            "change_url": "http://x",
        }

    def _moves(self, client: Client, key: str, before: datetime) -> None:
        world = self.world
        if ("appointment", key) in world.book.over or world.book.starts[key] != before:
            return
        start = self._some_time()
        world.book.starts[key] = start
        world.book.moves[key] += 1
        world.happens("appointment.moved", client, **self._said(key, start))
        self._goes_on(client, key, start)

    def _cancels(self, client: Client, key: str) -> None:
        world = self.world
        if ("appointment", key) in world.book.over:
            return
        world.book.end("appointment", key)
        world.book.begun[client.id, f"appointment-cancelled:{key}"] += 1
        world.happens("appointment.cancelled", client, appointment=key, by_us=world.chance(0.15))

    def _is_over(self, client: Client, key: str, start: datetime) -> None:
        world = self.world
        if ("appointment", key) in world.book.over or world.book.starts[key] != start:
            return
        world.book.end("appointment", key)
        if world.chance(0.05):
            world.book.begun[client.id, f"missed-appointment:{key}"] += 1
            world.happens(
                "appointment.missed", client, appointment=key, times_missed=world.dice.choice((1, 1, 2))
            )
            return
        visit = f"V{key}"
        world.book.begun[client.id, f"visit-care-and-review:{visit}"] += 1
        more = {"review_url": "http://review"} if world.chance(0.5) else {}
        world.happens("visit.finished", client, visit=visit, advice="Rest a day", **more)
