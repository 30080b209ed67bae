"""What was answered with success is there after PostgreSQL has been killed under load (R11)."""

import os
import signal
import threading
from pathlib import Path

import psycopg
import pytest

from tactful.config.postgres import places
from tactful.config.postgres.server import Server
from tactful.config.tests.processes import wait_until

WRITERS = 4
ENOUGH = 200  # commits before the kill


@pytest.fixture
def durable(home: Path) -> Server:
    """As a real business runs it: with fsync."""
    return Server(home, lambda _: None)


def write(url: str, writer: int, committed: list[int]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(1_000_000):
            ident = number * WRITERS + writer
            connection.execute("INSERT INTO accepted VALUES (%s)", [ident])
            committed.append(ident)  # only now would an API answer 2xx


def until_the_end(url: str, writer: int, committed: list[int]) -> None:
    try:
        write(url, writer, committed)
    except psycopg.Error:
        return


def test_every_accepted_row_survives_a_crash_under_load(durable: Server) -> None:
    durable.start()
    url = places.embedded_url(durable.home, places.OWNER_ROLE)
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("synchronous_commit", "fsync", "full_page_writes"):
            row = connection.execute(f"SHOW {name}").fetchone()
            assert row == ("on",), name
        connection.execute("DROP TABLE IF EXISTS accepted")
        connection.execute("CREATE TABLE accepted (id bigint PRIMARY KEY)")
    committed: list[list[int]] = [[] for _ in range(WRITERS)]
    threads = [
        threading.Thread(target=until_the_end, args=(url, place, mine))
        for place, mine in enumerate(committed)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: sum(map(len, committed)) > ENOUGH, "enough rows are committed")
    assert durable.pid is not None
    os.kill(durable.pid, signal.SIGQUIT)  # what "pg_ctl stop -m immediate" sends
    for thread in threads:
        thread.join()
    wait_until(lambda: not durable.is_alive(), "the server is gone")
    durable.start()
    with psycopg.connect(url) as connection:
        there = {ident for (ident,) in connection.execute("SELECT id FROM accepted")}
    durable.stop()
    assert {ident for mine in committed for ident in mine} <= there
