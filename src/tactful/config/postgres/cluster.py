"""A database folder: made by ``initdb``, with our own short configuration."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tactful.config.postgres.account import Account
from tactful.config.postgres.binaries import Binaries
from tactful.config.postgres.places import APP_ROLE, OWNER_ROLE, PORT
from tactful.config.postgres.room import memory_mb, shared_buffers_mb
from tactful.config.trouble import Trouble, disk_trouble, full_disk

NO_SPACE = "No space left on device"
BUILTIN_LOCALE_SINCE = 17
IO_METHOD_SINCE = 18

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROWAWAY = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
"""For tests only: ``synchronous_commit`` stays as it is in life, for a test looks at it."""

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    # A checkpoint for each 128 MB would come five times during one file of clients, and each page that is
    # written after it goes whole into the log.
    "max_wal_size": "1GB",
    "min_wal_size": "64MB",
    "jit": "off",
    # Pages and batches ask for little: to start processes for it takes longer, and from those who send. Where
    # whole tables are read while somebody waits, they are asked for (``segments.hot.asking``).
    "max_parallel_workers_per_gather": "0",
    "autovacuum": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    # Statements and details of errors hold what clients are called; neither belongs into a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """``data``: the real folder. ``sockets``: the folder of the socket. ``log``: what the server says."""

    data: Path
    sockets: Path
    log: Path
    account: Account
    durable: bool = True

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()


def made_by(data: Path) -> int | None:
    """The major version that an existing database needs."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Trouble(
            f"{data} is not a database that this user can read. Start Tactful as the user who made it."
        ) from error


def create(cluster: Cluster, binaries: Binaries) -> None:
    """Make the database folder beside its place and move it there: it is whole, or it is not there."""
    aside = cluster.data.with_name(f"{cluster.data.name}.new")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir(mode=0o700)
        os.chown(aside, cluster.account.uid, cluster.account.gid)
        _initdb(aside, cluster, binaries)
        aside.rename(cluster.data)
    except OSError as error:
        raise disk_trouble(error, cluster.data) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _initdb(folder: Path, cluster: Cluster, binaries: Binaries) -> None:
    command = [binaries.program("initdb"), "--pgdata", str(folder), "--username", OWNER_ROLE]
    command += ["--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C", "--no-instructions"]
    if binaries.major >= BUILTIN_LOCALE_SINCE:
        command.append("--locale-provider=builtin")
    if not cluster.durable:
        command.append("--no-sync")
    done = cluster.account.run(command)
    if done.returncode == 0:
        return
    if NO_SPACE in done.stderr:
        raise full_disk(cluster.data)
    lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
    raise Trouble(f"PostgreSQL could not make its database in {cluster.data}: {' '.join(lines[-1:])}")


def configure(cluster: Cluster) -> None:
    """Write the three configuration files again, so that an update of ours reaches old folders."""
    names = sorted({cluster.account.name, _our_name(cluster)})
    owned = SETTINGS | (DURABLE if cluster.durable else THROWAWAY)
    owned["unix_socket_directories"] = str(cluster.sockets)
    owned["shared_buffers"] = f"{shared_buffers_mb(memory_mb())}MB"
    if (made_by(cluster.data) or 0) >= IO_METHOD_SINCE:
        # What is not in our buffers is in the system's, mostly: handing it over to processes that read costs
        # more than it takes, and a page waits for its turn among everything else that runs.
        owned["io_method"] = "sync"
    files = {
        "postgresql.conf": "".join(f"{name} = '{_quoted(value)}'\n" for name, value in owned.items()),
        "pg_hba.conf": "local all,replication tactful_owner,tactful_app peer map=tactful\n",
        "pg_ident.conf": "".join(
            f'tactful "{name}" {role}\n' for name in names for role in (OWNER_ROLE, APP_ROLE)
        ),
    }
    for name, content in files.items():
        _write(cluster.data / name, content, cluster.account)


def _our_name(cluster: Cluster) -> str:
    """Who connects: root beside an account of its own, else the account itself."""
    return "root" if cluster.account.is_another else cluster.account.name


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _write(path: Path, content: str, account: Account) -> None:
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.unlink(missing_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("# Written by Tactful at each start. Changes made here are lost.\n" + content)
            os.fchown(handle, account.uid, account.gid)
        aside.replace(path)
    except OSError as error:
        raise disk_trouble(error, path) from error
