"""Check journeys, prove them, replay them on the past, and bring them in and out as YAML files."""

import argparse
import importlib
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble

WHERE = "a YAML file, the name of a journey, or name@number for an earlier version"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    check = acts.add_parser("check", help="say what is wrong with a file")
    check.add_argument("what", help=WHERE)
    test = acts.add_parser("test", help="run the stored tests; 1 when one does not pass")
    test.add_argument("what", nargs="*", help=f"{WHERE}; without any, every journey")
    simulate = acts.add_parser("simulate", help="tell what would happen to one client, step by step")
    simulate.add_argument("what", help=WHERE)
    simulate.add_argument("given", type=Path, help="a YAML file: the client, and what happens to them")
    replay = acts.add_parser("replay", help="run it over the past: who would have got what, and when")
    replay.add_argument("what", help=WHERE)
    replay.add_argument("--days", type=int, default=90, help="how far back, 90 if nothing else is said")
    replay.add_argument("--lines", type=int, default=0, metavar="N", help="print the first N messages too")
    bring = acts.add_parser("import", help="a new version from a file, if its stored tests pass")
    bring.add_argument("what", type=Path, metavar="file")
    bring.add_argument("--despite-tests", action="store_true", help="even if a stored test says no")
    export = acts.add_parser("export", help="print the YAML, byte for byte as it came in")
    export.add_argument("what", metavar="name")
    diff = acts.add_parser("diff", help="tell two versions apart in sentences; 1 when they differ")
    diff.add_argument("what", help=WHERE)
    diff.add_argument("other", help=WHERE)
    for act in (check, test, simulate, replay, diff):
        act.add_argument("--json", action="store_true", help="for programs")
        act.add_argument("--language", choices=("en", "nb"), default="en")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: it loads Django, which the other commands do without.
    desk = importlib.import_module("tactful.config.journey_desk")
    try:
        return int(desk.ACTS[arguments.act](arguments))
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"A file cannot be read: {error}. Give a YAML file in UTF-8.") from error
