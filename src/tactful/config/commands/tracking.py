"""Write keys of programs and sites that send events."""

import argparse
import importlib

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running


def add_arguments(parser: argparse.ArgumentParser) -> None:
    groups = parser.add_subparsers(dest="group", metavar="GROUP", required=True)
    keys = groups.add_parser("keys", help="add, list or revoke write keys")
    acts = keys.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="a new key; it is shown this once")
    add.add_argument("name", help="where the calls will come from")
    add.add_argument(
        "--site", action="append", default=[], metavar="URL", help="make a browser key for this site"
    )
    acts.add_parser("list", help="all keys, without their secret part")
    revoke = acts.add_parser("revoke", help="a key that shall open nothing any more")
    revoke.add_argument("id", type=int)


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: this loads Django, which the other commands do without.
    desk = importlib.import_module("tactful.config.tracking_desk")
    if arguments.act == "add":
        return int(desk.add_key(arguments.name, arguments.site))
    if arguments.act == "list":
        return int(desk.list_keys())
    return int(desk.revoke_key(arguments.id))
