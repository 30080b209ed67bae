"""The background process: sending, journeys and reactions, incoming mail, chores. One thread each.

The threads share nothing but the database and the stop signal. ``tactful worker`` may run any number of
times on any number of machines.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.conf import settings  # noqa: E402, Django must be set up first
from django.db import connection  # noqa: E402

from tactful.broadcasts.worker import look_after  # noqa: E402
from tactful.calendars.worker import read_due  # noqa: E402
from tactful.config.background_replay import replay_waiting  # noqa: E402
from tactful.config.backup import DEPARTURES  # noqa: E402
from tactful.config.backup.nightly import back_up_when_due  # noqa: E402
from tactful.config.child import READY_LINE  # noqa: E402
from tactful.config.standing import notice_a_copy  # noqa: E402
from tactful.connectors.actions import take_deliveries  # noqa: E402
from tactful.contacts.actions import continue_imports  # noqa: E402
from tactful.delivery.queries import sending_paused  # noqa: E402
from tactful.delivery.rules.departures import MADE_OF_ANOTHER  # noqa: E402
from tactful.delivery.worker import DeliveryWorker, listen, wait_for_news  # noqa: E402
from tactful.events.actions import tally_new  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.collector import calm_collector  # noqa: E402
from tactful.journeys.driver import run_due  # noqa: E402
from tactful.journeys.worker import call_out  # noqa: E402
from tactful.tracking.actions import take_in  # noqa: E402
from tactful.webhooks.worker import tell_waiting  # noqa: E402
from tactful.wiring.broadcasts import house_at  # noqa: E402
from tactful.wiring.chores import CHORES, Chore, run_chore  # noqa: E402
from tactful.wiring.friday import tell_owners  # noqa: E402
from tactful.wiring.journey_facts import loader  # noqa: E402
from tactful.wiring.letters import fact_sources  # noqa: E402
from tactful.wiring.mail import JOURNALS, open_transport, take_mail_in  # noqa: E402
from tactful.wiring.polling import poll_mailboxes  # noqa: E402
from tactful.wiring.reactor import run_all  # noqa: E402
from tactful.wiring.segments import compute  # noqa: E402
from tactful.wiring.undoing import continue_undoing  # noqa: E402

logger = logging.getLogger(__name__)

PAUSE_AFTER_TROUBLE = 1.0  # seconds


def main() -> int:
    """Run until asked to stop; what is under way is finished or handed back within thirty seconds."""
    calm_collector()
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda _signal, _frame: stop.set())
    _look_where_we_are(stop)
    parts: dict[str, Callable[[threading.Event], None]] = {
        "sending": _send,
        "journeys": _forever(_move),
        "broadcasts": _forever(_feed),
        "chores": _do_chores,
        "polling": _forever(poll_mailboxes),
        "imports": _forever(_read_files),
        "calls": _forever(_call_out),
        "tracking": _forever(_take_in),
        "calendars": _forever(_read_calendars),
        "webhooks": _forever(_take_deliveries),
        "computing": _forever(_compute),
        "replays": _forever(_replay),
        "backups": _forever(back_up_when_due),
    }
    threads = [threading.Thread(target=part, args=(stop,), name=name) for name, part in parts.items()]
    with take_mail_in(settings.ENVIRONMENT.inbound_port):
        for thread in threads:
            thread.start()
        print(READY_LINE, flush=True)
        while not stop.wait(1.0):
            pass
        for thread in threads:
            thread.join()
    return 0


def _look_where_we_are(stop: threading.Event) -> None:
    """Before anything is sent. A database that does not answer yet, or is not up to date, is waited for."""
    while not stop.is_set():
        try:
            notice_a_copy(settings.ENVIRONMENT, print)
        except psycopg.Error as error:
            logger.warning("The worker waits for the database: %s", str(error).partition("\n")[0])
            stop.wait(PAUSE_AFTER_TROUBLE)
        else:
            return


def _send(stop: threading.Event) -> None:
    folder = Path(settings.ENVIRONMENT.home) / "journals"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    departures = settings.ENVIRONMENT.backup_folder / DEPARTURES
    DeliveryWorker(fact_sources(), open_transport, folder, JOURNALS, departures=departures).run(stop)
    connection.close()


def _move(stop: threading.Event) -> None:
    """Journeys whose moment has come, and everything that follows from new facts."""
    now = business_now()
    moved = run_due(loader(now), now)
    reacted = run_all(now)
    if not moved and not reacted and not stop.is_set():
        listen()
        wait_for_news(stop)


def _feed(stop: threading.Event) -> None:
    """Broadcasts whose time has come, chunk by chunk."""
    if not look_after(house_at(business_now())):
        stop.wait(0.5)


def _do_chores(stop: threading.Event) -> None:
    due: dict[str, float] = {}

    def once(_stop: threading.Event) -> None:
        for chore in CHORES:
            if time.monotonic() >= due.get(chore.name, 0.0):
                due[chore.name] = time.monotonic() + chore.every
                _chore(chore)
        stop.wait(0.2)

    _forever(once)(stop)


def _read_files(stop: threading.Event) -> None:
    """Files of clients, batch by batch; apart from the chores, which must not wait for them."""
    now = business_now()
    if not continue_imports(now=now) and not continue_undoing(now):
        stop.wait(1.0)


def _call_out(stop: threading.Event) -> None:
    """Other systems may be slow: nobody but the next call waits for them. A restored house that nobody has
    confirmed calls nobody."""
    now = business_now()
    if sending_paused() in MADE_OF_ANOTHER:
        stop.wait(1.0)
    elif not call_out(now) and not tell_waiting(now):
        tell_owners(now)
        stop.wait(1.0)


def _take_in(stop: threading.Event) -> None:
    """Calls of other systems that were stored at the door."""
    if not take_in(business_now()):
        stop.wait(0.1)


def _take_deliveries(stop: threading.Event) -> None:
    """Webhooks of other systems that were stored at the door."""
    if not take_deliveries(business_now()):
        stop.wait(0.5)


def _read_calendars(stop: threading.Event) -> None:
    """Other servers may be slow: nobody but the next calendar waits for them."""
    if not read_due(business_now()):
        stop.wait(2.0)


def _compute(stop: threading.Event) -> None:
    """Properties that follow from events, and how often each has happened."""
    if not compute() + tally_new(business_now()):
        stop.wait(0.5)


def _replay(stop: threading.Event) -> None:
    """What a page has asked to be replayed; told in a process of its own."""
    if not replay_waiting(stop):
        stop.wait(1.0)


def _chore(chore: Chore) -> None:
    run_chore(chore, business_now())


def _forever(once: Callable[[threading.Event], None]) -> Callable[[threading.Event], None]:
    """Again and again until stopped. Trouble with the database is waited out, on a new connection."""

    def run(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                once(stop)
            except Exception:
                logger.exception("This part of the worker failed and starts anew.")
                connection.close()
                stop.wait(PAUSE_AFTER_TROUBLE)
        connection.close()

    return run
