"""The data folder and the secret key that lives in it."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from tactful.config.trouble import Trouble, disk_trouble

KEY_BYTES = 48
PACKAGE = Path(__file__).resolve().parents[1]


def checkout() -> Path | None:
    """The project's folder when we run from a clone, else nothing."""
    top = PACKAGE.parents[1]
    return top if (top / "pyproject.toml").is_file() and PACKAGE.parent.name == "src" else None


def find_home(environ: Mapping[str, str]) -> Path:
    """``.var`` in a clone, else ``tactful`` in the user's data folder (XDG)."""
    project = checkout()
    if project is not None:
        return project / ".var"
    base = environ.get("XDG_DATA_HOME", "")
    if not base.startswith("/"):
        home = environ.get("HOME", "")
        if not home.startswith("/"):
            raise Trouble("There is no home folder to keep data in. Set TACTFUL_HOME to a folder for it.")
        base = f"{home}/.local/share"
    return Path(base) / "tactful"


def ensure_home(home: Path) -> None:
    """Make the folder, private to us. An existing folder keeps its mode."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise disk_trouble(error, home) from error


def secret_key(home: Path) -> str:
    """The key in ``<home>/secret-key``, made once. Two processes that start together agree on one."""
    path = home / "secret-key"
    ensure_home(home)
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise disk_trouble(error, path) from error
    if not key:
        raise Trouble(
            f"The secret key {path} is empty. Restore it from a backup, or delete it to get a new one."
        )
    return key


def _make_key(path: Path) -> None:
    """Written aside and linked into place: a reader sees the whole key or none, and the first one wins."""
    aside = path.with_name(f".secret-key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
