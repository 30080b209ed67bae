"""``bin/bench send``: a broadcast through the whole outbox into a mail server on loopback.

Each mail has its own row, gate check with real facts, compiled body with personal fields, a personal
link and an unsubscribe token. CPU and memory are those of Tactful and PostgreSQL, without the sink.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator

from bench import house
from bench.machine import Peak, Watched, cpu_seconds, postmaster_pid

CHUNK = 1_000
BUSY = "SELECT EXISTS (SELECT FROM sending_batch)"
WAITING = "SELECT EXISTS (SELECT FROM dispatch WHERE shelf = 1)"
SENT = "SELECT count(*) FROM dispatch WHERE state = 'sent'"
NAMES = ("PostgreSQL", "enqueue", "worker")


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench send")
    options.add_argument("--emails", type=int, default=20_000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    options.add_argument("--line", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return PARTS[given.part](given)
    with house.database("send") as environ, house.sink(environ) as port:
        house.report(measure(given, environ, port))
    return None


def measure(given: argparse.Namespace, environ: dict[str, str], port: int) -> dict[str, float | int]:
    line = house.seed(given.emails, port)
    say(f"{given.emails} clients are there; sending begins.")
    asked = ["--emails", str(given.emails), "--line", "{},{}".format(*line)]
    parts = [house.start(environ, "bench.send", "--part", "enqueue", *asked)]
    parts += [house.start(environ, "bench.send", "--part", "work", *asked) for _ in range(given.workers)]
    roots = [postmaster_pid(_data_directory()), *(part.pid for part in parts)]
    asking = int(_one("SELECT pg_backend_pid()"))
    before, began = {root: cpu_seconds([root]) for root in roots}, time.monotonic()
    asked_before = cpu_seconds([asking])
    with Peak(lambda: roots) as peak:
        for part in parts:
            house.go(part)
        _wait_until_sent(given.emails)
        took = time.monotonic() - began
        spent = {root: cpu_seconds([root]) - before[root] for root in roots}
        spent[roots[0]] -= cpu_seconds([asking]) - asked_before
    shares = (
        f"{name} {spent[root] * 1000 / given.emails:.3f}" for name, root in zip(NAMES, roots, strict=False)
    )
    say(f"CPU ms per email: {', '.join(shares)}")
    _end(parts)
    return {
        "emails": given.emails,
        "emails_per_s": round(given.emails / took),
        "cpu_ms_per_email": round(sum(spent.values()) * 1000 / given.emails, 4),
        "peak_mb": round(peak.mb),
    }


def _wait_until_sent(wanted: int) -> None:
    """Asks the one small table of batches under way, seldom the outbox itself. What these questions cost is
    taken off in the end: the product does not ask them."""
    sent = -1
    while sent < wanted:
        time.sleep(0.1)
        if not _one(BUSY) and not _one(WAITING):
            sent = int(_one(SENT))
            say(f"{sent} sent")


def _one(question: str) -> bool | int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(question)
        answer: bool | int = cursor.fetchone()[0]
        return answer


def _end(parts: list[Watched]) -> None:
    for part in parts:
        part.process.send_signal(signal.SIGTERM)
    for part in parts:
        part.process.wait(40)


def _data_directory() -> str:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return str(cursor.fetchone()[0])


def enqueue_all(given: argparse.Namespace) -> None:
    """The cause: one transaction for each thousand clients."""
    _setup()
    from tactful.contacts.models import Contact  # noqa: PLC0415
    from tactful.delivery.actions import enqueue  # noqa: PLC0415
    from tactful.foundation.clock import business_now  # noqa: PLC0415

    touchpoint, revision = map(int, given.line.split(","))
    ids = list(Contact.objects.order_by("id").values_list("pk", flat=True))
    house.say_ready()
    for chunk in house.chunks(ids, CHUNK):
        now = business_now()
        enqueue(list(messages(chunk, touchpoint, revision, now)), now=now)
    signal.pause()


def messages(contacts, touchpoint, revision, now) -> Iterator:  # type: ignore[no-untyped-def, type-arg]
    from tactful.delivery.types import NewMessage  # noqa: PLC0415
    from tactful.foundation.secrets import key_ring  # noqa: PLC0415
    from tactful.kernel.tokens import sign  # noqa: PLC0415
    from tactful.touchpoints.types import Line, MessageClass, Purpose  # noqa: PLC0415

    ring = key_ring()
    for contact in contacts:
        yield NewMessage(
            contact_id=contact,
            dedupe_key=f"broadcast:1:{contact}",
            message_class=MessageClass.MARKETING,
            purpose=Purpose.MARKETING,
            due_at=now,
            cause_kind="broadcast",
            cause_id=1,
            line=Line.STRUCTURAL,
            touchpoint_id=touchpoint,
            touchpoint_rev=revision,
            template="bench-news",
            variables={
                "link": f"https://fjord.example/l/{sign(ring, 'link', contact)}",
                "matter": f"sak {contact}",
            },
        )


def work(_given: argparse.Namespace) -> None:
    _setup()
    import tactful.delivery.worker  # noqa: PLC0415
    import tactful.wiring.letters  # noqa: PLC0415
    import tactful.wiring.mail  # noqa: F401, PLC0415

    house.say_ready()
    run_worker()


def run_worker(batch: int | None = None) -> None:
    """A worker as the product runs it, until SIGTERM. ``batch``: most per claim, if not as always."""
    from pathlib import Path  # noqa: PLC0415
    from threading import Event  # noqa: PLC0415

    from tactful.delivery.worker import DeliveryWorker  # noqa: PLC0415
    from tactful.wiring.letters import fact_sources  # noqa: PLC0415
    from tactful.wiring.mail import JOURNALS, open_transport  # noqa: PLC0415

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    folder = Path(os.environ["TACTFUL_HOME"]) / "journals"
    limits = {} if batch is None else {"batch": batch}
    worker = DeliveryWorker(fact_sources(), open_transport, folder, JOURNALS, **limits)
    if out := os.environ.get("BENCH_PROFILE"):
        import cProfile  # noqa: PLC0415

        profile = cProfile.Profile()
        profile.runcall(worker.run, stop)
        profile.dump_stats(out)
        return
    worker.run(stop)


PARTS = {"enqueue": enqueue_all, "work": work}


def _setup() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
