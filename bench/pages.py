"""``bin/bench pages``: how long the pages take that a person of ours opens all day, among a million clients.

Each page goes through the whole stack but the network: middleware, session, rights, queries, template. Every
round asks for other clients, other words and another place in the list. ``p95_ms``: of all rounds of a page.
``cpu_ms``: what Python and PostgreSQL work for one, on the average. ``loop_s``: ``house.phase``. ``journey``: the
pages of one that a tenth of the clients walk: its flow, everybody inside, who stands at each step.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median, quantiles
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench import house, machine


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench pages")
    options.add_argument("--contacts", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--queries", action="store_true", help="also say which statements take longest")
    options.add_argument(
        "--keep", action="store_true", help="keep the clients for the next run, or take them"
    )
    options.add_argument("--only", default="", help="one of the pages: " + ", ".join(PAGES))
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    given = options.parse_args()
    make = partial(prepare, given.contacts)
    with house.database(f"pages_{given.contacts}", keep=given.keep, make=make):
        house.report(measure(given))


OWNER = "owner@fjord.example"


def prepare(contacts: int) -> None:
    """The town, and the owner who looks at the pages."""
    from bench import town, walkers  # noqa: PLC0415, needs Django
    from tactful.foundation.clock import business_now  # noqa: PLC0415
    from tactful.foundation.models import Role, User  # noqa: PLC0415

    began, now = time.monotonic(), business_now()
    owner = User.objects.add(email=OWNER, name="Kari Fjord", role=Role.OWNER)
    town.make(contacts, owner.id, now)
    walkers.make(contacts // 10, contacts, owner, now)
    say(f"{contacts} clients took {time.monotonic() - began:.0f} s.")


class Took(NamedTuple):
    """Milliseconds of one answer: by the clock, and of work in Python and in PostgreSQL."""

    wall: float
    python: float
    database: float

    @property
    def work(self) -> float:
        return self.python + self.database


def measure(given: argparse.Namespace) -> dict[str, Any]:
    reader = Reader.signed_in()
    found: dict[str, list[Took]] = {}
    for page, addresses in PAGES.items():
        if given.only not in ("", page):
            continue
        for name, address in addresses(random.Random(1), given.contacts):
            took = [reader.opens(address()) for _ in range(3 + given.rounds)][3:]
            found.setdefault(page, []).extend(took)
            say(_line(page, name, took))
            if given.queries:
                _explain(reader.client, address())
    return {
        "contacts": given.contacts,
        "p95_ms": {page: round(_p95(took)) for page, took in found.items()},
        "cpu_ms": {page: round(fmean(each.work for each in took)) for page, took in found.items()},
        "loop_s": house.phase(),
    }


def _line(page: str, name: str, took: list[Took]) -> str:
    return (
        f"{_p95(took):8.0f} ms {page}: {name}   (median {median(each.wall for each in took):.0f}; "
        f"works {fmean(each.python for each in took):.0f} in Python, "
        f"{fmean(each.database for each in took):.0f} in PostgreSQL)"
    )


def _p95(took: list[Took]) -> float:
    return quantiles([each.wall for each in took], n=20)[-1]


@dataclass
class Reader:
    """One of ours at a browser. ``backend``: the process of PostgreSQL that answers."""

    client: Any
    backend: int

    @classmethod
    def signed_in(cls) -> "Reader":
        from django.conf import settings  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from tactful.foundation.collector import calm_collector  # noqa: PLC0415
        from tactful.foundation.models import User  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["*"]
        client = Client(headers={"host": "localhost"})
        client.force_login(
            User.objects.get(email=OWNER), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        client.get("/")
        calm_collector()  # as a process that serves pages
        return cls(client, connection.connection.info.backend_pid)

    def opens(self, address: str) -> Took:
        database, began, worked = machine.run_ms(self.backend), time.perf_counter(), time.process_time()
        answer = self.client.get(address)
        took = Took(
            (time.perf_counter() - began) * 1000,
            (time.process_time() - worked) * 1000,
            machine.run_ms(self.backend) - database,
        )
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}.")
        return took


def _explain(client: Any, address: str) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    slow = sorted(caught.captured_queries, key=lambda each: -float(each["time"]))[:4]
    say(f"    {len(caught)} statements through Django, " + address)
    for each in slow:
        say(f"    {float(each['time']) * 1000:6.0f} ms {' '.join(each['sql'].split())[:300]}")


Addresses = Iterator[tuple[str, Callable[[], str]]]


def _today(_dice: random.Random, _contacts: int) -> Addresses:
    yield "", lambda: "/"


def _inbox(_dice: random.Random, _contacts: int) -> Addresses:
    for show in ("open", "waiting", "closed", "all"):
        yield show, lambda show=show: f"/inbox/?show={show}"  # type: ignore[misc]


def _clients(dice: random.Random, contacts: int) -> Addresses:
    from bench.town import FAMILY, GIVEN  # noqa: PLC0415
    from tactful.contacts.rules.names import sort_key  # noqa: PLC0415

    yield "first page", lambda: "/clients/"
    yield "gone quiet", lambda: "/clients/?show=quiet"
    yield "strained", lambda: "/clients/?show=strained"

    def deep() -> str:
        key = sort_key(f"{dice.choice(FAMILY)} {dice.choice(GIVEN)}")
        return "/clients/?" + urlencode({"after": key, "id": dice.randint(1, contacts), "n": contacts // 2})

    yield "a deep page", deep


def _profile(dice: random.Random, contacts: int) -> Addresses:
    yield "anybody", lambda: f"/clients/{dice.randint(1, contacts)}/"
    yield "with a thread", lambda: f"/clients/{dice.randint(1, contacts // 10) * 10}/"


def _search(dice: random.Random, contacts: int) -> Addresses:
    from bench.town import FAMILY, FIRMS, GIVEN  # noqa: PLC0415

    def wrong(word: str) -> str:
        at = dice.randint(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    words: dict[str, Callable[[], str]] = {
        "a family name": lambda: dice.choice(FAMILY),
        "part of a name": lambda: dice.choice(FAMILY)[1:5],
        "whole name": lambda: f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",
        "two letters": lambda: dice.choice(FAMILY)[:2],
        "mail": lambda: f"{dice.choice(FAMILY).lower()}{dice.randint(1, contacts)}@online",
        "phone": lambda: str(40_000_000 + dice.randint(1, contacts)),
        "part of a phone": lambda: str(40_000_000 + dice.randint(1, contacts))[2:],
        "company": lambda: f"{dice.choice(FIRMS)}",
        "with a mistake": lambda: wrong(dice.choice([name for name in FAMILY if len(name) > 6])),
        "with a mistake, and a given name": lambda: (
            f"{dice.choice(GIVEN)} {wrong(dice.choice([name for name in FAMILY if len(name) > 6]))}"
        ),
        "nobody": lambda: "xyzzyqwv",
    }
    for name, word in words.items():
        yield name, lambda word=word: "/clients/?" + urlencode({"q": word()})  # type: ignore[misc]


def _journey(dice: random.Random, contacts: int) -> Addresses:
    from bench.walkers import FIRST, PLACES  # noqa: PLC0415

    url = "/journeys/bench-mixed/"
    yield "its flow", lambda: url
    yield "everybody inside", lambda: f"{url}people/"
    yield "a deep page of them", lambda: f"{url}people/?after={FIRST + dice.randint(1, contacts // 10)}"
    for step in sorted({step for _, _, step, *_ in PLACES if step}):
        yield step, lambda step=step: f"{url}steps/{step}/"  # type: ignore[misc]
    for only in ("late", "held", "failing", "paused"):
        yield only, lambda only=only: f"{url}people/?only={only}"  # type: ignore[misc]
    yield "a step, late", lambda: f"{url}steps/wait-once-more/?only=late"
    yield "who walks an earlier version", lambda: f"{url}versions/1/"
    yield "all journeys", lambda: "/journeys/"


PAGES = {
    "today": _today,
    "inbox": _inbox,
    "clients": _clients,
    "profile": _profile,
    "search": _search,
    "journey": _journey,
}


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
