"""Bring clients in from a file, or take them all out."""

import argparse
import importlib
from datetime import date
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble

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


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: this loads Django, which the other commands do without.
    house = importlib.import_module("tactful.config.shop")
    if arguments.act == "export":
        return int(house.export_contacts(arguments.file))
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise Trouble(f"{arguments.file} cannot be read: {error.strerror}. Check the name.") from error
    return int(house.import_contacts(arguments, content))
