"""The real thing: `tactful up` with PostgreSQL, migrations, web and worker."""

import os
import re
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

from tactful.config.postgres import places, postmaster
from tactful.config.tests.processes import PATIENCE_SECONDS, Running, running, wait_until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def answers(port: int) -> bool:
    """Any answer will do, also that the page is not there."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()
    return True


def children(supervisor: int) -> dict[str, int]:
    """Process ids of web and worker."""
    listed = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text(encoding="ascii").split()
    found = {}
    for pid in map(int, listed):
        name = re.search(rb"tactful\0(web|worker)", command_line(pid))
        if name:
            found[name[1].decode()] = pid
    return found


def command_line(pid: int) -> bytes:
    """Words with a NUL between them; nothing when the process has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def kill_and_wait(program: Running, name: str) -> None:
    killed = children(program.process.pid)[name]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: children(program.process.pid).get(name, killed) != killed, f"another {name} runs")


def test_survives_kill_9_on_any_part_and_stops(home: Path) -> None:
    port = free_port()
    with running(home, "-m", "tactful", "up", TACTFUL_PORT=str(port)) as program:
        program.wait_for(f"Tactful is ready at http://localhost:{port}")
        assert answers(port)
        data = places.data_folder(home).resolve()
        database = postmaster.find(data)
        assert database is not None
        kill_and_wait(program, "worker")
        os.kill(database, signal.SIGKILL)
        kill_and_wait(program, "web")
        wait_until(lambda: postmaster.find(data) not in {None, database}, "another server runs")
        assert answers(port)
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert postmaster.find(data) is None
