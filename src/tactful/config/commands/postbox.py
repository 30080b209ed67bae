"""Demo only: the local postbox, which takes what we send and answers as the client."""

import argparse
import importlib

from tactful.config.environment import Environment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    del arguments, environment
    return int(importlib.import_module("tactful.demo.postbox").main() or 0)
