"""Is there a live server in this folder? What ``postmaster.pid`` says is believed only when it is proven."""

import os
from pathlib import Path

import psycopg


def find(data: Path) -> int | None:
    """The process id of a live postmaster whose folder is ``data``, ready or not, else nothing."""
    lines = _lines(data)
    if len(lines) < 2 or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if Path(lines[1]) == data and is_postgres(pid, data) else None


def forget_stranger(data: Path) -> None:
    """Remove a ``postmaster.pid`` whose number now belongs to a process that is not PostgreSQL.

    PostgreSQL itself clears a file of a dead process, but refuses to start when the number was given
    to another one, as happens after a container was killed and started again.
    """
    lines = _lines(data)
    if lines and lines[0].isdigit() and alive(int(lines[0])) and find(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def is_postgres(pid: int, data: Path) -> bool:
    """Whether that process is a PostgreSQL whose working folder is ``data``."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        return name == "postgres" and Path(f"/proc/{pid}/cwd").readlink() == data
    except OSError:
        return not Path("/proc/self/comm").exists() and alive(pid)


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OSError:
        return not Path("/proc/self/status").exists()


def is_ready(data: Path, url: str) -> bool:
    """Whether it takes connections. The status line comes first, for it costs nothing."""
    lines = _lines(data)
    if len(lines) < 8 or not lines[7].startswith("ready"):
        return False
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
