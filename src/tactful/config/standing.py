"""Where a house stands, so that a copy of it is noticed before it writes to anybody (R13).

The database remembers which one it is: of which server, on which of its timelines, and for a server of ours
on which machine and in which file. A copy has another mark, whichever way it was made: a data folder that
was copied, synchronised or put back; a dump that was loaded elsewhere; a server brought back to an earlier
moment, or a replica that took over. What nothing tells apart is a machine that was brought back or doubled
as a whole, its disk included.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

import psycopg

from tactful.config import erased
from tactful.config.backup import DEPARTURES, ERASURES
from tactful.config.backup.holding import Hold, hold
from tactful.config.environment import Environment
from tactful.config.postgres import places
from tactful.delivery.rules.departures import MADE_OF_ANOTHER

Connection = psycopg.Connection[tuple[object, ...]]

ALONE = "SELECT pg_advisory_lock(hashtext('tactful standing'))"
KEPT = "SELECT stands, sending_paused, COALESCE(last_now, clock_timestamp() + clock_shift) FROM instance"
KEEP = "UPDATE instance SET stands = %s"
SERVER = "SELECT system_identifier::text FROM pg_control_system()"
DATABASE = "SELECT oid::text FROM pg_database WHERE datname = current_database()"
TIMELINE = "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
MACHINE_ID = Path("/etc/machine-id")
COPY = (
    "This looks like a copy, for the database is not where it was. Nothing is sent until an owner says so, "
    "on the page Today or with 'tactful restore --list' and 'tactful restore --confirm'."
)


def notice_a_copy(environment: Environment, say: Callable[[str], None]) -> bool:
    """At each start, when the database is up to date. True when this is a copy that has just been stopped; it
    waits as a restored house does, but for what was handed over, which its own journals may still tell."""
    with psycopg.connect(environment.database_url, autocommit=True) as connection:
        connection.execute(ALONE)
        kept, paused, last_now = connection.execute(KEPT).fetchone() or ("", "", None)
        here = _mark(environment, connection)
        if kept == here:
            return False
        copied = bool(kept) and paused not in MADE_OF_ANOTHER and isinstance(last_now, datetime)
        if copied:
            folder = environment.backup_folder / DEPARTURES
            with connection.transaction():
                hold(connection, Hold("epoch", cast(datetime, last_now), folder, str(kept), told=False))
            say(COPY)
        if kept:  # a restored house has done so already
            erased.again(environment, environment.backup_folder / ERASURES)
        connection.execute(KEEP, [here])
    return copied


def _mark(environment: Environment, connection: Connection) -> str:
    parts = [_asked(connection, each) for each in (SERVER, DATABASE, TIMELINE)]
    if environment.embedded:
        parts += [_machine(), *_disk(environment.home)]
    return " ".join(parts)


def _asked(connection: Connection, query: str) -> str:
    """ "-" where a server does not tell: some keep their control data to themselves."""
    try:
        row = connection.execute(query).fetchone()
    except psycopg.Error:
        return "-"
    return str(row[0]) if row else "-"


def _machine() -> str:
    """Its id is said to be nobody's business; what is kept is made for us alone."""
    try:
        found = MACHINE_ID.read_bytes().strip()
    except OSError:
        return "-"
    return hashlib.sha256(b"tactful " + found).hexdigest()[:16] if found else "-"


def _disk(home: Path) -> list[str]:
    """The file that PostgreSQL writes in place for as long as it lives: copies and whatever is put back have
    another number. Where the folder only leads to the database, a copied folder leads to the same one."""
    data = places.data_folder(home)
    number = str((data / "global" / "pg_control").stat().st_ino)
    return [number, places.place_digest(home)] if data.is_symlink() else [number]
