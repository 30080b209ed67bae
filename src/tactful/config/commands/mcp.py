"""Let an assistant look up and propose, by the Model Context Protocol over standard input and output."""

import argparse
import importlib
import os

from tactful.config.environment import Environment
from tactful.config.trouble import Trouble

NO_KEY = (
    "Set TACTFUL_API_KEY to a key that an owner has made under Settings, Other programs. The assistant can "
    "do what that key may do, and no more."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address", metavar="URL", help="where Tactful answers; TACTFUL_BASE_URL, if nothing is said"
    )


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    key = os.environ.get("TACTFUL_API_KEY", "").strip()
    if not key:
        raise Trouble(NO_KEY)
    # By name: nothing else needs the protocol's library.
    assistant = importlib.import_module("tactful.api.assistant")
    client = importlib.import_module("tactful.api.client")
    try:
        house = client.Tactful(arguments.address or environment.base_url, key)
    except ValueError as trouble:
        raise Trouble(str(trouble)) from trouble
    assistant.server(house).run("stdio")
    return 0
