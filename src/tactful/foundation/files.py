"""Files that came from outside: stored under random names, never under the name that somebody gave."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

LARGEST = 25 * 1024 * 1024  # bytes
EXECUTABLE_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
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
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)
    return Stored(name, hashlib.sha256(content).hexdigest(), len(content), content_type(content))


def read(stored: str) -> bytes:
    """Raises ``FileNotFoundError`` for what is not, or no longer, in the store."""
    return path_of(stored).read_bytes()


def discard(stored: str) -> None:
    """Take a file out of the store. One that is gone already is no error."""
    path_of(stored).unlink(missing_ok=True)


def path_of(stored: str) -> Path:
    """Where a stored file rests. Names are made by ``keep``; anything else is refused."""
    if len(stored) != 32 or not set(stored) <= set("0123456789abcdef"):
        raise FileNotFoundError("This is not the name of a stored file.")
    return Path(settings.FILES_ROOT) / stored[:2] / stored


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
