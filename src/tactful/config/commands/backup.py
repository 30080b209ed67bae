"""Copy the whole house into one sealed file: database, uploaded files, keys."""

import argparse
from pathlib import Path

from tactful.config.backup import making, recovery
from tactful.config.environment import Environment
from tactful.config.postgres import places
from tactful.config.postgres.server import for_a_while, require_running
from tactful.config.trouble import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="write it there instead of the folder of backups"
    )
    parser.add_argument(
        "--rotate", action="store_true", help="keep 7 daily and 4 weekly ones, drop the others"
    )
    parser.add_argument(
        "--show-key", action="store_true", help="print the recovery key, to be kept elsewhere"
    )
    parser.add_argument(
        "--forget-key",
        action="store_true",
        help="remove the recovery key from this machine; you have it elsewhere",
    )


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    """Of a house that does not run, too: its server is started for the time that it takes."""
    if arguments.show_key or arguments.forget_key:
        return _key(environment.home, forget=arguments.forget_key)
    if not places.data_folder(environment.home).exists():
        require_running(environment)
    with for_a_while(environment, lambda _: None):
        made = making.make(environment, arguments.to)
    print(
        f"{made.path} holds everything ({made.size / 1_000_000:.1f} MB, {made.files} files), "
        "and was read again from end to end."
    )
    for gone in making.rotate(environment.backup_folder) if arguments.rotate else ():
        print(f"{gone.name} has had its time and is gone.")
    if recovery.kept_here(environment.home):
        print(
            "The key to it still lies only on this machine. Run 'tactful backup --show-key', and keep what "
            "it prints somewhere else: without it nobody can restore after a loss."
        )
    return 0


def _key(home: Path, *, forget: bool) -> int:
    recovery.recipient(home)
    words = recovery.kept_here(home)
    if not words:
        raise Trouble("The recovery key is no longer on this machine. It is where it was written down.")
    if forget:
        recovery.forget(home)
        print(
            "The recovery key is gone from this machine. Restoring asks for the one that you keep elsewhere."
        )
        return 0
    print(words)
    return 0
