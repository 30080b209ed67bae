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
LONGEST_SOCKET_PATH = 107
"""``sun_path`` has 108 bytes on Linux, the last of which is NUL; macOS has 104."""


def data_folder(home: Path) -> Path:
    return home / "postgres"


def socket_folder(home: Path) -> Path:
    """``<home>/run`` if a socket in it has a path short enough, else a folder in /tmp of its own.

    Not XDG_RUNTIME_DIR: it is missing under cron and ``su``, and a web process started there would
    look for the server in another place than the one that launched it.
    """
    near = home / "run"
    if len(os.fsencode(near / f".s.PGSQL.{PORT}")) < min(LONGEST_SOCKET_PATH, 103):
        return near
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"tactful-{os.getuid()}-{digest}"  # noqa: S108 (mode and owner are verified)


def embedded_url(home: Path, role: str, database: str = DATABASE) -> str:
    """libpq URL through the socket folder."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(home)), safe='')}"
