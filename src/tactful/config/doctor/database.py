"""PostgreSQL, what has been applied to it, who works, and what the house says of itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tactful.config.doctor.finding import Finding, look, unknown, well
from tactful.config.environment import Environment
from tactful.config.postgres import binaries, cluster, places, postmaster
from tactful.config.trouble import Trouble
from tactful.config.vitals import LIVING_WORKERS, missing_migrations

CLOCKS_APART = 5.0  # seconds
APPLIED = "SELECT app || '.' || name FROM django_migrations"
PAUSED = "SELECT sending_paused FROM instance"
APART = "SELECT extract(epoch FROM clock_timestamp())"
WHY = {
    "restored": "Nothing is sent: a backup has been restored. Look at the page Today as an owner.",
    "epoch": "Nothing is sent: this looks like a copy of another house. Look at the page Today as an owner.",
    "clock": "Nothing is sent: the clock has jumped. Look at the page Today as an owner.",
    "person": "Nothing is sent: somebody has stopped it.",
}


def server(environment: Environment) -> Iterator[Finding]:
    if not environment.embedded:
        yield well("postgres", "A PostgreSQL of your own is set, so none is launched.")
        return
    data = places.data_folder(environment.home).resolve()
    try:
        found = binaries.find(cluster.made_by(data))
    except Trouble as trouble:
        yield look("postgres", str(trouble))
        return
    pid = postmaster.find(data)
    state = f"runs as process {pid}" if pid else "does not run now; 'tactful up' starts it"
    yield well("postgres", f"PostgreSQL {found.major} in {found.folder} {state}.")


def database(environment: Environment) -> Iterator[Finding]:
    if environment.embedded and not postmaster.find(places.data_folder(environment.home).resolve()):
        yield unknown("database", "The database was not asked, for its server does not run.")
        return
    try:
        with asking(environment) as connection:
            yield from _asked(connection)
    except psycopg.Error as error:
        yield look("database", f"The database does not answer: {str(error).strip().splitlines()[0]}")


def _asked(connection: "psycopg.Connection[tuple[Any, ...]]") -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    if version < binaries.OLDEST:
        yield look(
            "database", f"The server is PostgreSQL {version}. Tactful needs {binaries.OLDEST} or newer."
        )
        return
    yield well("database", f"The database answers (PostgreSQL {version}).")
    try:
        missing = missing_migrations(str(name) for (name,) in connection.execute(APPLIED))
    except psycopg.errors.UndefinedTable:
        yield look("migrations", "The database is empty. Start with 'tactful up', or run 'tactful migrate'.")
        return
    if missing:
        yield look(
            "migrations", f"{len(missing)} changes to the database are missing. Run 'tactful migrate'."
        )
        return
    yield well("migrations", "The database is up to date.")
    yield _workers(connection)
    paused = connection.execute(PAUSED).fetchone()
    if paused and paused[0]:
        yield look("sending", WHY.get(paused[0], "Nothing is sent."))
    else:
        yield well("sending", "Messages may leave.")


def _workers(connection: "psycopg.Connection[tuple[Any, ...]]") -> Finding:
    row = connection.execute(LIVING_WORKERS).fetchone()
    if not row or not row[0]:
        return look(
            "worker", "No worker is alive, so nothing is sent. 'tactful up' or 'tactful worker' starts one."
        )
    return well("worker", f"{row[0]} at work in the background.")


@contextmanager
def asking(environment: Environment) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    with psycopg.connect(environment.database_url, connect_timeout=5, autocommit=True) as connection:
        yield connection
