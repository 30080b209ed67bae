"""Migrations run in a process of their own, which alone connects as the owner of the tables."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import django
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tactful.config.environment import Environment
from tactful.config.home import PACKAGE
from tactful.config.postgres.provision import grant
from tactful.config.trouble import Trouble

Connection = psycopg.Connection[tuple[object, ...]]


def apply(environment: Environment, say: Callable[[str], None]) -> bool:
    """Apply what is missing; False when nothing was. Raises ``Trouble`` after showing what Django said.

    The database itself remembers, in its comment, which migrations it has seen, so that a start without
    news does not wait for Django to compare them. A restored dump has no comment and is looked at.
    """
    wanted = fingerprint()
    with _as_owner(environment) as connection:
        if _comment(connection) == _seen(wanted):
            return False
    say("Bringing the database up to date.")
    _grant_in_own_server(environment)
    # Django's checks are for who changes the house; they read all of its pages first.
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--skip-checks", "--verbosity", "0"]
    # In a session of its own: a Ctrl-C reaches us alone, and we end it without a trace on the screen.
    done = subprocess.run(command, env=owner_environ(environment), start_new_session=True, check=False)
    if done.returncode != 0:
        raise Trouble("The database could not be brought up to date. What went wrong stands above.")
    with _as_owner(environment) as connection, suppress(psycopg.errors.InsufficientPrivilege):
        # A role that does not own the database may not; then each start asks Django.
        remember(connection, connection.info.dbname, wanted)
    return True


def remember(connection: Connection, database: str, migrations: str) -> None:
    """Note on a database of this server that it has seen the migrations of that ``fingerprint()``."""
    command = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(command.format(sql.Identifier(database), sql.Literal(_seen(migrations))))


def _seen(migrations: str) -> str:
    return f"migrations {migrations}"


def fingerprint() -> str:
    """Changes with any migration of ours, and with the packages, which bring migrations too."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    for name in sorted(found.name for found in Path(django.__file__).parents[1].glob("*.dist-info")):
        digest.update(name.encode())
    return digest.hexdigest()[:12]


@contextmanager
def _as_owner(environment: Environment) -> Iterator[Connection]:
    try:
        connection = psycopg.connect(environment.owner_database_url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Trouble(
            f"The database server cannot be used: {reason}. Is TACTFUL_DATABASE_URL right?"
        ) from error
    with connection:
        yield connection


def _comment(connection: Connection) -> object:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def owner_environ(environment: Environment) -> dict[str, str]:
    """Ours, but with the owner's URL as the only one."""
    kept = {name: value for name, value in os.environ.items() if name != "TACTFUL_DATABASE_URL_FILE"}
    return kept | {
        "TACTFUL_HOME": str(environment.home),
        "TACTFUL_DATABASE_URL": environment.owner_database_url,
        "DJANGO_SETTINGS_MODULE": "tactful.config.settings",
    }


def _grant_in_own_server(environment: Environment) -> None:
    """With a server of the operator's own, let the application's role use what the owner will make."""
    if environment.embedded:
        return
    owner = conninfo_to_dict(environment.owner_database_url).get("user")
    role = conninfo_to_dict(environment.database_url).get("user")
    if role and role != owner:
        grant(environment.owner_database_url, str(role))
