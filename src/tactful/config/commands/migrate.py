"""Bring the database up to date, as the role that owns it."""

import argparse

from tactful.config.environment import Environment
from tactful.config.migration import apply
from tactful.config.postgres.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    """Starts the embedded server for the time that it takes, if it does not run."""
    del arguments
    if not environment.embedded:
        apply(environment, print)
        return 0
    server = Server(environment.home, print)
    try:
        server.start()
        apply(environment, print)
    finally:
        if server.was_launched:
            server.stop()
    return 0
