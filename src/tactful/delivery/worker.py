"""The loop that sends: recover, claim, build, hand off, settle; and wait to be woken."""

import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from weakref import WeakSet

from django.db import DatabaseError, connection, transaction
from psycopg import Error

from tactful.delivery.actions.restored import settle_departed
from tactful.delivery.claim import BATCH, claim
from tactful.delivery.departures import DepartureLog
from tactful.delivery.guard import may_send
from tactful.delivery.handoff import Hand, send_batch
from tactful.delivery.hot import sweeps
from tactful.delivery.recovery import recover
from tactful.delivery.render import open_desk
from tactful.delivery.session import Session
from tactful.delivery.types import FactSources, Journals, OpenTransport, Transport
from tactful.delivery.verdicts import NEEDS_PERSON
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation import pg
from tactful.foundation.clock import business_now
from tactful.foundation.secrets import key_ring
from tactful.kernel.clock import machine_ms

POLL = 1.0  # seconds
RECOVER_MS = 5_000
FIRST_BATCH = 500
FEWEST = 50
BATCH_MS = 5_000
"""What is due meanwhile, however urgent, waits for this worker's batch. So a claim takes as many as leave
within this time: thousands over a fast relay, fifty where a provider takes three a second."""

log = logging.getLogger(__name__)


class DeliveryWorker:
    """Sends what is due until told to stop. Any number may run, on any number of machines.

    ``open_transport``: account id -> transport; called when needed, closed when there is nothing to do.
    ``journal_folder``: on a local disk that outlives the process; ``journals``: how they are kept.
    ``departures``: folder of the journal of what left, for a restored backup. ``batch``: most messages per
    claim; fewer where they leave slowly.
    """

    def __init__(
        self,
        sources: FactSources,
        open_transport: OpenTransport,
        journal_folder: Path,
        journals: Journals,
        *,
        departures: Path | None = None,
        batch: int = BATCH,
    ) -> None:
        self._sources = sources
        self._open_transport = open_transport
        self._journals = journals
        self._folder = journal_folder
        self._departures = DepartureLog(departures) if departures else None
        self._most = batch
        self._batch = min(FIRST_BATCH, batch)
        self._transports: dict[int, Transport] = {}
        self._recovered_ms = 0

    def run(self, stop: Event) -> None:
        """Returns within thirty seconds of ``stop``. Trouble with the database starts it anew."""
        while not stop.is_set():
            try:
                with Session(self._journals, self._folder, stop, self._drop_transports) as session:
                    self._work(session, stop)
            except (DatabaseError, Error, OSError):
                log.exception("The worker starts anew.")
                connection.close()
                stop.wait(POLL)
            finally:
                self._drop_transports()

    def _work(self, session: Session, stop: Event) -> None:
        if self._departures is not None:
            self._departures.tidy()
        hand = Hand(session.worker_id, session.journal, self._transport, stop, self._departures)
        pg.tune()
        listen()
        while not stop.is_set() and not session.lost.is_set():
            if not self.turn(hand):
                self._drop_transports()
                hand.pace.clear()
                wait_for_news(stop)

    def turn(self, hand: Hand) -> bool:
        """One round. Answers whether there was anything to do."""
        if machine_ms() - self._recovered_ms > RECOVER_MS:
            recover(self._journals)
            self._recovered_ms = machine_ms()
        if self._departures is not None:
            self._departures.alive()
        now = business_now()
        if not may_send(now):
            settle_departed(now)
            return False
        with transaction.atomic():
            sweeps.end_holds(now)
            ask_people()
        return self._send(hand, now)

    def _send(self, hand: Hand, now: datetime) -> bool:
        sources, began_ms = self._sources.fresh(), machine_ms()
        claimed = claim(hand.worker_id, sources, now, self._batch)
        if claimed is None:
            return False
        if claimed.items:
            desk = open_desk(claimed.items, sources, key_ring(), now)
            send_batch(claimed, hand, desk)
        self._batch = next_batch(self._batch, self._most, machine_ms() - began_ms)
        return True

    def _transport(self, account: int) -> Transport:
        if account not in self._transports:
            self._transports[account] = self._open_transport(account)
        return self._transports[account]

    def _drop_transports(self) -> None:
        while self._transports:
            with suppress(KeyError, OSError):
                self._transports.popitem()[1].close()


def ask_people() -> None:
    """A held message near its latest moment, an unknown one after a day: its owner is asked, once."""
    now = business_now()
    facts = [
        NewFact(NEEDS_PERSON, contact, {"kind": f"message_{state}", "message": message, "owner": owner})
        for message, contact, owner, state in sweeps.due_tasks(now)
    ]
    events.record(facts, now=now)


def next_batch(batch: int, most: int, took_ms: int) -> int:
    """How many the next claim takes, after one of ``batch`` that took so long."""
    if took_ms > BATCH_MS:
        return min(most, max(FEWEST, batch * BATCH_MS // took_ms))
    return min(most, batch * 2) if took_ms * 2 < BATCH_MS else batch


_listening: WeakSet[object] = WeakSet()


def listen() -> None:
    """Asked for once on each connection, however often this is called; outside of any transaction."""
    connection.ensure_connection()
    if connection.connection not in _listening:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {events.NOTIFY_CHANNEL}")
        _listening.add(connection.connection)


def wait_for_news(stop: Event) -> None:
    """Until something happens in the house, at most one second."""
    if connection.connection is None:
        stop.wait(POLL)
        return
    for _ in connection.connection.notifies(timeout=POLL, stop_after=1):
        return
