"""The connections that a process keeps, and who has which."""

import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Timer
from time import monotonic
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from psycopg import Connection, Error, OperationalError
from psycopg.pq import TransactionStatus

Opened = Connection[Any]

PATIENCE = 20.0  # seconds until a free one has come
REST = 60.0  # seconds after which one is closed that nobody wants
QUIET = 20.0  # seconds of rest after which it is asked whether it is there: a machine between may forget it
LIFE = 3_600.0  # seconds; what PostgreSQL has gathered for one goes with it


class Free(NamedTuple):
    connection: Opened
    since: float


class Kept:
    """At most ``most`` at a time. What is handed out and forgotten is missing until Python clears it away."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._free: deque[Free] = deque()
        self._taken: WeakSet[Opened] = WeakSet()
        self._since: WeakKeyDictionary[Opened, float] = WeakKeyDictionary()  # when each was opened
        self._claimed = 0  # places of connections that are being looked at, or opened
        self._changed = Condition()
        self._clock: Timer | None = None

    def take(self, open_one: Callable[[], Opened]) -> Opened:
        """One that is alive. Raises ``OperationalError`` if none becomes free, and what ``open_one`` does."""
        free = self._claim()
        try:
            while free is not None and not _is_alive(free):
                free.connection.close()
                free = self._another()
            connection = free.connection if free else open_one()
        except BaseException:
            with self._changed:
                self._claimed -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._claimed -= 1
            self._taken.add(connection)
            self._since.setdefault(connection, monotonic())
        return connection

    def give(self, connection: Opened) -> None:
        """Back from who has it."""
        with self._changed:
            keeps = _is_clean(connection) and monotonic() < self._since.get(connection, 0.0) + LIFE
            if keeps:
                self._free.append(Free(connection, monotonic()))
                self._wind()
            self._taken.discard(connection)
            self._changed.notify()
        if not keeps:
            connection.close()

    def close(self) -> None:
        """Those that nobody has."""
        self._close_rested(monotonic())

    def _claim(self) -> Free | None:
        """The one that came back last; None where one may be opened."""
        until = monotonic() + PATIENCE
        with self._changed:
            while not self._free and len(self._taken) + self._claimed >= self.most:
                if not self._changed.wait(min(1.0, until - monotonic())) and monotonic() >= until:
                    raise OperationalError(f"All {self.most} connections of this process are busy.")
            self._claimed += 1
            return self._free.pop() if self._free else None

    def _another(self) -> Free | None:
        with self._changed:
            return self._free.pop() if self._free else None

    def _wind(self) -> None:
        if self._clock is None:
            self._clock = Timer(REST, self._tick)
            self._clock.daemon = True
            self._clock.start()

    def _tick(self) -> None:
        self._close_rested(monotonic() - REST)
        with self._changed:
            self._clock = None
            if self._free:
                self._wind()

    def _close_rested(self, before: float) -> None:
        with self._changed:
            gone = [free for free in self._free if free.since <= before]
            self._free = deque(free for free in self._free if free.since > before)
        for free in gone:
            free.connection.close()


def _is_clean(connection: Opened) -> bool:
    """Nothing has begun on it that has no end, and it is there, as far as one knows here."""
    return (
        not connection.closed
        and connection.autocommit
        and connection.info.transaction_status is TransactionStatus.IDLE
    )


def _is_alive(free: Free) -> bool:
    """Without a question where it has rested for moments: who ends a connection says so on it."""
    if monotonic() < free.since + QUIET and not _has_news(free.connection):
        return True
    try:
        free.connection.execute("SELECT 1")
    except Error:
        return False
    return True


def _has_news(connection: Opened) -> bool:
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))
