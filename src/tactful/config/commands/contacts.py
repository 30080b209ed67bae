"""Bring clients in from a file, take them all out, or erase one."""

import argparse
import importlib
from datetime import date
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble

REASONS = ("asked", "objected", "not_needed", "mistake")
SOURCES = ("undeclared", "sale", "competition", "bought")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    bring = acts.add_parser("import", help="one file; the same file again changes nothing")
    leave = acts.add_parser(
        "export", help="all clients: NAME.csv for a spreadsheet, NAME.jsonl for everything"
    )
    leave.add_argument("file", type=Path)
    bring.add_argument("file", type=Path)
    bring.add_argument("--source", choices=SOURCES, default="undeclared", help="where the list comes from")
    bring.add_argument("--collected-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
    bring.add_argument("--opt-out-offered", action="store_true", help="they could say no when they gave it")
    bring.add_argument(
        "--refused", type=Path, metavar="FILE", help="write the refused rows here, to be mended"
    )

    _erasing(acts.add_parser("erase", help="one client, from the database, the files and the search"))
    again = acts.add_parser("let-in", help="somebody who was erased comes back by their own wish")
    again.add_argument("address", help="their mail address or phone number")
    again.add_argument("--by", metavar="EMAIL", required=True, help="the owner who lets them in")


def _erasing(gone: argparse.ArgumentParser) -> None:
    gone.add_argument("id", type=int, help="the number in the address of the client's page")
    gone.add_argument("--reason", choices=REASONS, required=True)
    gone.add_argument("--by", metavar="EMAIL", required=True, help="the owner who does it")
    gone.add_argument("--yes", action="store_true", help="do not ask again")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: this loads Django, which the other commands do without.
    house = importlib.import_module("tactful.config.shop")
    if arguments.act in ("erase", "let-in"):
        desk = importlib.import_module("tactful.config.erased_desk")
        if arguments.act == "let-in":
            return int(desk.let_in(arguments.address, arguments.by))
        return int(desk.erase(arguments.id, arguments.reason, arguments.by, sure=arguments.yes))
    if arguments.act == "export":
        return int(house.export_contacts(arguments.file))
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise Trouble(f"{arguments.file} cannot be read: {error.strerror}. Check the name.") from error
    return int(house.import_contacts(arguments, content))
