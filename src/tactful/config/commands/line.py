"""The line as a YAML file: print it, or see what a file would change and then take it in."""

import argparse
import importlib
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser("export", help="print the line")
    bring = acts.add_parser("import", help="say what a file would change; with --by, change it")
    bring.add_argument("file", type=Path)
    bring.add_argument("--by", metavar="EMAIL", help="the owner who decides it")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    # By name: it loads Django, which the other commands do without.
    house = importlib.import_module("tactful.config.line_desk")
    if arguments.act == "export":
        return int(house.export())
    try:
        text = arguments.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"The file cannot be read: {error}. Give a YAML file in UTF-8.") from error
    return int(house.bring_in(text, arguments.by or ""))
