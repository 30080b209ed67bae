"""The recovery key: its public half stays in the data folder, itself belongs somewhere else.

Until somebody has taken it away it lies in the data folder too, so that backups are sealed from the first
day and can be restored on the same machine. It is never in a backup.
"""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tactful.config.backup.sealing import KEY_BYTES, public_of
from tactful.config.trouble import Trouble, disk_trouble

CHECK_BYTES = 3
GROUP = 4
LETTERS = (KEY_BYTES + CHECK_BYTES) * 8 // 5  # 56, without padding


def public_file(home: Path) -> Path:
    return home / "recovery-key.pub"


def key_file(home: Path) -> Path:
    return home / "recovery-key"


def recipient(home: Path) -> bytes:
    """What backups of this house are sealed to; made with the first one."""
    if not public_file(home).exists():
        make(home)
    try:
        return bytes.fromhex(public_file(home).read_text(encoding="ascii").strip())
    except OSError as error:
        raise disk_trouble(error, public_file(home)) from error
    except ValueError as error:
        raise Trouble(
            f"{public_file(home)} is damaged. Delete it; the next backup makes a new recovery key."
        ) from error


def make(home: Path) -> None:
    """A new key. Backups that were made before still ask for the old one."""
    made = X25519PrivateKey.generate().private_bytes_raw()
    _write(key_file(home), as_words(made))
    _write(public_file(home), public_of(made).hex())


def kept_here(home: Path) -> str:
    """The key in words while it still lies on this machine, else nothing."""
    try:
        return key_file(home).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise disk_trouble(error, key_file(home)) from error


def forget(home: Path) -> None:
    """From now on only who has it elsewhere can restore. Overwriting is no help on today's disks."""
    key_file(home).unlink(missing_ok=True)


def as_words(key: bytes) -> str:
    """Fourteen groups of four letters and digits, the last of which notice a slip of the pen."""
    letters = base64.b32encode(key + _check(key)).decode().rstrip("=")
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def from_words(words: str) -> bytes:
    """Raises ``Trouble``; the sentence does not repeat the key."""
    letters = (
        "".join(words.split()).replace("-", "").upper().replace("0", "O").replace("1", "I").replace("8", "B")
    )
    try:
        found = base64.b32decode(letters)
    except ValueError as error:
        raise _mistyped() from error
    key, check = found[:KEY_BYTES], found[KEY_BYTES:]
    if len(key) != KEY_BYTES or check != _check(key):
        raise _mistyped()
    return key


def _check(key: bytes) -> bytes:
    return hashlib.sha256(b"tactful recovery key" + key).digest()[:CHECK_BYTES]


def _mistyped() -> Trouble:
    return Trouble(
        f"This is not a recovery key. It has {LETTERS} letters and digits in groups of {GROUP}; "
        "look for one that was read wrongly."
    )


def _write(path: Path, content: str) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content + "\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise disk_trouble(error, path) from error
