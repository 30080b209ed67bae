"""What stands in a request before anybody looks into its calls: size, JSON, how many, how large.

The limits are those that Segment documents for its HTTP API. A body that strict JSON refuses (a lone
surrogate, NaN, bytes that are no UTF-8) is mended where it can be: one odd character of a visitor's name
must not lose the other ninety-nine calls of a batch.
"""

import json
import zlib
from typing import Any

import msgspec

from tactful.tracking.types import BadRequest

from .bodies import cleaned

MOST_BYTES = 500 * 1024
MOST_BYTES_OF_A_CALL = 32 * 1024
MOST_CALLS = 2_500
DEEPEST = 40  # of a whole body; properties are cut off earlier


class Batch(msgspec.Struct, gc=False):
    batch: list[msgspec.Raw]
    writeKey: Any = None  # noqa: N815, as it stands on the wire


class Single(msgspec.Struct, gc=False):
    writeKey: Any = None  # noqa: N815


_batch = msgspec.json.Decoder(Batch)
_single = msgspec.json.Decoder(Single)


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its gzip. A small body that unfolds to a large one is cut off at the limit."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "deflate"):
        raise BadRequest("encoding", params={"encoding": encoding[:40]})
    machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = machine.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise BadRequest("gzip") from error
    if len(plain) > MOST_BYTES:
        raise BadRequest("large", params={"limit": MOST_BYTES})
    if not machine.eof:
        raise BadRequest("gzip")
    return plain


def opened(body: bytes, kind: str) -> tuple[bytes, int, str]:
    """A body that may be stored, how many calls it holds, and the write key that it names itself.

    ``kind``: ``batch`` or the one call that was made. Raises ``BadRequest``.
    """
    if len(body) > MOST_BYTES:
        raise BadRequest("large", params={"limit": MOST_BYTES})
    try:
        if not body.isascii():
            body.decode()
        return _read(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_mended(body, kind)


def _read(body: bytes, kind: str) -> tuple[bytes, int, str]:
    if kind == "batch":
        read = _batch.decode(body)
        sizes = [len(bytes(call)) for call in read.batch]
        if len(sizes) > MOST_CALLS:
            raise BadRequest("many", params={"limit": MOST_CALLS, "given": len(sizes)})
        if sizes and max(sizes) > MOST_BYTES_OF_A_CALL:
            raise BadRequest("call_large", params={"limit": MOST_BYTES_OF_A_CALL})
        return body, len(sizes), _text(read.writeKey)
    if len(body) > MOST_BYTES_OF_A_CALL:
        raise BadRequest("call_large", params={"limit": MOST_BYTES_OF_A_CALL})
    return body, 1, _text(_single.decode(body).writeKey)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read_mended(body: bytes, kind: str) -> tuple[bytes, int, str]:
    try:
        loose = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadRequest("json") from error
    if not isinstance(loose, dict):
        raise BadRequest("object")
    if kind == "batch" and not isinstance(loose.get("batch"), list):
        raise BadRequest("batch")
    mended = msgspec.json.encode(cleaned(loose, depth=DEEPEST, keys=None))
    try:
        return _read(mended, kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest("json") from error
