"""``bin/bench broadcast``: one message to many clients, paused, resumed, its workers killed with ``kill -9``.

Workers are those of the product. Nobody may be lost, nobody may get it twice, and the account must add up to
the frozen audience at every look.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import house
from bench.send import say

LOOK = 0.5  # seconds
STUCK = 120.0  # seconds without a change


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench broadcast")
    options.add_argument("--people", type=int, default=20_000)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with house.database("broadcast") as environ, tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "taken.txt"
        environ |= {"TACTFUL_HOME": folder, "TACTFUL_LOG_LEVEL": "ERROR"}
        with house.sink(environ, "--latency", "0.005", "--record", str(record)) as port:
            house.report(Run(given.people, environ, record).measure(port))


class Run:
    def __init__(self, people: int, environ: dict[str, str], record: Path) -> None:
        self.people = people
        self.environ = environ
        self.record = record
        self.kills = self.wrong_sums = 0
        self.figures: dict[str, float | int] = {}
        self.id = 0

    def measure(self, port: int) -> dict[str, float | int]:
        house.seed(self.people, port)
        say(f"{self.people} clients are there.")
        self.id = self._send()
        began = time.monotonic()
        worker = self._worker()
        self._until(lambda at: at["fed"] > 0, "the first are queued")
        worker = self._kill(worker)
        self._until(lambda at: at["sent"] > self.people // 5, "a fifth is sent")
        self._pause_and_resume()
        self._until(lambda at: at["sent"] > self.people * 2 // 5, "two fifths are sent")
        worker = self._kill(worker)
        self._until(lambda at: at["state"] == "finished", "it has come to its end")
        took = time.monotonic() - began
        worker.terminate()
        worker.wait(40)
        return self._judge() | {"took_s": round(took, 1), **self.figures}

    def _send(self) -> int:
        from tactful.broadcasts import actions  # noqa: PLC0415
        from tactful.broadcasts.types import Plan, Variant, Words  # noqa: PLC0415
        from tactful.foundation.clock import business_now  # noqa: PLC0415
        from tactful.foundation.models import Role, User  # noqa: PLC0415
        from tactful.segments.actions import NewSegment, make_segment  # noqa: PLC0415
        from tactful.wiring.broadcasts import house_at  # noqa: PLC0415

        now = business_now()
        asked = house_at(now)
        owner = User.objects.add(email="a@fjord.example", name="Ingrid", role=Role.OWNER)
        document = {"format": "tactful.segment/1", "where": {"field": "country", "is": "NO"}}
        segment = make_segment(
            NewSegment("All", document), allowed=asked.allowed, acting_user=None, moment=asked.moment
        )
        words = {"nb": Words("Nytt fra oss, {{ given_name }}", "", "Hei {{ given_name }}.\n\nVi har åpent.")}
        plan = Plan("News", segment.slug, "news", (Variant(words, 1), Variant(words, 1)), delay_minutes=0)
        row = actions.create(plan=plan, acting_user=owner.id, now=now)
        actions.send(broadcast_id=row.id, house=asked, acting_user=owner.id)
        return row.id

    def _worker(self) -> "subprocess.Popen[str]":
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = door.getsockname()[1]
        environ = self.environ | {"TACTFUL_INBOUND_PORT": str(port)}
        return subprocess.Popen(
            [sys.executable, "-m", "tactful", "worker"], env=environ, stdout=subprocess.DEVNULL, text=True
        )

    def _kill(self, worker: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        self.kills += 1
        say(f"killed, {self._look()}")
        return self._worker()

    def _pause_and_resume(self) -> None:
        from tactful.broadcasts import actions  # noqa: PLC0415
        from tactful.delivery.models import Dispatch  # noqa: PLC0415
        from tactful.foundation.clock import business_now  # noqa: PLC0415
        from tactful.foundation.models import User  # noqa: PLC0415

        who = User.objects.get().id
        asked = time.monotonic()
        actions.pause(broadcast_id=self.id, acting_user=who, now=business_now())
        while Dispatch.objects.filter(state__in=["claimed", "handoff"]).exists():
            time.sleep(0.02)
        self.figures["pause_s"] = round(time.monotonic() - asked, 2)
        before = self._taken()
        time.sleep(2)
        self.figures["left_while_paused"] = self._taken() - before
        say(f"paused, {self._look()}")
        actions.resume(broadcast_id=self.id, acting_user=who, now=business_now())

    def _taken(self) -> int:
        return len(self.record.read_text().splitlines()) if self.record.exists() else 0

    def _look(self) -> dict[str, Any]:
        from tactful.broadcasts import queries  # noqa: PLC0415
        from tactful.broadcasts.types import Standing  # noqa: PLC0415
        from tactful.delivery.models import Message  # noqa: PLC0415

        row = queries.broadcast(self.id)
        assert row is not None
        began = time.monotonic()
        found = queries.account_of(row)
        self.figures["account_ms"] = round((time.monotonic() - began) * 1000)
        if row.size is not None and not sum(found.counts.values()) == found.audience == row.size:
            self.wrong_sums += 1
        return {
            "state": row.state,
            "fed": Message.objects.filter(cause_kind="broadcast", cause_id=self.id).count(),
            "sent": found.counts.get(Standing.SENT, 0),
        }

    def _until(self, met: Any, what: str) -> None:
        last, since = None, time.monotonic()
        while not met(found := self._look()):
            if found != last:
                last, since = found, time.monotonic()
            if time.monotonic() - since > STUCK:
                raise SystemExit(f"Waited in vain until {what}: {found}")
            time.sleep(LOOK)

    def _judge(self) -> dict[str, float | int]:
        from tactful.broadcasts import queries  # noqa: PLC0415
        from tactful.broadcasts.models import BroadcastPerson  # noqa: PLC0415
        from tactful.broadcasts.types import Standing  # noqa: PLC0415

        row = queries.broadcast(self.id)
        assert row is not None
        found = queries.account_of(row)
        copies = Counter(line.split(" ")[2] for line in self.record.read_text().splitlines())
        sent = queries.people_of(self.id, Standing.SENT, limit=self.people + 1)
        asked = set(BroadcastPerson.objects.values_list("contact_id", flat=True))
        lost = sum(1 for each in sent if not copies[f"k{each.contact_id}@client.example"])
        return {
            "people": self.people,
            "accounted": sum(found.counts.values()),
            "once": len(asked),
            "sent": found.counts.get(Standing.SENT, 0),
            "unknown": found.counts.get(Standing.FAILED, 0),
            "lost": lost + self.people - len(asked),
            "duplicates": sum(count - 1 for count in copies.values()),
            "wrong_sums": self.wrong_sums,
            "kills": self.kills,
        }


if __name__ == "__main__":
    main()
