"""``bin/bench segments``: how long it takes to count segments of every kind among many clients and events,
and to look at a thousand changed clients for fifty live segments.

Every count is made ``--rounds`` times and its slowest run but one is taken, for the first reads from disk.
``count_ms_max`` is the slowest kind. ``reevaluate_ms`` is the median of five thousands of changed clients.
"""

import argparse
import sys
import time
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

from bench import house

CHANGED = 1_000
LIVE = 50


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench segments")
    options.add_argument("--contacts", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--plans", action="store_true", help="also say how PostgreSQL goes about each count")
    options.add_argument(
        "--keep", action="store_true", help="keep the clients for the next run, or take them"
    )
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    given = options.parse_args()
    make = partial(prepare, given)
    with house.database(f"segments_{given.contacts}_{given.events}", keep=given.keep, make=make):
        house.report(measure(given))


def prepare(given: argparse.Namespace) -> None:
    from bench import many  # noqa: PLC0415, needs Django
    from tactful.foundation.clock import business_now  # noqa: PLC0415

    began = time.monotonic()
    many.make(given.contacts, given.events, business_now())
    say(f"{given.contacts} clients with {given.events} events took {time.monotonic() - began:.0f} s.")


def measure(given: argparse.Namespace) -> dict[str, float | int]:
    from bench import many  # noqa: PLC0415
    from tactful.foundation.clock import business_now  # noqa: PLC0415
    from tactful.wiring.segments import moment_at  # noqa: PLC0415

    many.count_all(business_now())
    moment = moment_at(business_now())
    counts = {name: _count(name, where, moment, given) for name, where in many.KINDS.items()}
    slowest = max(counts, key=counts.__getitem__)
    say(f"Slowest: {slowest}.")
    took = _reevaluate(many.changed(CHANGED * 5), moment)
    return {
        "contacts": given.contacts,
        "events": given.events,
        "count_ms_max": round(counts[slowest]),
        "count_ms_median": round(median(counts.values())),
        "reevaluate_ms": round(median(took)),
        "reevaluate_ms_max": round(max(took)),
        "loop_s": house.phase(),
    }


def _count(name: str, where: dict[str, Any], moment: Any, given: argparse.Namespace) -> float:
    from tactful.segments import queries  # noqa: PLC0415
    from tactful.segments.rules.reading import node_of  # noqa: PLC0415
    from tactful.wiring.segments import ALLOWED  # noqa: PLC0415

    tree = node_of(where, ALLOWED)
    took, found = [], 0
    for _ in range(given.rounds):
        began = time.perf_counter()
        found = queries.count(tree, ALLOWED, moment, {})
        took.append((time.perf_counter() - began) * 1000)
    slow = sorted(took)[-2] if len(took) > 1 else took[0]
    say(f"{slow:8.0f} ms {found:9} {name}   ({', '.join(f'{each:.0f}' for each in took)})")
    if given.plans:
        say(_plan(tree, moment))
    return slow


def _plan(tree: Any, moment: Any) -> str:
    from psycopg.sql import SQL  # noqa: PLC0415

    from tactful.segments.hot import asking  # noqa: PLC0415
    from tactful.segments.types import Not  # noqa: PLC0415
    from tactful.wiring.segments import ALLOWED  # noqa: PLC0415

    compiled = asking.compiled(Not(tree) if asking.counts_others(tree) else tree, ALLOWED, moment)
    with asking.whole_tables():
        query = SQL("EXPLAIN (ANALYZE, BUFFERS) {}").format(asking.COUNT.format(where=compiled.where))
        return "\n".join("    " + row[0] for row in asking.fetch(query, compiled.params))


def _reevaluate(changed: list[int], moment: Any) -> list[float]:
    from django.db import transaction  # noqa: PLC0415

    from bench import many  # noqa: PLC0415
    from tactful.foundation import pg  # noqa: PLC0415
    from tactful.segments import actions  # noqa: PLC0415
    from tactful.wiring.segments import ALLOWED, moment_at  # noqa: PLC0415

    many.make_live(LIVE, moment)
    pg.tune()  # as a worker's session is
    took = []
    for ids in house.chunks(changed, CHANGED):
        later = moment_at(moment.now + timedelta(minutes=1))
        many.dirty(ids)
        began = time.perf_counter()
        with transaction.atomic():
            actions.refresh_dirty(allowed=ALLOWED, moment=later)
        took.append((time.perf_counter() - began) * 1000)
        say(f"{took[-1]:8.0f} ms for {len(ids)} changed clients and {LIVE} live segments")
    return took


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
