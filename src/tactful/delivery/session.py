"""A worker's life sign: a row with a lease, an advisory lock on a session of its own, a journal."""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import connection

from tactful.delivery.hot.sweeps import LEASE
from tactful.delivery.recovery import journal_path, this_machine
from tactful.delivery.types import Journals
from tactful.foundation.ids import new_id
from tactful.kernel.clock import machine_ms

BEAT = 5.0  # seconds; a quarter of the lease
PATIENCE_MS = 20_000  # after the call to stop, a server that does not answer is left alone

REGISTER = f"""
INSERT INTO sending_worker (id, machine, journal, started_at, lease_until)
VALUES (%s, %s, %s, clock_timestamp(), clock_timestamp() + interval '{LEASE}')
"""  # noqa: S608, constants only
EXTEND = f"UPDATE sending_worker SET lease_until = clock_timestamp() + interval '{LEASE}' WHERE id = %s"  # noqa: S608, a constant

log = logging.getLogger(__name__)


class Session:
    """``lost``: the database no longer knows that this worker lives; end what is under way and start
    anew. ``hurry``: called when a stop has been asked for and twenty seconds have passed."""

    def __init__(self, journals: Journals, folder: Path, stop: Event, hurry: Callable[[], None]) -> None:
        self.worker_id = new_id()
        self.lost = Event()
        self._journals = journals
        self._ended = Event()
        self._stop = stop
        self._hurry = hurry
        folder.mkdir(parents=True, exist_ok=True)
        self._path = journal_path(folder, self.worker_id)
        self._beating = Thread(target=self._beat, name="delivery-lease", daemon=True)

    def __enter__(self) -> Self:
        self.journal = self._journals.open(self._path)
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            **_parameters(), autocommit=True, application_name="tactful delivery lease"
        )
        self._connection.execute("SELECT pg_advisory_lock(%s)", [self.worker_id])
        self._connection.execute(REGISTER, [self.worker_id, this_machine(), str(self._path)])
        self._beating.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """With nothing in hand the row goes; with something in hand it stays for whoever recovers."""
        self._ended.set()
        self._beating.join()
        try:
            if error is None and not self.lost.is_set():
                self._leave()
        finally:
            self._connection.close()
            self.journal.close()

    def _leave(self) -> None:
        self._connection.execute(
            "DELETE FROM sending_worker w WHERE id = %s"
            " AND NOT EXISTS (SELECT 1 FROM sending_batch b WHERE b.worker_id = w.id)",
            [self.worker_id],
        )
        self._path.unlink(missing_ok=True)

    def _beat(self) -> None:
        stopped_ms = 0
        while not self._ended.wait(BEAT):
            try:
                self._connection.execute(EXTEND, [self.worker_id])
            except psycopg.Error:
                log.exception("The lease cannot be extended; another worker will take over.")
                self.lost.set()
                return
            if self._stop.is_set():
                stopped_ms = stopped_ms or machine_ms()
                if machine_ms() - stopped_ms > PATIENCE_MS:
                    self._hurry()


def _parameters() -> dict[str, Any]:
    wanted = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
    given = connection.get_connection_params()
    return {name: given[name] for name in wanted if given.get(name)}
