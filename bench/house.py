"""What the sending benches share: a database, the sink, workers as processes, and a business to send for."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.machine import Watched
from tactful.testing.database import clone, ensure_template, maintenance
from tactful.testing.server import SharedServer, prepare_environ

PYTHON = sys.executable
SEED_CHUNK = 2_000


def nothing() -> None:
    """A database as the migrations leave it."""


@contextmanager
def database(
    name: str, *, keep: bool = False, make: Callable[[], object] = nothing
) -> Iterator[dict[str, str]]:
    """A fresh migrated database in which ``make`` has been called; answers with the environment of processes
    that use it. ``keep``: it stays for the next run, which finds it as it is, migrated anew."""
    prepare_environ(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    server = SharedServer(os.environ["TACTFUL_DATABASE_URL"])
    own = f"tactful_bench_{name}"
    try:
        if keep:
            _keep(server, f"{own}_kept", make)
            with _used(server, f"{own}_kept") as environ:
                _up_to_date()
                yield environ
        else:
            with _fresh(server, f"{own}_{os.getpid()}") as made, _used(server, made) as environ:
                make()
                yield environ
    finally:
        server.release()


@contextmanager
def _used(server: SharedServer, name: str) -> Iterator[dict[str, str]]:
    from django.db import connections  # noqa: PLC0415

    os.environ["TACTFUL_DATABASE_URL"] = _url(server, name)
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    yield dict(os.environ)
    connections["default"].close()


def _fresh(server: SharedServer, name: str) -> AbstractContextManager[str]:
    return clone(server, ensure_template(server), name)


def _keep(server: SharedServer, name: str, make: Callable[[], object]) -> None:
    """Made under another name until it is whole, so that there is no half one."""
    if _is_there(server, name):
        return
    with _fresh(server, f"{name}_new") as made:
        with _used(server, made):
            make()
        with maintenance(server) as connection:
            connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{name}"')


def _is_there(server: SharedServer, name: str) -> bool:
    query = "SELECT FROM pg_database WHERE datname = %s"
    with maintenance(server) as connection:
        return connection.execute(query, [name]).fetchone() is not None


def _up_to_date() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)


def _url(server: SharedServer, name: str) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    parts = conninfo_to_dict(server.url(name))
    who = parts.get("user", "")
    secret = f":{parts['password']}" if parts.get("password") else ""
    more = {key: str(value) for key, value in parts.items() if key not in ("user", "password", "dbname")}
    return f"postgresql://{who}{secret}@/{name}?{urlencode(more)}"


@contextmanager
def sink(environ: dict[str, str], *options: str) -> Iterator[int]:
    """The mail server of the outside world, in a process of its own; answers with its port."""
    command = [PYTHON, "-m", "tactful.demo.postbox.sink", *options]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline().split()[1])
    finally:
        process.terminate()
        process.wait(20)


def start(environ: dict[str, str], module: str, *arguments: str) -> Watched:
    """A process of ours that says ``ready`` and then waits for ``go``."""
    command = [PYTHON, "-m", module, *arguments]
    process = subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdout is not None
    if process.stdout.readline().strip() != "ready":
        raise SystemExit("A process of the bench did not start; its own words stand above.")
    return Watched(process)


def go(watched: Watched) -> None:
    assert watched.process.stdin is not None
    watched.process.stdin.write("go\n")
    watched.process.stdin.flush()


def say_ready() -> None:
    """The other side of ``start``; from here on the process is as the product's worker."""
    from tactful.foundation.collector import calm_collector  # noqa: PLC0415

    calm_collector()
    print("ready", flush=True)
    sys.stdin.readline()


def phase() -> float:
    """Seconds of work of a bare loop of 5,000,000 additions: how fast this machine is at this moment."""
    began, total = time.process_time(), 0
    for each in range(5_000_000):
        total += each
    return round(time.process_time() - began, 2)


def report(values: Mapping[str, object]) -> None:
    print(json.dumps(values), flush=True)


def seed(contacts: int, port: int) -> tuple[int, int]:
    """A business with clients who have agreed to hear from it. Answers with touchpoint and revision."""
    from bench import business  # noqa: PLC0415

    return business.make(contacts, port)


def chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start_at in range(0, len(ids), size):
        yield ids[start_at : start_at + size]
