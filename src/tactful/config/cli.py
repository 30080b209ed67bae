"""The command line: ``tactful up``, ``tactful demo`` and their kin."""

import argparse
import errno
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tactful.config import environment
from tactful.config.environment import Environment
from tactful.config.release import release
from tactful.config.trouble import EXIT_CODE, Trouble, disk_trouble

COMMANDS = (
    "up", "demo", "web", "worker", "migrate", "doctor", "backup", "restore", "service", "firms", "people",
    "contacts", "journeys", "line", "tracking", "mcp",
)  # fmt: skip
"""Modules of ``config.commands``, loaded only when named, for each part of the process tree comes through
here. Each has a docstring (its help), ``add_arguments(parser)`` and ``run(arguments, environment)``."""

OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS})

Run = Callable[[argparse.Namespace, Environment], int]


@dataclass(frozen=True, slots=True)
class Request:
    name: str
    run: Run
    arguments: argparse.Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 not as it should be, 2 a sentence on standard error says what is wrong."""
    request = _understand(sys.argv[1:] if argv is None else argv)
    try:
        read = environment.load()
        for warning in read.warnings:
            print(warning, file=sys.stderr)
        return request.run(request.arguments, read)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return EXIT_CODE
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    except OSError as error:
        if error.errno not in OF_THE_DISK:
            raise
        print(disk_trouble(error, Path(error.filename or "The data folder")), file=sys.stderr)
        return EXIT_CODE


def _understand(argv: Sequence[str]) -> Request:
    parser = argparse.ArgumentParser(
        prog="tactful", description="Customer communication: automation that knows when to keep quiet."
    )
    parser.add_argument("--version", action="version", version=f"tactful {release()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    names = argv[:1] if argv and argv[0] in COMMANDS else COMMANDS
    by_name = {name: importlib.import_module(f"tactful.config.commands.{name}") for name in names}
    for name, module in by_name.items():
        module.add_arguments(commands.add_parser(name, help=module.__doc__, description=module.__doc__))
    arguments = parser.parse_args(argv)
    return Request(arguments.command, cast(Run, by_name[arguments.command].run), arguments)
