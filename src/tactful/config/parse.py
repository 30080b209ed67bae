"""Strict parsers for values from outside: text in, value out, or ``ValueError`` that ends the sentence
"TACTFUL_NAME …"."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

Parser = Callable[[str], object]

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_SECRET = 32


def text(raw: str) -> str:
    return raw.strip()


def folder(raw: str) -> Path:
    path = Path(raw).expanduser()
    if not path.is_absolute():
        raise ValueError(f"must be a full path that begins with /, not {raw!r}.")
    return path


def secret(raw: str) -> str:
    """The value itself never appears in the message."""
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, and has {len(raw)}.")
    return raw


def boolean(raw: str) -> bool:
    word = raw.strip().lower()
    if word not in TRUE | FALSE:
        raise ValueError(f"must be yes or no, not {raw!r}.")
    return word in TRUE


def port(raw: str) -> int:
    return _whole_number(raw, 1, 65535)


def count(raw: str) -> int:
    return _whole_number(raw, 1, 64)


def words(raw: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in raw.split(",") if word.strip())


def log_level(raw: str) -> str:
    level = raw.strip().upper()
    if level not in LEVELS:
        raise ValueError(f"must be one of {', '.join(LEVELS)}, not {raw!r}.")
    return level


def database_url(raw: str) -> str:
    """The value may hold a password, so the message does not repeat it."""
    if not raw.startswith(("postgresql://", "postgres://")):
        raise ValueError("must look like postgresql://user:password@host:5432/name.")
    try:
        conninfo_to_dict(raw)
    except ProgrammingError:
        # Not what it says of itself: it repeats the part that it does not understand, the password as a rule.
        raise ValueError(
            "cannot be read. It looks like postgresql://user:password@host:5432/name, with %20, %25, %2F, "
            "%3A and %40 for a space and % / : @ within the password."
        ) from None
    return raw


def web_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"must look like https://tactful.example.org, not {raw!r}.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"must end after the host name, without a path: {raw!r}.")
    return f"{parts.scheme}://{parts.netloc}"


def default_hosts(base_url: str) -> tuple[str, ...]:
    """The host of the base URL, and this machine under its own names."""
    hosts = (urlsplit(base_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]")
    return tuple(dict.fromkeys(hosts))


def _whole_number(raw: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", raw.strip()) or not low <= int(raw) <= high:
        raise ValueError(f"must be a whole number from {low} to {high}, not {raw!r}.")
    return int(raw)
