"""Bring the database up to date, as the role that owns it."""

import argparse

from tactful.config.environment import Environment
from tactful.config.migration import apply
from tactful.config.postgres.server import for_a_while


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    """Starts the embedded server for the time that it takes, if it does not run."""
    del arguments
    with for_a_while(environment, print):
        apply(environment, print)
    return 0
