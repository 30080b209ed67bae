"""``bin/bench year``: a whole business from one seed, 200 clients and a year, on the real house.

Replies, complaints, edits of live journeys, workers that die at enumerated points, clocks that step; and
nobody gets a judgement message from automation, nobody the same step twice, nobody is stuck, nothing goes
out while somebody talks, and the machine interrupts people no more than it may. ``--seed N --seeds M`` lives
through M years from N on; the same seed gives the same year. Exit code 1 if anything was wrong.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import house


def main() -> int:
    options = argparse.ArgumentParser(prog="bin/bench year")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--clients", type=int, default=200)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return _live(given.seed, given.clients, given.days)
    # Each year in a process of its own, in which sets of texts are walked in the same order each time.
    environ = os.environ | {"PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "bench.year", "--part", "year"]
    command += ["--clients", str(given.clients), "--days", str(given.days)]
    seeds = range(given.seed, given.seed + given.seeds)
    codes = [
        subprocess.run([*command, "--seed", str(seed)], env=environ, check=False).returncode for seed in seeds
    ]
    return max(codes)


def _live(seed: int, clients: int, days: int) -> int:
    with house.database(f"year_{seed}") as environ, tempfile.TemporaryDirectory() as folder:
        logger = logging.getLogger("tactful")
        logger.setLevel(logging.ERROR)
        logger.propagate = False  # what is logged becomes a violation
        from tests.year.live import Life, Size  # noqa: PLC0415

        life = Life(Size(seed, clients, days), environ["TACTFUL_DATABASE_URL"], Path(folder))
        life.told = lambda violation: say(f"seed {seed}: {violation}")
        life.lived_through = lambda day: say(f"seed {seed}: day {day} of {days}") if day % 30 == 0 else None
        lived = life.live()
    if lived.violations:
        again = f"bin/bench year --seed {seed} --clients {clients} --days {lived.days}"
        say(f"Live through it again: {again}")
    print(json.dumps(lived.as_json(), ensure_ascii=False), flush=True)
    return 1 if lived.violations else 0


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
