"""Serve the pages and the API."""

import argparse
import logging
import socket

import uvicorn

from tactful.config.child import READY_LINE
from tactful.config.environment import Environment
from tactful.config.listen import open_door
from tactful.config.postgres.server import require_running
from tactful.foundation.collector import calm_collector
from tactful.foundation.kept import keep
from tactful.web.live import let_go

GRACE_SECONDS = 3
"""How long what is still being answered may hold a shutdown; live pages are let go at once."""
CONNECTIONS, LEAST = 40, 8
"""To the database, for all web processes together, and for one: half of what our own server takes."""


class Web(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            calm_collector()
            print(READY_LINE, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        let_go()
        await super().shutdown(sockets)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--door", type=int, metavar="FD", help="number of an open listening socket")


def run(arguments: argparse.Namespace, environment: Environment) -> int:
    if arguments.door is None:
        require_running(environment)
        door = open_door(environment.host, environment.port)
    else:
        door = socket.socket(fileno=arguments.door)
    keep(max(LEAST, CONNECTIONS // environment.web_processes))
    level = max(logging.getLevelNamesMapping()[environment.log_level], logging.WARNING)
    config = uvicorn.Config(
        "tactful.config.asgi:application",
        access_log=False,
        log_level=level,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Web(config)
    server.run(sockets=[door])
    return 0 if server.started else 1
