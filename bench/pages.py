"""``bin/bench pages``: how long the pages take that a person of ours opens all day, among a million clients.

Each page goes through the whole stack but the network: middleware, session, rights, queries, template. Every
round asks for other clients, other words and another place in the list. ``p95_ms``: of all rounds of a page.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from bench import house


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench pages")
    options.add_argument("--contacts", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--queries", action="store_true", help="also say which statements take longest")
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    given = options.parse_args()
    with house.database("pages"):
        from bench import town  # noqa: PLC0415, needs Django
        from tactful.foundation.clock import business_now  # noqa: PLC0415

        began = time.monotonic()
        owner = somebody()
        town.make(given.contacts, owner.id, business_now())
        say(f"{given.contacts} clients took {time.monotonic() - began:.0f} s.")
        house.report(measure(owner, given))


def somebody() -> Any:
    from tactful.foundation.models import Role, User  # noqa: PLC0415

    return User.objects.add(email="owner@fjord.example", name="Kari Fjord", role=Role.OWNER)


def measure(owner: Any, given: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"host": "localhost"})
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    found: dict[str, list[float]] = {}
    for page, addresses in PAGES.items():
        for name, address in addresses(random.Random(1), given.contacts):
            took = [_once(client, address()) for _ in range(3 + given.rounds)][3:]
            found.setdefault(page, []).extend(each for each, _ in took)
            say(
                f"{_p95([each for each, _ in took]):8.0f} ms {page}: {name}   (median "
                f"{median(each for each, _ in took):.0f}, of which {median(cpu for _, cpu in took):.0f} Python)"
            )
            if given.queries:
                _explain(client, address())
    return {"contacts": given.contacts, "p95_ms": {page: round(_p95(took)) for page, took in found.items()}}


def _p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1]


def _once(client: Any, address: str) -> tuple[float, float]:
    """Milliseconds, and those of them in which Python worked."""
    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
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

    yield "first page", lambda: "/clients/"
    yield "gone quiet", lambda: "/clients/?show=quiet"
    yield "strained", lambda: "/clients/?show=strained"

    def deep() -> str:
        key = f"{dice.choice(FAMILY).lower()} {dice.choice(GIVEN).lower()}"
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


PAGES = {"today": _today, "inbox": _inbox, "clients": _clients, "profile": _profile, "search": _search}


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
