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

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.conf import settings  # noqa: E402, Django must be set up first
from django.db import connection  # noqa: E402

from tactful.config.background_replay import replay_waiting  # noqa: E402
from tactful.config.child import READY_LINE  # noqa: E402
from tactful.contacts.actions import continue_imports  # noqa: E402
from tactful.delivery.worker import DeliveryWorker, listen, wait_for_news  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.collector import calm_collector  # noqa: E402
from tactful.journeys.driver import run_due  # noqa: E402
from tactful.journeys.worker import call_out  # noqa: E402
from tactful.tracking.actions import count_new, take_in  # noqa: E402
from tactful.webhooks.worker import tell_waiting  # noqa: E402
from tactful.wiring.chores import CHORES, Chore, run_chore  # noqa: E402
from tactful.wiring.journey_facts import loader  # noqa: E402
from tactful.wiring.letters import fact_sources  # noqa: E402
from tactful.wiring.mail import JOURNALS, open_transport, poll_mailboxes, take_mail_in  # noqa: E402
from tactful.wiring.reactor import run_all  # noqa: E402

logger = logging.getLogger(__name__)

PAUSE_AFTER_TROUBLE = 1.0  # seconds


def main() -> int:
    """Run until asked to stop; what is under way is finished or handed back within thirty seconds."""
    calm_collector()
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda _signal, _frame: stop.set())
    parts: dict[str, Callable[[threading.Event], None]] = {
        "sending": _send,
        "journeys": _forever(_move),
        "chores": _do_chores,
        "polling": _forever(poll_mailboxes),
        "imports": _forever(_read_files),
        "calls": _forever(_call_out),
        "tracking": _forever(_take_in),
        "computing": _forever(_compute),
        "replays": _forever(_replay),
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


def _send(stop: threading.Event) -> None:
    folder = Path(settings.ENVIRONMENT.home) / "journals"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    DeliveryWorker(fact_sources(), open_transport, folder, JOURNALS).run(stop)
    connection.close()


def _move(stop: threading.Event) -> None:
    """Journeys whose moment has come, and everything that follows from new facts."""
    now = business_now()
    moved = run_due(loader(now), now)
    reacted = run_all(now)
    if not moved and not reacted and not stop.is_set():
        listen()
        wait_for_news(stop)


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
    if not continue_imports(now=business_now()):
        stop.wait(1.0)


def _call_out(stop: threading.Event) -> None:
    """Other systems may be slow: nobody but the next call waits for them."""
    now = business_now()
    if not call_out(now) and not tell_waiting(now):
        stop.wait(1.0)


def _take_in(stop: threading.Event) -> None:
    """Calls of other systems that were stored at the door."""
    if not take_in(business_now()):
        stop.wait(0.1)


def _compute(stop: threading.Event) -> None:
    """Properties that follow from events."""
    if not count_new(business_now()):
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
