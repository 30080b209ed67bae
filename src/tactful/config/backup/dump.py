"""PostgreSQL's own ``pg_dump`` and ``pg_restore``, fed and read through pipes.

A password travels in the environment of the program, which only its user can read, never in the list of
processes.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tactful.config.postgres import binaries
from tactful.config.trouble import Trouble

TAIL = 2_000  # characters of what a program said


def server_major(url: str) -> int:
    """Raises ``Trouble`` when the server does not answer."""
    with connected(url) as connection:
        return connection.info.server_version // 10_000


@contextmanager
def connected(url: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    try:
        connection = psycopg.connect(url, connect_timeout=10)
    except psycopg.Error as error:
        raise Trouble(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error
    with connection:
        yield connection


def program(name: str, major: int) -> str:
    """Of the server's own version; else of the oldest newer one, which can read it as well."""
    for version in range(major, major + 10):
        with suppress(Trouble):
            found = Path(binaries.find(version).folder) / name
            if found.is_file():
                return str(found)
    raise Trouble(
        f"{name} of PostgreSQL {major} or newer is not on this machine. Install PostgreSQL's client programs."
    )


@contextmanager
def dumping(url: str, form: str = "custom") -> Iterator[IO[bytes]]:
    """What ``pg_dump`` writes: one snapshot of everything; ``form``: custom or plain. Raises ``Trouble`` at
    the end if it failed."""
    command = [program("pg_dump", server_major(url)), f"--format={form}", "--no-owner", "--no-acl"]
    with _running(command, url, stdout=subprocess.PIPE) as run:
        yield run.outlet
        run.expect_well("The database could not be copied")


@contextmanager
def restoring(url: str) -> Iterator[IO[bytes]]:
    """Where a dump goes to become a database again: all of it, or nothing."""
    command = [program("pg_restore", server_major(url)), "--no-owner", "--no-acl", "--exit-on-error"]
    with _running([*command, "--single-transaction"], url, stdin=subprocess.PIPE) as run:
        yield run.inlet
        run.finish("The database of the backup could not be put in place")


@contextmanager
def reading(major: int) -> Iterator[IO[bytes]]:
    """Where a dump goes to be read to its end, and thrown away: what ``pg_restore`` can read is whole."""
    with _running([program("pg_restore", major), "--file=/dev/null"], "", stdin=subprocess.PIPE) as run:
        yield run.inlet
        run.finish("The copy of the database cannot be read again")


@dataclass(frozen=True, slots=True)
class _Run:
    """``said``: what it writes to standard error, in a file, for a pipe that nobody reads would stop it."""

    process: "subprocess.Popen[bytes]"
    said: IO[bytes]

    @property
    def inlet(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def outlet(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def finish(self, what: str) -> None:
        with suppress(BrokenPipeError):
            self.inlet.close()
        self.expect_well(what)

    def expect_well(self, what: str) -> None:
        if self.process.wait() == 0:
            return
        self.said.seek(0)
        lines = self.said.read().decode("utf-8", "replace")[-TAIL:].strip().splitlines()
        raise Trouble(f"{what}: {lines[0] if lines else f'exit code {self.process.returncode}'}")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()


@contextmanager
def _running(
    command: list[str], url: str, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[_Run]:
    parts = conninfo_to_dict(url) if url else {}
    secret = parts.pop("password", None)
    target = ["--no-password", "--dbname", make_conninfo("", **parts)] if url else []
    environ = {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(secret)} if secret else {})}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, *target], env=environ, stderr=said, stdin=stdin, stdout=stdout, start_new_session=True
        )
        run = _Run(process, said)
        try:
            yield run
        except BrokenPipeError:
            run.expect_well(f"{Path(command[0]).name} broke off")
            raise
        finally:
            run.end()
