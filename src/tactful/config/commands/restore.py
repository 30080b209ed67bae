"""Make a house of a backup, in an empty data folder; nothing is sent until an owner confirms."""

import argparse
import getpass
import importlib
import os
import sys
from pathlib import Path

from tactful.config.backup import DEPARTURES, ERASURES, recovery
from tactful.config.backup.restoring import Order, Result, restore
from tactful.config.environment import Environment
from tactful.config.house import only_one
from tactful.config.postgres.server import require_running
from tactful.config.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the backup")
    parser.add_argument(
        "--key-file", type=Path, help="a file that holds the recovery key; else it is asked for"
    )
    parser.add_argument(
        "--departures",
        type=Path,
        metavar="FOLDER",
        help="journal of departures; else the folder beside the backup",
    )
    parser.add_argument(
        "--erasures",
        type=Path,
        metavar="FOLDER",
        help="journal of erasures; else the folder beside the backup",
    )
    parser.add_argument("--list", action="store_true", help="after a restore: what would be sent")
    parser.add_argument(
        "--confirm",
        choices=("send", "leave"),
        help="after a restore: let the house send. What was due before the restore and is not known to have "
        "left is sent, or left alone",
    )
    parser.add_argument("--by", metavar="EMAIL", help="with --confirm: the owner who says so")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    if arguments.list or arguments.confirm:
        require_running(environment)
        desk = importlib.import_module("tactful.config.restored_desk")
        if arguments.confirm:
            return int(desk.confirm(arguments.confirm, arguments.by or ""))
        return int(desk.show())
    if arguments.file is None:
        raise Trouble("Name the backup: tactful restore FILE.")
    folder = arguments.departures or arguments.file.parent / DEPARTURES
    erasures = arguments.erasures or arguments.file.parent / ERASURES
    order = Order(arguments.file, recovery.from_words(_key(arguments, environment)), folder, erasures)
    with only_one(environment.home):
        _tell(restore(environment, order, print))
    return 0


def _key(arguments: argparse.Namespace, environment: Environment) -> str:
    """From a file, from this machine, or typed; never from the command line, which others can read."""
    if arguments.key_file:
        try:
            return str(arguments.key_file.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise Trouble(
                f"The recovery key cannot be read from {arguments.key_file}. Check the name."
            ) from error
    kept = recovery.kept_here(environment.home) or recovery.kept_here(arguments.file.parent.parent)
    if kept:
        return kept
    if not os.isatty(sys.stdin.fileno()):
        raise Trouble("The recovery key is needed. Put it into a file and name that with --key-file.")
    return getpass.getpass("Recovery key: ")


def _tell(result: Result) -> None:
    print(f"The house stands as it was, with {result.files} files. Start it with 'tactful up'.")
    if result.departures.known_until:
        print(f"The journal of departures was found: {len(result.departures.gone)} messages have left since.")
    else:
        print("No journal of departures was found, so nobody knows what has left since the backup.")
    if result.erased is None:
        print("No journal of erasures was found: clients who were erased since the backup are here again.")
    else:
        print(f"The journal of erasures was found: {result.erased} clients were erased again.")
    print("Nothing is sent until an owner says so, on the page Today or with 'tactful restore --confirm'.")
    print("Backups go on with the same recovery key.")
