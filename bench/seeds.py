"""What ``bin/bench month`` and ``bin/bench year`` share: lives from seeds, each in a process of its own."""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench import house


class Town(NamedTuple):
    """``url``: of the database of this life alone. ``folder``: for what it writes."""

    url: str
    folder: Path


class Part(NamedTuple):
    """One seed: the exit code of its process, and what it has said of itself."""

    code: int
    said: dict[str, Any]


def options(name: str, *, clients: int, days: int) -> argparse.Namespace:
    """``clients``, ``days``: as many as there are if nothing else is asked for. ``part``: whether this is the
    process of one seed."""
    parser = argparse.ArgumentParser(prog=f"bin/bench {name}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--clients", type=int, default=clients)
    parser.add_argument("--days", type=int, default=days)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def parts(name: str, given: argparse.Namespace) -> Iterator[Part]:
    """One after the other, in which sets of texts are walked in the same order each time. What each says is
    passed on. Raises ``CalledProcessError`` where one says nothing."""
    environ = os.environ | {"PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", f"bench.{name}", "--part"]
    command += ["--clients", str(given.clients), "--days", str(given.days)]
    for seed in range(given.seed, given.seed + given.seeds):
        whole = [*command, "--seed", str(seed)]
        done = subprocess.run(whole, env=environ, check=False, stdout=subprocess.PIPE, text=True)
        lines = done.stdout.strip().splitlines()
        if not lines:
            raise subprocess.CalledProcessError(done.returncode, whole)
        print("\n".join(lines), flush=True)
        yield Part(done.returncode, json.loads(lines[-1]))


@contextmanager
def town(name: str, seed: int) -> Iterator[Town]:
    with house.database(f"{name}_{seed}") as environ, tempfile.TemporaryDirectory() as folder:
        logger = logging.getLogger("tactful")
        logger.setLevel(logging.ERROR)
        logger.propagate = False  # what is logged becomes a violation
        yield Town(environ["TACTFUL_DATABASE_URL"], Path(folder))


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
