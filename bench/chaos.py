"""``bin/bench chaos``: workers are killed at random while a mail server hangs up after some of the dots.

Nothing may be lost; marketing arrives at most once; must-arrive mail twice at most once per kill, with
the same Message-ID and the same bytes; what nobody knows is called unknown.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from bench import house
from bench.send import messages, run_worker, say
from tactful.config.postgres.postmaster import alive

WORKERS = 2
BATCH = 20  # a kill takes so many messages out of the game for the length of a lease
MUST_ARRIVE_SHARE = 3  # one message in three is awaited by its client


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench chaos")
    options.add_argument("--messages", type=int, default=3_000)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return nursery()
    with house.database("chaos") as environ, tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "taken.txt"
        environ |= {"TACTFUL_HOME": folder, "TACTFUL_LOG_LEVEL": "ERROR"}
        # The server is slow, so that kills find mails at every stage of their way.
        with house.sink(environ, "--drop", "2", "--latency", "0.05", "--record", str(record)) as port:
            house.report(Chaos(given, environ, record).run(port))
    return None


def nursery() -> None:
    """Forks a worker for each line that it reads, so that a new one is there at once."""
    import django  # noqa: PLC0415

    django.setup()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            run_worker(BATCH)
            os._exit(0)
        print(child, flush=True)


class Chaos:
    def __init__(self, given: argparse.Namespace, environ: dict[str, str], record: Path) -> None:
        self.given = given
        self.environ = environ
        self.record = record
        self.dice = random.Random(given.seed)
        self.nursery = house.start(environ, "bench.chaos", "--part", "nursery")
        self.workers: list[int] = []
        self.kills = 0
        self.slowest = 0.0

    def run(self, port: int) -> dict[str, float | int]:
        line = house.seed(self.given.messages, port)
        ids = self._enqueue(line)
        self.workers = [self._worker() for _ in range(WORKERS)]
        self._kill_at_random(len(ids))
        self._wait_until_settled()
        self._send_home()
        self.nursery.process.terminate()
        self.nursery.process.wait(40)
        return self._judge(ids)

    def _worker(self) -> int:
        """A new process with everything imported; answers with its id."""
        house.go(self.nursery)
        assert self.nursery.process.stdout is not None
        return int(self.nursery.process.stdout.readline())

    def _send_home(self) -> None:
        """And wait: the database goes at the end, and nobody shall be in it."""
        for worker in self.workers:
            os.kill(worker, signal.SIGTERM)
        patience = time.monotonic() + 40
        while any(alive(worker) for worker in self.workers):
            if time.monotonic() > patience:
                raise SystemExit("A worker was asked to stop and did not.")
            time.sleep(0.05)

    def _enqueue(self, line: tuple[int, int]) -> dict[int, bool]:
        """Message id -> whether it must arrive."""
        from tactful.contacts.models import Contact  # noqa: PLC0415
        from tactful.delivery.actions import enqueue  # noqa: PLC0415
        from tactful.foundation.clock import business_now  # noqa: PLC0415
        from tactful.touchpoints.types import MessageClass  # noqa: PLC0415

        now = business_now()
        made = list(messages(list(Contact.objects.values_list("pk", flat=True)), *line, now))
        for place in range(0, len(made), MUST_ARRIVE_SHARE):
            made[place] = made[place]._replace(message_class=MessageClass.AWAITED)
        ids = enqueue(made, now=now)
        return {
            ident: message.message_class is MessageClass.AWAITED
            for ident, message in zip(ids, made, strict=True)
            if ident
        }

    def _kill_at_random(self, total: int) -> None:
        """Kills follow the progress, so that they are spread over the whole run."""
        pace, sent, since = max(1, total // self.given.kills - 1), 0, time.monotonic()
        while self.kills < self.given.kills:
            time.sleep(self.dice.uniform(0.01, 0.08))
            if (now_sent := self._count("sent", "unknown")) < sent + pace and time.monotonic() - since < 2:
                continue
            sent, since = now_sent, time.monotonic()
            place = self.dice.randrange(WORKERS)
            os.kill(self.workers[place], signal.SIGKILL)
            self.kills += 1
            self.workers[place] = self._worker()
            self.slowest = max(self.slowest, self._oldest_lease())
            if self.kills % 20 == 0:
                say(f"{self.kills} kills, {self._count('sent')} of {total} sent")

    def _wait_until_settled(self) -> None:
        began = time.monotonic()
        last = -1
        while (left := self._count("queued", "claimed", "handoff")) > 0:
            time.sleep(0.25)
            self.slowest = max(self.slowest, self._oldest_lease())
            if left != last:
                last, began = left, time.monotonic()
            if time.monotonic() - began > 120:
                raise SystemExit(f"{left} messages do not move any more.")

    def _count(self, *states: str) -> int:
        from tactful.delivery.models import Dispatch  # noqa: PLC0415

        return Dispatch.objects.filter(state__in=states).count()

    def _oldest_lease(self) -> float:
        """Seconds for which a dead worker's messages have been waiting for somebody else."""
        from django.db import connection  # noqa: PLC0415

        query = (
            "SELECT COALESCE(max(extract(epoch FROM clock_timestamp() - w.lease_until)) + 20, 0)"
            " FROM sending_worker w WHERE EXISTS (SELECT 1 FROM sending_batch b WHERE b.worker_id = w.id)"
            " AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory'"
            " AND ((l.classid::bigint << 32) | l.objid::bigint) = w.id)"
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            return float(cursor.fetchone()[0])

    def _judge(self, ids: dict[int, bool]) -> dict[str, float | int]:
        from tactful.delivery.models import Dispatch  # noqa: PLC0415
        from tactful.foundation.secrets import key_ring  # noqa: PLC0415
        from tactful.kernel.tokens import verify  # noqa: PLC0415

        states = dict(Dispatch.objects.values_list("pk", "state"))
        copies: Counter[int] = Counter()
        digests: dict[int, set[str]] = defaultdict(set)
        forged = 0
        for row in self.record.read_text().splitlines():
            message_id, digest, _, _ = row.split(" ")
            ident = verify(key_ring(), "message-id", message_id.strip("<>").partition("@")[0])
            copies[ident] += 1
            digests[ident].add(digest)
        for ident, seen in digests.items():
            forged += len(seen) > 1 or ident not in states
        sent = [ident for ident, state in states.items() if state == "sent"]
        lost = sum(1 for ident in ids if ident not in states) + sum(1 for ident in sent if not copies[ident])
        lost += sum(1 for state in states.values() if state not in ("sent", "unknown"))
        return {
            "messages": len(ids),
            "kills": self.kills,
            "lost": lost,
            "duplicates_marketing": sum(copies[ident] - 1 for ident in copies if not ids[ident]),
            "duplicates_must_arrive": sum(copies[ident] - 1 for ident in copies if ids[ident]),
            "message_ids_changed": forged,
            "unknown": sum(state == "unknown" for state in states.values()),
            "slowest_recovery_s": round(self.slowest, 1),
        }


if __name__ == "__main__":
    main()
