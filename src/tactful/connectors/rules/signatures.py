"""Who has sent this? Over the very bytes that came, in constant time; without a secret nobody has (R48)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tactful.connectors.types import MappingTrouble

TOLERANCE = 300  # seconds between the sender's clock and ours, where the signature names a moment
KINDS = ("hmac", "timed", "token")
ENCODINGS = ("base64", "hex")


@dataclass(frozen=True, slots=True)
class Check:
    """``hmac``: HMAC-SHA256 of the body in ``header``, after ``prefix``. ``timed``: ``t=…,v1=…`` in
    ``header``, over the moment and the body. ``token``: the secret itself in ``header``, after ``prefix``."""

    kind: str
    header: str
    encoding: str = "base64"
    prefix: str = ""


def read_check(given: Any, where: str = "verify") -> Check:
    """Raises ``MappingTrouble``."""
    told = given if isinstance(given, dict) else {}
    check = Check(
        kind=str(told.get("kind", "")),
        header=str(told.get("header", "")).strip().lower(),
        encoding=str(told.get("encoding", "base64")),
        prefix=str(told.get("prefix", "")),
    )
    named = check.header.replace("-", "").replace("_", "")
    if check.kind not in KINDS or check.encoding not in ENCODINGS or len(check.prefix) > 40:
        raise MappingTrouble("verify", where)
    if not named.isascii() or not named.isalnum() or len(check.header) > 80:
        raise MappingTrouble("header", where, name=check.header[:80])
    return check


def is_genuine(check: Check, secret: str, headers: Mapping[str, str], body: bytes, moment: datetime) -> bool:
    """Whether somebody who knows the secret has sent this body. ``moment``: by the machine clock."""
    given = headers.get(check.header, "").strip()
    if not secret or not given:
        return False
    return _WAYS[check.kind](check, secret, given, body, moment)


def _hmac(check: Check, secret: str, given: str, body: bytes, _moment: datetime) -> bool:
    if not given.startswith(check.prefix):
        return False
    return _same(_digest(secret, body, check.encoding), given.removeprefix(check.prefix), check.encoding)


def _timed(_check: Check, secret: str, given: str, body: bytes, moment: datetime) -> bool:
    parts = [part.strip().partition("=") for part in given.split(",")[:20]]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or len(times[0]) > 12:
        return False
    if abs(moment.timestamp() - int(times[0])) > TOLERANCE:
        return False
    wanted = _digest(secret, times[0].encode() + b"." + body, "hex")
    given_ones = [value for name, _, value in parts if name == "v1"]
    return sum(_same(wanted, value, "hex") for value in given_ones) > 0  # all are looked at


def _token(check: Check, secret: str, given: str, _body: bytes, _moment: datetime) -> bool:
    return given.startswith(check.prefix) and _same(
        secret, given.removeprefix(check.prefix).strip(), "base64"
    )


def _digest(secret: str, body: bytes, encoding: str) -> str:
    made = hmac.digest(secret.encode(), body, hashlib.sha256)
    return made.hex() if encoding == "hex" else base64.b64encode(made).decode()


def _same(wanted: str, given: str, encoding: str) -> bool:
    said = given.lower() if encoding == "hex" else given
    return hmac.compare_digest(wanted.encode(), said.encode("utf-8", "surrogateescape"))


_WAYS: Mapping[str, Callable[[Check, str, str, bytes, datetime], bool]] = {
    "hmac": _hmac,
    "timed": _timed,
    "token": _token,
}
