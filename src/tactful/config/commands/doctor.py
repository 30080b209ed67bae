"""Look at this installation and say what is well, what is not, and what could not be found out."""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

from tactful.config.doctor import database, machine, mail, outside
from tactful.config.doctor.finding import Finding, State
from tactful.config.environment import Environment
from tactful.foundation.dns import ask


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs: a list of {name, state, said}")
    parser.add_argument("--offline", action="store_true", help="ask nobody outside: no name or mail server")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    """0 when all is well, 1 when something needs a person. What could not be found out is no failure."""
    found = list(examine(environment, offline=arguments.offline))
    if arguments.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=1))
    else:
        for each in found:
            print(f"{'?' if each.state is State.UNKNOWN else each.state:<5} {each.said}")
    return 1 if any(each.state is State.LOOK for each in found) else 0


def examine(environment: Environment, *, offline: bool = False) -> Iterator[Finding]:
    checks: tuple[Callable[[Environment], Iterable[Finding]], ...] = (
        machine.program, machine.disks, machine.clock, database.server, database.database, outside.backups,
    )  # fmt: skip
    for check in checks:
        yield from check(environment)
    if not offline:
        yield from outside.certificate(environment, outside.shown_expiry)
        yield from mail.accounts(environment, ask)
