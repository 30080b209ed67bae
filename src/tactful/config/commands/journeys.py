"""Check journeys, and bring them in from YAML files."""

import argparse
import importlib
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    for name, words in (("check", "say what is wrong with a file"), ("import", "a new version from a file")):
        act = acts.add_parser(name, help=words)
        act.add_argument("file", type=Path)
    export = acts.add_parser("export", help="print the YAML of the live version")
    export.add_argument("slug")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    require_running(environment)
    house = importlib.import_module("tactful.config.shop")
    if arguments.act == "export":
        return int(house.export_journey(arguments.slug))
    try:
        source = arguments.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{arguments.file} cannot be read: {error}. Give a YAML file in UTF-8.") from error
    act = house.check_journey if arguments.act == "check" else house.import_journey_file
    return int(act(source))
