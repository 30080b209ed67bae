"""Quoted-printable (RFC 2045) for bodies that are patched in place.

No physical line is longer than 76, and none starts with a dot, because a dot there is written ``=2E``:
the bytes are the same before and after SMTP's dot-stuffing. All functions start at the start of a line.
"""

from binascii import b2a_qp
from collections.abc import Sequence

SOFT_BREAK = b"=\r\n"
_FULL = 76
_ROOM = 72  # what fits with a dot that grew to three characters and a soft break
_TOKENS = {code: f"={code:02X}" for code in range(256) if code == 61 or not 32 <= code <= 126}


def encode_text(text: str) -> bytes:
    """``text`` with ``\\n`` line ends and no other; its own last line stays open."""
    raw = text.encode("utf-8", "replace")
    encoded = b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    if encoded.startswith(b".") or b"\n." in encoded:  # the library guards a dot only when it is alone
        return _encode_guarded(raw)
    return encoded


def encode_before_slot(text: str) -> bytes:
    """Like ``encode_text``, and a soft break when its last line holds anything."""
    encoded = encode_text(text)
    last = len(encoded) - encoded.rfind(b"\n") - 1
    if last == _FULL:  # no room for the break
        encoded = _encode_guarded(text.encode("utf-8", "replace"))
    return encoded + SOFT_BREAK if last else encoded


def encode_slot(value: str) -> bytes:
    """An escaped value between soft breaks: it leaves at the start of a line, too."""
    return encode_before_slot(value)


def encode_plain(values: Sequence[str]) -> list[bytes]:
    """``encode_slot`` of each, for characters that stand for themselves, the first of them no dot."""
    if max(map(len, values)) <= _ROOM:
        return [value.encode("ascii") + SOFT_BREAK for value in values]
    return [_encode_long(value.encode("ascii")) for value in values]


def _encode_long(raw: bytes) -> bytes:
    pieces = [raw[start : start + _ROOM] for start in range(0, len(raw), _ROOM)]
    whole = SOFT_BREAK.join(pieces) + SOFT_BREAK
    return whole if b"\n." not in whole else encode_slot(raw.decode("ascii"))


def _encode_guarded(raw: bytes) -> bytes:
    lines = raw.decode("latin-1").split("\n")
    return "\r\n".join("=\r\n".join(_pieces(_encode_line(line))) for line in lines).encode("ascii")


def _encode_line(line: str) -> str:
    encoded = line.translate(_TOKENS)
    return encoded[:-1] + "=20" if encoded.endswith(" ") else encoded  # a blank there would get lost


def _pieces(encoded: str) -> list[str]:
    """``encoded`` cut to size, so that no ``=XX`` is torn and no piece starts with a dot."""
    pieces, start = [], 0
    while len(encoded) - start > _ROOM:
        end = start + _ROOM
        torn = encoded.rfind("=", end - 2, end)
        end = torn if torn > start else end
        pieces.append(encoded[start:end])
        start = end
    return ["=2E" + piece[1:] if piece.startswith(".") else piece for piece in [*pieces, encoded[start:]]]
