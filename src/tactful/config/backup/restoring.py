"""Make a house of a backup: into an empty data folder, with nothing sent until an owner confirms (R13)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tactful.config import erased, migration
from tactful.config.backup import DEPARTURES, dump
from tactful.config.backup.archive import DATABASE, FILES, MANIFEST, PUBLIC, SECRET, Manifest, Member, members
from tactful.config.backup.holding import Hold, hold
from tactful.config.backup.sealing import Opener, Unreadable
from tactful.config.environment import Environment
from tactful.config.home import PACKAGE, secret_key
from tactful.config.postgres.server import for_a_while
from tactful.config.trouble import Trouble, disk_trouble
from tactful.delivery.rules.departures import Departures

Connection = psycopg.Connection[tuple[object, ...]]

HAS_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@dataclass(frozen=True, slots=True)
class Order:
    """``file``: the backup. ``key``: 32 bytes. ``departures``, ``erasures``: folders of the journals."""

    file: Path
    key: bytes
    departures: Path
    erasures: Path


@dataclass(frozen=True, slots=True)
class Result:
    """``erased``: how many clients, because the journal of erasures says so; None: there is no journal."""

    made_at: datetime
    release: str
    files: int
    departures: Departures
    erased: int | None


def restore(environment: Environment, order: Order, say: Callable[[str], None]) -> Result:
    """Raises ``Trouble`` before anything is touched, where that can be known."""
    _expect_empty_home(environment)
    manifest = _described(order)
    _expect_known(manifest)
    say(f"The backup was made on {manifest.made_at[:16].replace('T', ' ')} by Tactful {manifest.release}.")
    try:
        with for_a_while(environment, say):
            _expect_empty_database(environment.owner_database_url)
            files = _unpack(environment, order)
            _grant(environment, manifest)
            migration.apply(environment, say)
            departures = _after(environment, order, manifest)
            erased = _erase_again(environment, order.erasures)
    except Unreadable as error:
        raise Trouble(
            f"{error} What has been restored so far is of no use: delete the data folder."
        ) from error
    except OSError as error:
        raise disk_trouble(error, Path(error.filename or environment.home)) from error
    return Result(datetime.fromisoformat(manifest.made_at), manifest.release, files, departures, erased)


def _expect_empty_home(environment: Environment) -> None:
    used = [name for name in ("postgres", "files") if (environment.home / name).exists()]
    if used:
        raise Trouble(
            f"The data folder {environment.home} is in use. A backup is restored into an empty one: move "
            "this one away, or choose another with TACTFUL_HOME."
        )


def _expect_empty_database(url: str) -> None:
    with dump.connected(url) as connection:
        row = connection.execute(HAS_TABLES).fetchone()
        if row and row[0]:
            raise Trouble("The database has tables already. A backup is restored into an empty database.")


def _described(order: Order) -> Manifest:
    with _content(order) as found:
        first = next(found, None)
        if first is None or first.name != MANIFEST:
            raise Unreadable("The backup does not say what it is.")
        return Manifest.from_json(first.content)


@contextmanager
def _content(order: Order) -> Iterator[Iterator[Member]]:
    try:
        with order.file.open("rb") as file:
            yield members(cast(BinaryIO, Opener(file, recovery_key=order.key)))
    except FileNotFoundError as error:
        raise Trouble(f"There is no file {order.file}. Check the name.") from error
    except Unreadable as error:
        raise Trouble(str(error)) from error


def _expect_known(manifest: Manifest) -> None:
    """Migrations of ours that this release does not have were made by a newer one."""
    ours = {path.parent.name for path in PACKAGE.glob("*/migrations")}
    known = {f"{path.parent.parent.name}.{path.stem}" for path in PACKAGE.glob("*/migrations/*.py")}
    strange = [name for name in manifest.migrations if name.partition(".")[0] in ours and name not in known]
    if strange:
        raise Trouble(
            f"This backup was made by Tactful {manifest.release}, which is newer than this one. "
            "Install that version or a later one, then restore."
        )


def _unpack(environment: Environment, order: Order) -> int:
    """In one pass: the dump flows into PostgreSQL, files and keys into the data folder."""
    files = 0
    with _content(order) as found, dump.restoring(environment.owner_database_url) as inlet:
        for member in found:
            if member.name.startswith(DATABASE):
                inlet.write(member.content)
            elif member.name.startswith(FILES):
                _write(environment.home / "files" / _checked(member.name), member.content)
                files += 1
            elif member.name == SECRET:
                _keep_secret(environment, member.content.decode())
            elif member.name == PUBLIC:
                _write(environment.home / "recovery-key.pub", member.content)
    return files


def _keep_secret(environment: Environment, secret: str) -> None:
    """Tokens in mails that have gone, and passwords in the database, ask for the key they were made with."""
    if environment.secret_key == secret:
        return
    if environment.secret_key != secret_key(environment.home):
        raise Trouble(
            "TACTFUL_SECRET_KEY is set to another key than that of the backup. Unset it; "
            "the backup brings its own."
        )
    _write(environment.home / "secret-key", secret.encode() + b"\n")


def _checked(name: str) -> str:
    """Only names that ``foundation.files`` makes."""
    folder, _, stored = name.removeprefix(FILES).partition("/")
    if len(stored) != 32 or not set(stored) <= set("0123456789abcdef") or folder != stored[:2]:
        raise Unreadable("The backup names a file as we name none.")
    return f"{folder}/{stored}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _grant(environment: Environment, manifest: Manifest) -> None:
    """The application's role may again what it might; under the name that it has here."""
    role = str(conninfo_to_dict(environment.database_url).get("user") or "")
    owner = conninfo_to_dict(environment.owner_database_url).get("user")
    if role == owner or not manifest.grants:
        return
    who = sql.Identifier(role)
    with dump.connected(environment.owner_database_url) as connection:
        connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(who))
        for table, privilege, column in manifest.grants:
            place = sql.SQL(" ({})").format(sql.Identifier(column)) if column else sql.SQL("")
            command = sql.SQL("GRANT {}{} ON {} TO {}")
            connection.execute(command.format(sql.SQL(privilege), place, sql.Identifier(table), who))
        connection.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))


def _after(environment: Environment, order: Order, manifest: Manifest) -> Departures:
    made = datetime.fromisoformat(manifest.made_at)
    with dump.connected(environment.owner_database_url) as connection:
        found = hold(connection, Hold("restored", made, order.departures))
    _keep_departures(environment, order.departures)
    return found


def _erase_again(environment: Environment, folder: Path) -> int | None:
    try:
        return erased.again(environment, folder)
    except Trouble as trouble:
        raise Unreadable(str(trouble)) from trouble


def _keep_departures(environment: Environment, folder: Path) -> None:
    """So that a second restore knows them too."""
    here = environment.backup_folder / DEPARTURES
    for path in folder.glob("*.jsonl") if folder.resolve() != here.resolve() else ():
        if not (here / path.name).exists():
            _write(here / path.name, path.read_bytes())
