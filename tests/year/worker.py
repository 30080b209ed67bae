"""The worker of the house without its threads: its parts take turns in an order that the seed draws."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

from django.db import connection

from tactful.delivery.handoff import Hand
from tactful.delivery.recovery import journal_path, this_machine
from tactful.delivery.session import EXTEND, REGISTER
from tactful.delivery.worker import DeliveryWorker
from tactful.events.feed import with_news
from tactful.foundation.ids import new_id
from tactful.journeys.driver import run_due
from tactful.testing.log import unread
from tactful.wiring.chores import CHORES, run_chore
from tactful.wiring.inbound import read_waiting
from tactful.wiring.journey_facts import loader
from tactful.wiring.letters import fact_sources
from tactful.wiring.mail import JOURNALS
from tactful.wiring.reactor import CONSUMERS, run_all
from tests.year.clock import SimClock
from tests.year.death import Death, Deaths, Part, forget_connection, mortal
from tests.year.post import Post

ROUNDS = 60
OFTEN = [chore for chore in CHORES if chore.every < 3600 and "seal" not in chore.name]
LEASE = 25.0  # seconds, and a little


DUE = """
SELECT EXISTS (SELECT FROM enrolment WHERE due_at <= %(now)s AND retry_at IS NULL)
    OR EXISTS (SELECT FROM enrolment WHERE retry_at <= %(machine)s),
    EXISTS (SELECT FROM dispatch WHERE shelf = 1 AND not_before <= %(now)s
            AND (retry_at IS NULL OR retry_at <= %(machine)s))
    OR EXISTS (SELECT FROM dispatch WHERE shelf = 2 AND not_before <= %(now)s)
"""
A_MOMENT = "SELECT pg_sleep(0.02)"
PATIENCE = 3_000  # moments


class Restless(AssertionError):
    """The parts of the worker keep each other busy and come to no end."""


class Worker:
    """``deaths``: where it has died, and how often."""

    def __init__(self, clock: SimClock, post: Post, dice: Random, folder: Path) -> None:
        self.clock, self.post, self.dice, self.folder = clock, post, dice, folder
        self.deaths: Deaths = Deaths()
        self.points = 1
        self.part = Part()
        self.parts: dict[str, Callable[[], bool]] = {
            "journeys": self._journeys,
            "reactions": lambda: bool(run_all(self.clock.now)),
            "sending": lambda: self.delivery.turn(self.hand),
            "chores": self._chores,
        }
        self._start()

    def work(self, death: Death | None = None) -> bool:
        """Until nothing is left to do now. False: it has died on the way, and a new one has started."""
        death = death or Death()
        self.post.point = death.point
        try:
            with mortal(death, self.part):
                self._until_quiet()
        except BaseException:
            if not death.happened:
                raise
            self._rise(death)
            return False
        self.points = max(1, death.reached)
        return True

    def daily(self) -> None:
        """Every chore once, and what comes of it."""
        for chore in CHORES:
            run_chore(chore, self.clock.now)
        self.work()

    def stop(self) -> None:
        self.journal.close()

    def _until_quiet(self) -> None:
        names = ["chores", "sending", *(name for name in self._due() if name != "sending")]
        for _ in range(ROUNDS):
            self.dice.shuffle(names)
            if not self._round(names) and not self._wait_for_news():
                return
            names = self._due()
        raise Restless(f"After {ROUNDS} rounds at {self.clock.now} there was still something to do.")

    def _wait_for_news(self) -> bool:
        """The log is read behind every transaction of the whole server, those of others included: what they
        hide is waited for. Answers whether anything was hidden."""
        with connection.cursor() as cursor:
            for tries in range(PATIENCE):
                if not unread(CONSUMERS):
                    return tries > 0
                if with_news(tuple(CONSUMERS)):
                    return True
                cursor.execute(A_MOMENT)
        raise Restless("Somebody else holds a transaction open and never ends it.")

    def _due(self) -> list[str]:
        """Whose turn would find something; in order, for chance must not depend on a set."""
        with connection.cursor() as cursor:
            cursor.execute(DUE, {"now": self.clock.now, "machine": self.clock.at})
            journeys, sending = cursor.fetchone()
        return ["reactions"] + ["journeys"] * journeys + ["sending"] * sending

    def _round(self, names: list[str]) -> bool:
        busy = False
        for name in names:
            self.part.name = name
            self._beat()
            busy |= self.parts[name]()
            self.clock.pass_by(0.2)
        return busy

    def _journeys(self) -> bool:
        now = self.clock.now
        return bool(run_due(loader(now), now))

    def _chores(self) -> bool:
        for chore in OFTEN:
            if chore.run is read_waiting or self.dice.random() < 0.5:
                run_chore(chore, self.clock.now)
        return True

    def _beat(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EXTEND, [self.worker_id])

    def _rise(self, death: Death) -> None:
        """All that the process knew is gone; the next one begins when the lease is over."""
        self.deaths[death.where] += 1
        self.post.point = lambda where: None
        forget_connection()
        self.stop()
        self.clock.pass_by(LEASE)
        self._start()

    def _start(self) -> None:
        self.worker_id = new_id()
        path = journal_path(self.folder, self.worker_id)
        self.journal = JOURNALS.open(path)
        with connection.cursor() as cursor:
            cursor.execute(REGISTER, [self.worker_id, this_machine(), str(path)])
        self.delivery = DeliveryWorker(fact_sources(), self.post.open, self.folder, JOURNALS)
        self.hand = Hand(self.worker_id, self.journal, self.post.open, Event())

    def sleep(self, by: timedelta) -> None:
        """Out of order for so long; the house goes on without it."""
        self.clock.go_to(self.clock.now + by)
        self._beat()
