"""A migrated template, kept between runs, and quick clones of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from tactful.config.migration import Connection, fingerprint, remember
from tactful.testing.server import SharedServer

MAINTENANCE = "postgres"
TEMPLATE_PREFIX = "tactful_template_"
TEMPLATE_LOCK = 7_301_144
"""Advisory lock of the maintenance database: one process makes the template, the others wait."""


def ensure_template(server: SharedServer, *, anew: bool = False) -> str:
    """The name of the migrated template. Those of other migrations are dropped."""
    name = TEMPLATE_PREFIX + fingerprint()
    with maintenance(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if anew or not _is_complete(connection, name):
            _drop_all(connection)
            _make(connection, name)
    return name


@contextmanager
def clone(server: SharedServer, template: str, name: str) -> Iterator[str]:
    """A copy of the template for the time of the ``with``. Old leftovers of that name are replaced."""
    with maintenance(server) as connection:
        _drop(connection, name)
        _create(connection, name, template)
        # A comment does not come along, and a house that starts here would ask Django for four seconds.
        remember(connection, name, template.removeprefix(TEMPLATE_PREFIX))
        try:
            yield name
        finally:
            _drop(connection, name)


@contextmanager
def django_uses(name: str, user: str | None = None) -> Iterator[None]:
    """Point Django's default connection, in every thread, at another database of the same server."""
    shared = connections["default"].settings_dict
    before = {key: shared[key] for key in ("NAME", "USER")}
    connections["default"].close()
    shared.update(NAME=name, USER=user or before["USER"])
    try:
        yield
    finally:
        connections["default"].close()
        shared.update(before)


@contextmanager
def maintenance(server: SharedServer) -> Iterator[Connection]:
    with psycopg.connect(server.url(MAINTENANCE), autocommit=True) as connection:
        yield connection


def _make(connection: Connection, name: str) -> None:
    """Under another name until it is whole, so that a run broken off leaves no half template."""
    unfinished = f"{name}_new"
    _create(connection, unfinished, "template1")
    with django_uses(unfinished):
        call_command("migrate", verbosity=0, interactive=False)
    command = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(command.format(sql.Identifier(unfinished), sql.Identifier(name)))


def _is_complete(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop_all(connection: Connection) -> None:
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (name,) in connection.execute(query, [TEMPLATE_PREFIX]).fetchall():
        _drop(connection, str(name))


def _create(connection: Connection, name: str, template: str) -> None:
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    connection.execute(command.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(connection: Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
