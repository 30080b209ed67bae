"""Everything together on one machine: database, migrations, web, worker, and what a demo adds."""

import fcntl
import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tactful.config import migration
from tactful.config.child import Part
from tactful.config.environment import Environment
from tactful.config.home import ensure_home
from tactful.config.listen import open_door
from tactful.config.postgres.server import Server
from tactful.config.process_tree import Tree
from tactful.config.standing import notice_a_copy
from tactful.config.trouble import Trouble, disk_trouble


@dataclass(frozen=True, slots=True)
class Plan:
    """``extra``: parts beside web and worker. ``prepare``: a module to run after the migrations, whose
    lines are shown at the end of the start. ``quiet``: show only what a task among the parts says; the rest
    goes to ``parts.log``."""

    extra: tuple[Part, ...] = ()
    prepare: str | None = None
    quiet: bool = False


def run_house(environment: Environment, plan: Plan) -> int:
    """Start all, supervise until a signal, stop all. Raises ``Trouble`` when the start fails."""
    say = _to_log(environment.home) if plan.quiet else _print
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with only_one(environment.home), open_door(environment.host, environment.port) as door:
        server = Server(environment.home, say) if environment.embedded else None
        try:
            lines = _make_ready(environment, plan, server, say)
            parts = [*_parts(environment, door, plan), *plan.extra]
            tree = Tree(parts, server, _print, say, lambda: _announce(environment, lines, say))
        except BaseException:
            if server is not None:
                server.stop()
            raise
        return tree.run()


def _make_ready(
    environment: Environment, plan: Plan, server: Server | None, say: Callable[[str], None]
) -> Sequence[str]:
    if server is not None:
        server.start()
    # WhiteNoise warns about a missing folder, and ours stays empty unless files are collected.
    (environment.home / "static").mkdir(exist_ok=True)
    changed = migration.apply(environment, say)
    notice_a_copy(environment, say)
    if plan.prepare:
        return _prepared(environment, plan.prepare, anew=changed)
    return _first_link(environment)


def _parts(environment: Environment, door: socket.socket, plan: Plan) -> Iterator[Part]:
    environ = environ_of(environment)
    arguments = ("web", "--door", str(door.fileno()))
    for number in range(environment.web_processes):
        name = "web" if environment.web_processes == 1 else f"web-{number + 1}"
        yield Part(name, "tactful", arguments, environ, (door.fileno(),), says_ready=True, quiet=plan.quiet)
    for number in range(environment.worker_processes):
        name = "worker" if environment.worker_processes == 1 else f"worker-{number + 1}"
        yield Part(name, "tactful", ("worker",), environ, quiet=plan.quiet)


def environ_of(environment: Environment) -> dict[str, str]:
    """What differs for the parts from our own variables, as the command may have decided it."""
    return {
        "TACTFUL_HOME": str(environment.home),
        "TACTFUL_HOST": environment.host,
        "TACTFUL_PORT": str(environment.port),
        "TACTFUL_BASE_URL": environment.base_url,
        "TACTFUL_INBOUND_PORT": str(environment.inbound_port),
        "TACTFUL_POSTBOX_PORT": str(environment.postbox_port),
        "TACTFUL_DEMO": "yes" if environment.demo else "no",
    }


def _prepared(environment: Environment, module: str, *, anew: bool) -> Sequence[str]:
    """The lines of a module of ours, run to its end once for each state of the migrations."""
    kept = environment.home / "prepared"
    if kept.exists() and not anew:
        return kept.read_text(encoding="utf-8").splitlines()
    if importlib.util.find_spec(module) is None:
        raise Trouble(f"This package has no {module}, so there is no demo in it.")
    said = _run_to_end(environment, module, "The demo business could not be made.")
    kept.write_text(said, encoding="utf-8")
    return said.splitlines()


def _run_to_end(environment: Environment, module: str, trouble: str) -> str:
    """What a program of ours prints. Raises ``Trouble`` when it fails."""
    command = [sys.executable, "-m", module]
    environ = {**os.environ, **environ_of(environment), "DJANGO_SETTINGS_MODULE": "tactful.config.settings"}
    done = subprocess.run(
        command, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True, check=False
    )
    if done.returncode != 0:
        raise Trouble(f"{trouble} What went wrong stands above.")
    return done.stdout


def _first_link(environment: Environment) -> Sequence[str]:
    """While nobody works here, each start shows a fresh link for the first owner; afterwards none is made."""
    with psycopg.connect(environment.database_url, autocommit=True) as connection:
        if connection.execute("SELECT EXISTS (SELECT FROM staff)").fetchone() == (True,):
            return ()
    return _run_to_end(
        environment, "tactful.config.welcome", "The first link could not be made."
    ).splitlines()


def _announce(environment: Environment, lines: Sequence[str], say: Callable[[str], None]) -> None:
    say("")
    say(f"Tactful is ready at {environment.base_url}")
    for line in lines:
        say(line)
    say("Stop it with Ctrl-C.")


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Two supervisors on one data folder would restart each other's parts."""
    ensure_home(home)
    path = home / "up.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise disk_trouble(error, path) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Trouble(f"Tactful already runs with the data folder {home}. Stop that one first.") from error
    finally:
        os.close(handle)


def _print(line: str) -> None:
    print(line, flush=True)


def _to_log(home: Path) -> Callable[[str], None]:
    """Where the lines go that are not shown, so that they can be read after a failure."""
    ensure_home(home)
    path = home / "parts.log"
    path.write_text("", encoding="utf-8")

    def say(line: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    return say
