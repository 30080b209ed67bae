"""``bin/bench ingest``: events over HTTP into the log, profiles, computed properties and journeys.

The web process and the worker are those of the product. Events come in batches of 100 over a few
connections from a process of its own, which counts as the world outside. The clock runs from the first
request until everything is processed: nothing waits in staging, and every consumer of the log has read to
its end. CPU is that of Tactful and PostgreSQL.

The mix, in each hundred: 66 tracked events of known clients (6 of them orders with a sum), 15 pages and 4
identify calls of known clients, 1 identify call of a new client, 14 pages and events of anonymous visitors.
"""

import argparse
import base64
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from bench import house
from bench.machine import Peak, cpu_seconds, postmaster_pid

BATCH = 100
CONNECTIONS = 4
KNOWN = 50_000
NAMES = ("web", "worker", "PostgreSQL")


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench ingest")
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--known", type=int, default=KNOWN, help="clients who are known before")
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    options.add_argument("--key", default="", help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return load(given)
    with house.database("ingest") as environ:
        house.report(measure(given, environ))
    return None


def measure(given: argparse.Namespace, environ: dict[str, str]) -> dict[str, float | int]:
    key = prepare(given.known)
    say(f"{given.known} clients are known; sending begins.")
    port = free_port()
    environ |= {"TACTFUL_PORT": str(port), "TACTFUL_HOST": "127.0.0.1"}
    asked = ["--part", "load", "--events", str(given.events), "--known", str(given.known)]
    loader = house.start(environ, "bench.ingest", *asked, "--key", key, "--port", str(port))
    parts = [start(environ, "web"), start(environ, "worker")]
    roots = [part.pid for part in parts] + [postmaster_pid(_one("SHOW data_directory"))]
    before, began = {root: cpu_seconds([root]) for root in roots}, time.monotonic()
    events_before = stored()
    try:
        with Peak(lambda: roots) as peak:
            house.go(loader)
            assert loader.process.stdout is not None
            sent = int(loader.process.stdout.readline())
            accepted = time.monotonic() - began
            wait_until_processed()
            took = time.monotonic() - began
            spent = {root: cpu_seconds([root]) - before[root] for root in roots}
        kept = stored() - events_before
        say_how(given.events, sent, accepted, took, spent)
    finally:
        for part in parts:
            part.send_signal(signal.SIGTERM)
            part.wait(40)
    return {
        "events": given.events,
        "events_per_s": round(given.events / took),
        "cpu_ms_per_event": round(sum(spent.values()) * 1000 / given.events, 4),
        "stored": kept,
        "lost": sent - kept,
        "peak_mb": round(peak.mb),
    }


def say_how(events: int, sent: int, accepted: float, took: float, spent: dict[int, float]) -> None:
    shares = (f"{name} {cpu * 1000 / events:.4f}" for name, cpu in zip(NAMES, spent.values(), strict=True))
    say(f"CPU ms per event: {', '.join(shares)}")
    say(f"Accepted after {accepted:.1f} s, processed after {took:.1f} s; {sent} of them stand on lines.")
    enrolled = _one("SELECT count(*) FROM enrolment")
    counted = _one("SELECT sum(n) FROM computed_value v JOIN computed_property p ON p.id = v.property_id"
                   " WHERE p.key = 'orders'")  # fmt: skip
    orders = _one("SELECT count(*) FROM event WHERE name = 'Order Completed'")
    new = _one("SELECT count(*) FROM contact")
    say(f"{new} clients, {orders} orders, {counted} of them computed, {enrolled} journeys begun.")


def prepare(known: int) -> str:
    """Clients with user ids, four computed properties, a live journey; answers with a write key."""
    from tactful.foundation.clock import business_now  # noqa: PLC0415
    from tactful.journeys.actions import import_journey, switch_on  # noqa: PLC0415
    from tactful.tracking.actions import NewProperty, add_source, define_property  # noqa: PLC0415
    from tactful.tracking.types import ComputedKind, KeyKind  # noqa: PLC0415

    now = business_now()
    people(known, now)
    journey = import_journey(JOURNEY, acting_user=None, now=now)
    switch_on(journey.journey_id, acting_user=None, now=now)
    for each in (
        NewProperty("Orders", ComputedKind.COUNT, "Order Completed"),
        NewProperty("Spent", ComputedKind.SUM, "Order Completed", "total"),
        NewProperty("Last seen product", ComputedKind.LAST, "Product Viewed", "sku"),
        NewProperty("Days since a visit", ComputedKind.DAYS_SINCE, "Page Viewed"),
    ):
        define_property(each, acting_user=None, now=now)
    return add_source("Bench", KeyKind.SERVER, acting_user=None, now=now).key


JOURNEY = """
format: tactful.journey/1
slug: bench-thanks
name: {en: Thanks, nb: Takk}
entry:
  event: Order Completed
  if: {event: total, more_than: 900}
stop_on_reply: false
steps:
- id: wait
  kind: wait
  delay: {days: 3}
"""


def people(known: int, now: datetime) -> None:
    """As if each had been identified with an address long ago."""
    from django.db import connection  # noqa: PLC0415

    first = 5_000_000_000
    with connection.cursor() as cursor:
        for statement in (
            (
                "INSERT INTO contact (id, name, given_name, sort_key, language, time_zone, country, subdivision,"
                " tier, attributes, source, created_at, gate_rev, pieces)"
                " SELECT %s + n, 'Kari Hansen ' || n, 'Kari', 'hansen ' || n, 'nb', '', 'NO', '', '', '{}',"
                " 'tracking:', %s, 0, '{}' FROM generate_series(0, %s) n"
            ),
            (
                "INSERT INTO identity (id, contact_id, kind, value, shown, is_primary, added_at)"
                " SELECT %s + n, 5000000000 + n, 'external', 'u' || n, 'u' || n, true, %s"
                " FROM generate_series(0, %s) n"
            ),
            (
                "INSERT INTO identity (id, contact_id, kind, value, shown, is_primary, added_at)"
                " SELECT %s + 1000000000 + n, 5000000000 + n, 'email', 'u' || n || '@client.example', '', true, %s"
                " FROM generate_series(0, %s) n"
            ),
        ):
            cursor.execute(statement, [first, now, known - 1])
        cursor.execute("INSERT INTO placed_identity (kind, value) SELECT kind, value FROM identity")
        cursor.execute('INSERT INTO tracked_user ("user", root) SELECT value, value FROM identity'
                       " WHERE kind = 'external'")  # fmt: skip
        cursor.execute('INSERT INTO identity_claim ("user", kind, value, ts, message_id)'
                       " SELECT 'u' || n, 'email', 'u' || n || '@client.example', %s, ''"
                       " FROM generate_series(0, %s) n", [now - timedelta(days=90), known - 1])  # fmt: skip
        cursor.execute("VACUUM ANALYZE")


def start(environ: dict[str, str], name: str) -> "subprocess.Popen[str]":
    from tactful.config.child import READY_LINE  # noqa: PLC0415

    part = subprocess.Popen(
        [house.PYTHON, "-m", "tactful", name],
        env=environ, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert part.stdout is not None
    for line in part.stdout:
        if line.strip() == READY_LINE:
            return part
    raise SystemExit(f"The {name} process did not start; its own words stand above.")


def stored() -> int:
    return int(_one("SELECT (SELECT count(*) FROM event WHERE source = 'tracking')"
                    " + (SELECT count(*) FROM visitor_event)"))  # fmt: skip


BEHIND = """SELECT EXISTS (SELECT FROM tracking_received) OR EXISTS (
    SELECT FROM unnest(ARRAY['reactions', 'journeys', 'computed']) AS a(consumer)
    CROSS JOIN generate_series(0, 7) AS b(lane) LEFT JOIN reactor_cursor c USING (consumer, lane)
    WHERE EXISTS (SELECT FROM event e WHERE e.lane = b.lane
        AND (e.xid, e.id) > (COALESCE(c.xid, 0)::text::xid8, COALESCE(c.event_id, 0))))"""


def wait_until_processed() -> None:
    while _one(BEHIND):
        time.sleep(0.1)


def load(given: argparse.Namespace) -> None:
    """The world outside; prints how many of the calls it sent become events."""
    auth = base64.b64encode(f"{given.key}:".encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {auth}"}
    made = list(batches(given.events, given.known))
    house.say_ready()
    share = [made[number::CONNECTIONS] for number in range(CONNECTIONS)]
    threads = [Thread(target=send, args=(given.port, headers, mine)) for mine in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(count for _, count in made), flush=True)


def send(port: int, headers: dict[str, str], mine: list[tuple[bytes, int]]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body, _ in mine:
        line.request("POST", "/v1/batch", body, headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(f"The door answered {answer.status}: {said[:300]!r}")


def batches(events: int, known: int) -> Iterator[tuple[bytes, int]]:
    """Bodies, each with the number of its calls that become events."""
    dice = random.Random(1)
    began = datetime.now(UTC) - timedelta(hours=1)
    for first in range(0, events, BATCH):
        calls = [call(dice, n, known, began) for n in range(first, min(events, first + BATCH))]
        sent = {"batch": calls, "sentAt": datetime.now(UTC).isoformat()}
        yield json.dumps(sent).encode(), sum(each["type"] != "identify" for each in calls)


def call(dice: random.Random, number: int, known: int, began: datetime) -> dict[str, Any]:
    at = began + timedelta(milliseconds=number)
    made: dict[str, Any] = {
        "messageId": str(uuid.UUID(int=dice.getrandbits(128))),
        "timestamp": at.isoformat(),
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "integrations": {},
    }
    kind = number % 100
    if kind < 86:
        made["userId"] = f"u{dice.randrange(known)}"
    if kind < 6:
        total = {"order_id": number, "total": dice.randrange(1, 100_000) / 100, "currency": "NOK"}
        return made | {"type": "track", "event": "Order Completed", "properties": total}
    if kind < 66:
        product = {"sku": f"p{dice.randrange(500)}", "name": "Blå genser", "price": 499.0, "category": "wool"}
        return made | {"type": "track", "event": "Product Viewed", "properties": product}
    if kind < 81:
        page = {"url": f"https://shop.example/{number % 97}", "title": "Shop", "referrer": ""}
        return made | {"type": "page", "name": "Shop", "properties": page}
    if kind < 85:
        traits = {"plan": dice.choice(["gold", "silver"]), "email": f"{made['userId']}@client.example"}
        return made | {"type": "identify", "traits": traits}
    if kind == 85:
        made["userId"] = f"n{number}"
        traits = {"email": f"n{number}@client.example", "name": f"Ola Nordmann {number}", "plan": "new"}
        return made | {"type": "identify", "traits": traits}
    made["anonymousId"] = f"a{dice.randrange(known)}"
    if kind < 93:
        return made | {"type": "track", "event": "Product Viewed", "properties": {"sku": "p1"}}
    return made | {"type": "page", "properties": {"url": "https://shop.example/", "title": "Shop"}}


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _one(question: str) -> Any:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
    main()
