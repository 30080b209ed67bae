"""A replay that a page has asked for: in a process of its own, so that sending and pages keep their pace.

A thread of the worker takes it up, listens to how far it is, and ends it when a person cancels it or when
the worker stops. The process writes nothing until it is done.
"""

import logging
import multiprocessing
import os
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

from django.db import connection  # noqa: E402, Django must be set up first

from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.collector import calm_collector  # noqa: E402
from tactful.journeys import actions, queries  # noqa: E402
from tactful.journeys.rules.definition import parse  # noqa: E402
from tactful.wiring.replay import replay, whom  # noqa: E402

logger = logging.getLogger(__name__)

LISTEN = 0.5  # seconds between two looks at whether it is still wanted
POLITE = 10  # what else runs on this machine comes first
BROKEN = "broken"


def replay_waiting(stop: threading.Event) -> bool:
    """Tell the replay that waits, if one does; the time that it takes. Answers whether there was one."""
    run = actions.take_replay(business_now())
    if run is None:
        return False
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=tell_run, args=(run.id, theirs), name="replay", daemon=True)
    process.start()
    theirs.close()
    try:
        _watch(run.id, process, ours, stop)
    finally:
        process.terminate()
        process.join()
        ours.close()
    return True


def _watch(run_id: int, process: BaseProcess, ours: Connection, stop: threading.Event) -> None:
    while process.is_alive():
        if stop.is_set():
            actions.give_back(run_id)
            return
        if not actions.beat(run_id, *_heard(ours)) and process.is_alive():
            return  # cancelled, or done just now
        process.join(LISTEN)
    if process.exitcode:
        logger.error("The replay %s ended with %s.", run_id, process.exitcode)
        actions.fail_replay(run_id, BROKEN, business_now())


def _heard(ours: Connection) -> tuple[int, int] | tuple[()]:
    """The newest word of how many clients are done, of how many; nothing if there is none."""
    last: tuple[int, int] | tuple[()] = ()
    try:
        while ours.poll():
            last = ours.recv()
    except EOFError:
        return last
    return last


def tell_run(run_id: int, theirs: Connection) -> None:
    """In the process of its own."""
    os.nice(POLITE)
    calm_collector()
    try:
        run = queries.replay_run(run_id)
        if run is None:
            return
        definition = parse(run.document)
        among = whom(definition, run.since, run.until)
        theirs.send((0, len(among)))
        told = replay(
            definition,
            since=run.since,
            until=run.until,
            progress=lambda done, total: theirs.send((done, total)),
            among=among,
        )
        actions.keep_replay(run_id, told, business_now())
    finally:
        connection.close()
