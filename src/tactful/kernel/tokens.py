"""Signed tokens that derive from an id and a key: the same id and key always give the same token.

Used for plus addresses, return paths, unsubscribe and upload links. A token says what it is for
(``purpose``), so that one made for one door never opens another.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

SIGNATURE_BYTES = 12


class TokenError(ValueError):
    """The token was not made by us, or for something else."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Signing keys by number. ``current`` signs; every listed key still verifies."""

    keys: dict[int, bytes]
    current: int


def sign(ring: KeyRing, purpose: str, ident: int, key_id: int | None = None) -> str:
    """Lower-case base32 token: key number, id, signature. Safe in local parts and in URLs."""
    number = ring.current if key_id is None else key_id
    payload = bytes([number]) + ident.to_bytes(8, "big")
    return _encode(payload + _signature(ring.keys[number], purpose, payload))


def verify(ring: KeyRing, purpose: str, token: str) -> int:
    """The id that the token was made for. Raises ``TokenError``; compares in constant time."""
    raw = _decode(token)
    payload, signature = raw[:9], raw[9:]
    key = ring.keys.get(payload[0]) if len(raw) == 9 + SIGNATURE_BYTES else None
    if key is None or not hmac.compare_digest(signature, _signature(key, purpose, payload)):
        raise TokenError("This link or address was not made by us, or it was made for something else.")
    return int.from_bytes(payload[1:], "big")


def _signature(key: bytes, purpose: str, payload: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + payload, hashlib.sha256)[:SIGNATURE_BYTES]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _decode(token: str) -> bytes:
    padded = token.upper() + "=" * (-len(token) % 8)
    try:
        return base64.b32decode(padded)
    except ValueError as error:
        raise TokenError("This link or address is not complete.") from error
