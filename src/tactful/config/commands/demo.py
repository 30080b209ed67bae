"""Run the demo business: everything, with a postbox, and with clients and work in it."""

import argparse
import shutil
import socket
from dataclasses import replace

from tactful.config.child import Part
from tactful.config.environment import Environment
from tactful.config.house import Plan, environ_of, run_house
from tactful.config.postgres.places import APP_ROLE, OWNER_ROLE, embedded_url
from tactful.config.postgres.server import Server

SEED, POSTBOX, SCRIPT = "tactful.demo.seed", "tactful.demo.postbox", "tactful.demo.script"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--script", action="store_true", help="tell the main job step by step, then end")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    if arguments.script:
        return _run_script(environment)
    demo = replace(environment, demo=True)
    return run_house(demo, Plan((_postbox(demo),), SEED))


def _run_script(environment: Environment) -> int:
    """Always from the beginning, in a data folder and on ports of its own, so a running demo goes on."""
    web, inbound, postbox = _free_ports(3)
    home = environment.home / "script"
    fresh = replace(
        environment,
        home=home,
        database_url=embedded_url(home, APP_ROLE),
        owner_database_url=embedded_url(home, OWNER_ROLE),
        embedded=True,
        demo=True,
        port=web,
        inbound_port=inbound,
        postbox_port=postbox,
        base_url=f"http://localhost:{web}",
    )
    Server(fresh.home, print).erase()
    for folder in ("postbox", "files", "journals"):
        shutil.rmtree(home / folder, ignore_errors=True)
    environ = environ_of(fresh)
    parts = (
        _postbox(fresh, quiet=True),
        Part("script", SCRIPT, environ=environ, is_task=True),
    )
    return run_house(fresh, Plan(parts, SEED, quiet=True))


def _postbox(environment: Environment, *, quiet: bool = False) -> Part:
    folder = str(environment.home / "postbox")
    arguments = ("--folder", folder, "--smtp-port", str(environment.postbox_port))
    return Part("postbox", POSTBOX, arguments, environ_of(environment), quiet=quiet)


def _free_ports(count: int) -> list[int]:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(door.getsockname()[1]) for door in doors]
    for door in doors:
        door.close()
    return ports
