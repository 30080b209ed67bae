"""Where the embedded PostgreSQL keeps its data and its socket: derived from the data folder alone, so
that every process finds the server without being told."""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

DATABASE = "tactful"
OWNER_ROLE = "tactful_owner"
APP_ROLE = "tactful_app"
PORT = 5432
LONGEST_SOCKET_PATH = 103
"""``sun_path`` has 104 bytes on macOS and 108 on Linux, the last of which is NUL."""


def data_folder(home: Path) -> Path:
    return home / "postgres"


def socket_folder(home: Path) -> Path:
    """A folder whose socket has a path short enough: ``<home>/run``, else one in /tmp.

    For root one in /run: the server runs as another user, who may not reach the data folder.
    Not XDG_RUNTIME_DIR: it is missing under cron and ``su``, and a process started there would look
    for the server in another place than the one that launched it.
    """
    near = home / "run"
    if os.getuid() and len(os.fsencode(near / f".s.PGSQL.{PORT}")) < LONGEST_SOCKET_PATH:
        return near
    digest = place_digest(home)
    if not os.getuid() and Path("/run").is_dir():
        return Path("/run") / f"tactful-{digest}"
    # In a folder open to all: its owner and mode are verified before each start.
    return Path("/tmp") / f"tactful-{os.getuid()}-{digest}"  # noqa: S108


def place_digest(home: Path) -> str:
    """Twelve characters that stand for this data folder."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def embedded_url(home: Path, role: str, database: str = DATABASE) -> str:
    """libpq URL through the socket folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(home)), safe='')}"
