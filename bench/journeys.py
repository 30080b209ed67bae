"""``bin/bench journeys``: many clients wait, a fifth of them fall due at one moment.

Each of them is moved once, with the real facts of the house: out of its wait, over a branch, and on to a
queued message, a person's task or the next wait. ``steps`` counts the steps that they entered on the way,
``moves`` the enrolments that were moved. Rates are those of all workers together; CPU is that of Tactful
and PostgreSQL. Before that the idle cost of the worker's journey loop is measured, with nobody on a journey and
then with everybody waiting: ``idle_cpu_percent_empty`` and ``idle_cpu_percent``.
"""

import argparse
import os
import signal
import sys
import time
from datetime import timedelta
from threading import Event, Thread

from bench import house
from bench.machine import Watched, cpu_seconds, postmaster_pid

FALLS_DUE = timedelta(hours=1)


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench journeys")
    options.add_argument("--waiting", type=int, default=1_000_000)
    options.add_argument("--due", type=int, default=200_000)
    options.add_argument(
        "--workers", type=int, default=3, help="each waits for PostgreSQL a third of its time"
    )
    options.add_argument("--idle-seconds", type=float, default=10.0)
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    options.add_argument(
        "--replay", action="store_true", help="also replay a journey over 90 days of the past"
    )
    options.add_argument("--replay-clients", type=int, default=100_000)
    options.add_argument("--replay-events", type=int, default=5_000_000)
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return PARTS[given.part]()
    if given.due > given.waiting:
        raise SystemExit(f"{given.due} of {given.waiting} cannot fall due. Give --due a smaller number.")
    with house.database("journeys") as environ:
        house.report(measure(given, environ))
    return None


def measure(given: argparse.Namespace, environ: dict[str, str]) -> dict[str, float | int]:
    from bench import crowd  # noqa: PLC0415, needs Django

    empty = measure_idle(given.idle_seconds, environ)
    began = time.monotonic()
    crowd.make(given.waiting, given.due, FALLS_DUE)
    say(f"{given.waiting} wait; that took {time.monotonic() - began:.0f} s. Now nothing happens for a while.")
    idle = measure_idle(given.idle_seconds, environ)
    say(f"Idle costs {idle:.2f} % of a core, {empty:.2f} with nobody there. Now {given.due} fall due.")
    visits = _visits()
    took, used = measure_steps(given.workers, environ)
    steps = _visits() - visits
    figures: dict[str, float | int] = {
        "waiting": given.waiting,
        "moves": given.due,
        "moves_per_s": round(given.due / took),
        "steps": steps,
        "steps_per_s": round(steps / took),
        "cpu_ms_per_step": round(used * 1000 / steps, 4),
        "idle_cpu_percent": round(idle, 2),
        "idle_cpu_percent_empty": round(empty, 2),
    }
    return figures | (measure_replay(given) if given.replay else {})


def measure_replay(given: argparse.Namespace) -> dict[str, float | int]:
    from bench import past  # noqa: PLC0415, needs Django

    began = time.monotonic()
    definition, since, until = past.make(given.replay_clients, given.replay_events)
    say(f"{given.replay_events} events of the past took {time.monotonic() - began:.0f} s. Now the replay.")
    return past.measure(definition, since, until, _postmaster(), say)


def measure_idle(seconds: float, environ: dict[str, str]) -> float:
    part = house.start(environ, "bench.journeys", "--part", "idle")
    roots = [_postmaster(), part.pid]
    house.go(part)
    time.sleep(2.0)  # the first round fills caches
    before, began = cpu_seconds(roots), time.monotonic()
    time.sleep(seconds)
    share = (cpu_seconds(roots) - before) / (time.monotonic() - began)
    _end([part])
    return share * 100


def measure_steps(workers: int, environ: dict[str, str]) -> tuple[float, float]:
    """Seconds on the wall and seconds of CPU."""
    from django.db import transaction  # noqa: PLC0415

    from tactful.foundation.clock import shift_business_clock  # noqa: PLC0415

    parts = [house.start(environ, "bench.journeys", "--part", "work") for _ in range(workers)]
    with transaction.atomic():
        shift_business_clock(FALLS_DUE + timedelta(minutes=1))
    roots = [_postmaster(), *(part.pid for part in parts)]
    before, before_database, began = cpu_seconds(roots), cpu_seconds(roots[:1]), time.monotonic()
    for part in parts:
        house.go(part)
    counts = [_number(part) for part in parts]
    took, used = time.monotonic() - began, cpu_seconds(roots) - before
    database = cpu_seconds(roots[:1]) - before_database
    say(f"Moved: {counts}. Of {used:.1f} s of CPU, PostgreSQL took {database:.1f} s.")
    _end(parts)
    _check(sum(counts))
    return took, used


def _visits() -> int:
    """Steps entered so far, by all enrolments together."""
    return _one("SELECT sum(visit) FROM enrolment")


def _check(moved: int) -> None:
    failing = _one("SELECT count(*) FROM enrolment WHERE failures > 0")
    reminded = _one("SELECT count(*) FROM enrolment WHERE step = 'remind'")
    called = _one("SELECT count(*) FROM enrolment WHERE step = 'call'")
    queued = _one("SELECT count(*) FROM dispatch")
    tasks = _one("SELECT count(*) FROM event WHERE name = 'task.wanted'")
    waiting = moved - queued - tasks
    say(f"{moved} moves: {queued} messages, {tasks} tasks, {waiting} went on waiting, {failing} failed.")
    if failing or queued != reminded or tasks != called or not 0 < waiting < moved:
        raise SystemExit("Not every step was taken as it should be; the numbers above say which.")


def _one(question: str) -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def _number(part: Watched) -> int:
    assert part.process.stdout is not None
    return int(part.process.stdout.readline())


def _end(parts: list[Watched]) -> None:
    for part in parts:
        part.process.send_signal(signal.SIGTERM)
    for part in parts:
        part.process.wait(40)


def _postmaster() -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return postmaster_pid(str(cursor.fetchone()[0]))


def work() -> None:
    """What the worker's loop does, until nothing is due."""
    _setup()
    from tactful.foundation.clock import business_now  # noqa: PLC0415
    from tactful.journeys.driver import run_due  # noqa: PLC0415
    from tactful.journeys.plans import standing  # noqa: PLC0415
    from tactful.wiring.journey_facts import loader  # noqa: PLC0415

    standing()  # compiles the plan, as any running worker has done
    house.say_ready()
    moved = looked = 0
    while True:
        now = business_now()
        looked = run_due(loader(now), now)
        if not looked:
            break
        moved += looked
    print(moved, flush=True)
    signal.pause()


def idle() -> None:
    """The worker's own loop for journeys and reactions."""
    _setup()
    from tactful.config.worker import _forever, _move  # noqa: PLC0415

    stop = Event()
    loop = Thread(target=_forever(_move), args=(stop,))
    house.say_ready()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    loop.start()
    loop.join()


PARTS = {"work": work, "idle": idle}


def _setup() -> None:
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
