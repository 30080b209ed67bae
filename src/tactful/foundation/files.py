"""Files that came from outside: stored under random names, never under the name that somebody gave."""

import hashlib
import os
import secrets
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

LONGEST_NAME = 200  # characters
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories of Unicode
LARGEST = 25 * 1024 * 1024  # bytes
EXECUTABLE_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    *(bytes.fromhex(magic) for magic in ("cafebabe", "cffaedfe", "cefaedfe", "feedface", "feedfacf")),
    bytes.fromhex("4c0000000114020000000000c000000000000046"),  # a shortcut of Windows
)
STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),  # spreadsheets and documents as well
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)


class FileRefused(ValueError):
    """The file is not taken in. ``code``: empty, too_large, executable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stored:
    """``stored`` is the name in the store; ``content_type`` is what the content says, not the sender."""

    stored: str
    sha256: str
    size: int
    content_type: str


def keep(content: bytes) -> Stored:
    """Put content into the store. Raises ``FileRefused``."""
    if not content:
        raise FileRefused("empty")
    if len(content) > LARGEST:
        raise FileRefused("too_large")
    if content.startswith(EXECUTABLE_STARTS):
        raise FileRefused("executable")
    name = secrets.token_hex(16)
    _write(path_of(name), content)
    return Stored(name, hashlib.sha256(content).hexdigest(), len(content), content_type(content))


def read(stored: str) -> bytes:
    """Raises ``FileNotFoundError`` for what is not, or no longer, in the store."""
    return path_of(stored).read_bytes()


def discard(stored: str) -> None:
    """Take a file out of the store. One that is gone already is no error."""
    path_of(stored).unlink(missing_ok=True)


def drop(stored: str) -> None:
    """Take back what ``keep`` has stored, because what it belonged to was refused."""
    path_of(stored).unlink(missing_ok=True)


def room() -> int:
    """Bytes that are free on the disk of the store."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


def _write(path: Path, content: bytes) -> None:
    """Readable by us alone from its first byte, and on the disk before anybody is told of it."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def path_of(stored: str) -> Path:
    """Where a stored file rests. Names are made by ``keep``; anything else is refused."""
    if len(stored) != 32 or not set(stored) <= set("0123456789abcdef"):
        raise FileNotFoundError("This is not the name of a stored file.")
    return Path(settings.FILES_ROOT) / stored[:2] / stored


def shown_name(given: str) -> str:
    """The name that somebody gave, fit to be shown: no path, no control or direction characters that
    make a name look like another, at most 200 characters with its ending."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in UNSEEN)
    name = " ".join(plain.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME and dot and len(ending) <= 10:
        name = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
    return name[:LONGEST_NAME] or "file"


def content_type(content: bytes) -> str:
    """By the first bytes; text when it decodes, else unknown. Never a type that a browser would run."""
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    try:
        content[:4096].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if error.start < 4090:
            return "application/octet-stream"
    return "text/plain" if b"\0" not in content[:4096] else "application/octet-stream"
