"""Words and values of strangers, in a form that the database takes and nobody trips over.

PostgreSQL's ``jsonb`` takes no NUL and no number of a hundred thousand digits; a property may be nested as
deep as a reader's stack. Bodies without any of it (nearly all) are never taken apart.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tactful.events.types import MARK

MOST_KEYS = 200
DEEPEST = 12
LONGEST = 8_000  # characters of one text
LARGEST = 10**15  # beyond, a number is kept as its text: nothing that reads it would keep its digits

#: An escape that may hide NUL, or a number that may be too large.
_ODD = re.compile(rb"\\u0000|[0-9]{16}|[:,\[\s][-+]?[0-9.]+[eE]")
#: Digits all look alike, and so do both letters of an exponent: what is odd is found without reading.
_SHAPE = bytes.maketrans(b"123456789E", b"000000000e")
_LONG = b"0" * 16
_OURS = f'"{MARK}":'.encode()
_NESTED = 40  # brackets: fewer cannot be nested too deep for anybody

Raw = msgspec.Raw
_EMPTY = frozenset((b"", b"null", b"{}", b"[]"))
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def data_of(properties: bytes, ours: bytes) -> bytes:
    """An event's data: the sender's properties and, under ``$``, what we know of the call (JSON)."""
    body = _object(properties)
    if body in _EMPTY:
        return b"{" + _OURS + ours + b"}"
    return body[:-1] + b"," + _OURS + ours + b"}"


def values_of(properties: bytes) -> dict[str, Any]:
    """The properties as values."""
    body = _object(properties)
    return {} if body in _EMPTY else _read(body)


def told_values(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties that came as values already, in the same form; nothing of them stands where ours do."""
    kept: dict[str, Any] = cleaned(dict(properties), depth=DEEPEST, keys=MOST_KEYS)
    kept.pop(MARK, None)
    return kept


def _object(properties: bytes) -> bytes:
    """Clean JSON of an object that is not empty, without spaces around; else one of ``_EMPTY``."""
    body = properties.strip()
    if body in _EMPTY or body[:1] != b"{":
        return b""
    if (
        (_may_be_odd(body) and _ODD.search(body))
        or body.count(b":") > MOST_KEYS
        or body.count(b"{") + body.count(b"[") > _NESTED
    ):
        return _encode(cleaned(_read(body), depth=DEEPEST, keys=MOST_KEYS))
    return b"" if body[1:-1].isspace() else body


def _read(body: bytes) -> Any:
    try:
        return _decode(body)
    except msgspec.DecodeError:  # a number that no machine counts with
        return json.loads(body, parse_int=_counted, parse_float=_measured)


def _counted(text: str) -> int | str:
    return int(text) if len(text) < 19 else text[:100]


def _measured(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _may_be_odd(body: bytes) -> bool:
    shape = body.translate(_SHAPE)
    return b"0e" in shape or _LONG in shape or b"\\u0000" in body


def cleaned(value: Any, *, depth: int, keys: int | None) -> Any:
    """The value without NUL and lone surrogates, not deeper than ``depth``, with at most ``keys`` keys."""
    if isinstance(value, str):
        return clean_text(value, LONGEST if keys else len(value))
    if not isinstance(value, dict | list):
        return _scalar(value)
    if depth <= 0:
        return None
    if isinstance(value, dict):
        pairs = list(value.items())[:keys]
        return {clean_text(str(key), 200): cleaned(each, depth=depth - 1, keys=keys) for key, each in pairs}
    return [cleaned(each, depth=depth - 1, keys=keys) for each in value[:keys]]


def _scalar(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and abs(value) > LARGEST:
        return _digits(value)
    return value


def _digits(value: int) -> str | None:
    try:
        return str(value)[:100]
    except ValueError:  # Python writes no more than 4,300 digits
        return None


def clean_text(text: str, longest: int) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if "\0" in text:
        text = text.replace("\0", "")
    return text[:longest]
