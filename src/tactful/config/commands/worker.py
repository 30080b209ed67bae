"""Do the work in the background: journeys, sending, incoming mail."""

import argparse
import importlib

from tactful.config.environment import Environment
from tactful.config.postgres.server import require_running


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    del arguments
    require_running(environment)
    # By name: the worker loads Django, which the other commands do without.
    return int(importlib.import_module("tactful.config.worker").main() or 0)
