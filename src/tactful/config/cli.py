"""The command line: ``tactful up | demo | web | worker | postbox | migrate | doctor``."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import cast

from tactful.config import environment
from tactful.config.commands import demo, doctor, migrate, postbox, up, web, worker
from tactful.config.environment import Environment
from tactful.config.release import release
from tactful.config.trouble import EXIT_CODE, Trouble

COMMANDS: tuple[ModuleType, ...] = (up, demo, web, worker, postbox, migrate, doctor)
"""Each has a docstring (its help), ``add_arguments(parser)`` and ``run(arguments, environment)``."""

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


def _understand(argv: Sequence[str]) -> Request:
    parser = argparse.ArgumentParser(
        prog="tactful", description="Customer communication: automation that knows when to keep quiet."
    )
    parser.add_argument("--version", action="version", version=f"tactful {release()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    by_name = {module.__name__.rpartition(".")[2]: module for module in COMMANDS}
    for name, module in by_name.items():
        module.add_arguments(commands.add_parser(name, help=module.__doc__, description=module.__doc__))
    arguments = parser.parse_args(argv)
    return Request(arguments.command, cast(Run, by_name[arguments.command].run), arguments)
