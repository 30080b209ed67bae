"""A year, or some days of one: everything from one seed."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time
from zlib import crc32

from django.db import connection

from tactful.events.models import Event
from tactful.inbox.models import Task
from tests.year.burden import Burden, burden_of
from tests.year.clients import Clients
from tests.year.clock import SimClock, only_this_chance
from tests.year.death import Death
from tests.year.edits import Edits
from tests.year.firm import found
from tests.year.oracle import Oracle, Violation
from tests.year.post import Post
from tests.year.staff import Staff
from tests.year.stuck import look_around
from tests.year.worker import Worker
from tests.year.world import World

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
DEATHS_A_TICK = 0.03
LONG = 200  # days; in less, the burden is noise
MOST_WRONG = 25


@dataclass(frozen=True, slots=True)
class Size:
    seed: int
    clients: int
    days: int


@dataclass
class Lived:
    """``days``: so many were lived. ``deaths``: of the worker, by place. ``digest``: of all that went out,
    the same for the same seed."""

    size: Size
    violations: list[Violation]
    days: int
    messages: int
    deaths: Counter[str]
    cpu_s: float
    digest: int
    ticks: int
    mishaps: Counter[str]
    burden: Burden
    held: int
    tasks: int

    def as_json(self) -> dict[str, object]:
        return {
            "seed": self.size.seed,
            "clients": self.size.clients,
            "days": self.days,
            "messages": self.messages,
            "held": self.held,
            "tasks": self.tasks,
            "interruptions_per_person_per_week": self.burden.by_cause,
            "interruptions_a_day": {"median": self.burden.median, "p95": self.burden.p95},
            "budget": self.burden.budget,
            "deaths": dict(self.deaths.most_common()),
            "mishaps": dict(self.mishaps.most_common()),
            "digest": self.digest,
            "violations": len(self.violations),
            "cpu_s": self.cpu_s,
        }


class Life:
    """``told``: hears of each violation at once; ``lived_through``: how many days are over."""

    def __init__(self, size: Size, owner_url: str, folder: Path) -> None:
        self.size = size
        self.dice = Random(size.seed)
        self.begin = begin = self.first_day()
        self.clock = SimClock(begin + timedelta(hours=5), owner_url)
        self.folder = folder
        self.told: Callable[[Violation], None] = lambda found: None
        self.lived_through: Callable[[int], None] = lambda day: None
        self.mishaps: Counter[str] = Counter()
        self.death = Death()
        self.asleep_until: datetime | None = None

    def first_day(self) -> datetime:
        """Its midnight. What is shorter than a year falls anywhere into it."""
        return FIRST + DAY * (self.size.seed * 37 % 365) * (self.size.days < 365)

    def days(self) -> int:
        """Live through them. Answers how many they were: fewer where too much is wrong."""
        day = 0
        with only_this_chance(self.clock, self.dice), self._no_errors():
            self._found()
            while day < self.size.days and len(self.oracle.found) < MOST_WRONG:
                self._day(self.begin + day * DAY)
                day += 1
                self.lived_through(day)
            self.worker.stop()
        return day

    def live(self) -> Lived:
        began = process_time()
        day = self.days()
        burden = burden_of(self.begin, self.begin + day * DAY, len(self.world.firm.staff))
        if day >= LONG and not burden.is_kept:
            self.oracle.wrong(f"The burden is over its budget: {burden.median}, {burden.p95} a day.", None)
        held = Event.objects.filter(name="message.held").values("data__message").distinct().count()
        tasks = Task.objects.count()
        connection.close()
        dots = self.world.post.dots
        digest = crc32(repr([(dot.at, dot.recipient) for dot in dots]).encode())
        return Lived(
            self.size, self.oracle.found, day, len({dot.ident for dot in dots}), self.worker.deaths,
            round(process_time() - began, 1), digest, self.world.book.tick, self.mishaps, burden,
            held, tasks,
        )  # fmt: skip

    def _found(self) -> None:
        firm, book = found(self.dice, self.size.clients, self.clock.now)
        post = Post(self.clock, self.dice)
        self.world = World(self.clock, self.dice, firm, book, post)
        self.oracle = Oracle(self.world, self.told)
        post.look = self.oracle.look
        self.worker = Worker(self.clock, post, self.dice, self.folder)
        self.clients = Clients(self.world)
        self.staff, self.edits = Staff(self.world, self.clients), Edits(self.world)

    def _day(self, midnight: datetime) -> None:
        for people in (self.clients, self.staff, self.edits):
            people.plan_day(midnight)
        self._plan_mishaps(midnight)
        end = midnight + DAY
        while self.world.now < end:
            self._tick()
            self.clock.go_to(min(self.world.next_moment(), max(end, self.world.now + timedelta(seconds=1))))
        if self.asleep_until is None:
            self.death = Death()
            self.worker.daily()
            self._deliver()
            look_around(self.oracle)

    def _tick(self) -> None:
        book = self.world.book
        book.tick += 1
        self.world.do_due()
        if self.asleep_until is not None:
            if self.world.now < self.asleep_until:
                return
            self.asleep_until = None
        fatal = self.world.chance(DEATHS_A_TICK)
        self.death = Death(self.dice.randrange(1, self.worker.points * 2 + 8)) if fatal else Death()
        while not self.worker.work(self.death):
            self.death = Death()
        book.quiet_tick = book.tick
        self._deliver()

    def _deliver(self) -> None:
        fresh, self.world.post.fresh = self.world.post.fresh, []
        for dot in fresh:
            sent = self.oracle.gone[dot.ident]
            self.world.book.tell(dot.at, sent.client, f"SENT {sent.template or 'words'} {dot.ident}")
            self.oracle.note(dot)
            self.clients.gets(dot, sent.template)

    # What befalls machines

    def _plan_mishaps(self, midnight: datetime) -> None:
        yearly = {
            self._falls_asleep: 3,
            self._clock_back_a_little: 8,
            self._clock_back: 2,
            self._post_away: 6,
        }
        for mishap, rate in yearly.items():
            if self.world.chance(max(rate / 365, 0.7 / self.size.days)):
                at = midnight + timedelta(minutes=self.dice.randrange(24 * 60))
                self.world.at(at, lambda mishap=mishap: self._befall(mishap))  # type: ignore[misc]

    def _befall(self, mishap: object) -> None:
        name = getattr(mishap, "__name__", "").strip("_")
        self.mishaps[name] += 1
        self.world.book.tell(self.world.now, None, f"MISHAP {name}")
        mishap()  # type: ignore[operator]

    def _falls_asleep(self) -> None:
        self.asleep_until = self.world.now + timedelta(hours=self.dice.uniform(1, 40))

    def _clock_back_a_little(self) -> None:
        self.clock.step(-timedelta(seconds=self.dice.randrange(5, 280)))

    def _clock_back(self) -> None:
        """More than five minutes: nothing leaves until a person has looked."""
        back = timedelta(minutes=self.dice.randrange(6, 50))
        self.clock.step(-back)
        self.world.after(lambda: self.clock.step(back), hours=30)

    def _post_away(self) -> None:
        self.world.post.down_until = self.clock.at + timedelta(hours=self.dice.uniform(0.2, 9))

    @contextmanager
    def _no_errors(self) -> Iterator[None]:
        """What the house logs as an error is one, unless its worker is just dying."""
        handler = _Errors(self)
        logger = logging.getLogger("tactful")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Errors(logging.Handler):
    def __init__(self, life: Life) -> None:
        super().__init__(logging.ERROR)
        self.life = life

    def emit(self, record: logging.LogRecord) -> None:
        if not self.life.death.happened:
            what = f"{record.getMessage()} {self.formatter or ''}{_cause(record)}"
            self.life.oracle.wrong(f"logged: {what}", None)


def _cause(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return f"{type(error).__name__}: {error}" if error else ""
