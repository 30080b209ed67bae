"""Run everything on this machine: embedded database, web and worker."""

import argparse

from tactful.config.environment import Environment
from tactful.config.house import Plan, run_house


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    del arguments
    return run_house(environment, Plan())
