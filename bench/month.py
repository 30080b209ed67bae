"""``bin/bench month``: four weeks of a five-person firm with 120 clients, on the real house, from each seed.

The people behave like people (``tests/month``): they answer in Tactful, from the mail program of a phone and
by phone, note calls only sometimes, take paper over the counter and enter it hours or days later, decide
within hours of working days, and close hardly anything by hand. One of them is away for a week, a public
holiday falls into the month, and the token of their one mailbox dies for two days. Exit code 1 if a measure
is missed, over all seeds together:

* ``interruptions_median`` <= 3 and ``interruptions_p95`` <= 6: what the machine asks of a person on a working
  day, by the one definition of an interruption (``inbox/rules/burden.py``). ``interruptions_of_the_firm_*`` is
  the same of all five together, which Settings holds against the same figures over an ordinary year
  (``bin/bench year``). This month is no ordinary one: in its first three days most clients are asked for the
  documents of the season. So it is shown, and not held against them.
* ``reminders_after_delivery`` under 1 in 500: reminders of what was delivered or answered already, where
  Tactful had it before the handoff: in its mailbox, on the client's page, told by another system or noted by
  a person. ``reminders_unread``: it lay in the mailbox and had not been read yet; counted with them.
  ``reminders_on_a_desk`` is only shown: it lay on paper or in somebody's head, and nobody had said so. No
  machine can know that.
* ``deadlines_lost`` 0: messages that speak of a date, or are waited for, and came too late because something
  held them that people could end, while no person of ours had said what to do or was told that it is theirs.
* ``holds_over_two_days`` 0: held for something that people end, while nobody did anything about the message
  or the client for two working days. ``longest_hold_days`` shows the longest in all.
* ``closed_by_hand_percent`` under 10: of the conversations that were handed back to automation.
* ``violations`` 0: whatever else must never be (``tests/year/oracle.py``), a mail that was never read, and a
  dead token that was told of more than once.
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
    options = argparse.ArgumentParser(prog="bin/bench month")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--clients", type=int, default=120)
    options.add_argument("--days", type=int, default=28)
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", default="", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        return _live(given.seed, given.clients, given.days)
    return _together([_of(seed, given) for seed in range(given.seed, given.seed + given.seeds)])


def _of(seed: int, given: argparse.Namespace) -> dict[str, object]:
    """Each month in a process of its own, in which sets of texts are walked in the same order each time."""
    command = [sys.executable, "-m", "bench.month", "--part", "month", "--seed", str(seed)]
    command += ["--clients", str(given.clients), "--days", str(given.days)]
    environ = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environ, check=True, stdout=subprocess.PIPE, text=True)
    print(done.stdout.strip(), flush=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _together(parts: list[dict[str, object]]) -> int:
    from tests.month.measures import Lived, missed, together  # noqa: PLC0415

    measured = together([Lived(**part) for part in parts])  # type: ignore[arg-type]
    wrong = missed(measured)
    for words in wrong:
        say(f"Missed: {words}")
    print(json.dumps(measured | {"missed": wrong}, ensure_ascii=False), flush=True)
    return 1 if wrong else 0


def _live(seed: int, clients: int, days: int) -> int:
    with house.database(f"month_{seed}") as environ, tempfile.TemporaryDirectory() as folder:
        logger = logging.getLogger("tactful")
        logger.setLevel(logging.ERROR)
        logger.propagate = False  # what is logged becomes a violation
        from tests.month.live import Month  # noqa: PLC0415
        from tests.year.live import Size  # noqa: PLC0415

        month = Month(Size(seed, clients, days), environ["TACTFUL_DATABASE_URL"], Path(folder))
        month.told = lambda violation: say(f"seed {seed}: {violation}")
        month.lived_through = lambda day: say(f"seed {seed}: day {day} of {days}") if day % 7 == 0 else None
        lived = month.month()
    print(json.dumps(lived.as_json(), ensure_ascii=False), flush=True)
    return 0


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
