"""Signed tokens that derive from an id and a key: the same id and key always give the same token.

Used for plus addresses, return paths, unsubscribe and upload links. A token says what it is for
(``purpose``), so that one made for one door never opens another. Its form is 38 hexadecimal digits: any
case, one spelling only, and the cheapest to write, for each mail carries five of them.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

SIGNATURE_BYTES = 10  # each guess costs a request to us, so 80 bits are far out of reach
_FORM = re.compile(r"[0-9A-Fa-f]{38}").fullmatch


class TokenError(ValueError):
    """The token was not made by us, or for something else."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Signing keys by number, at most 64 bytes each. ``current`` signs; every listed key still verifies."""

    keys: dict[int, bytes]
    current: int


def sign(ring: KeyRing, purpose: str, ident: int, key_id: int | None = None) -> str:
    """Lower-case token: key number, id, signature. Safe in local parts and in URLs."""
    number = ring.current if key_id is None else key_id
    payload, shown = _opening(number, ident)
    digest = _keyed(ring.keys[number], purpose).copy()
    digest.update(payload)
    return shown + digest.hexdigest()


def sign_each(ring: KeyRing, purposes: Sequence[str], idents: Sequence[int], key_id: int) -> list[list[str]]:
    """``sign`` for several purposes and many ids: for each purpose a column of tokens."""
    openings = [_opening(key_id, ident) for ident in idents]
    return [_signed(_keyed(ring.keys[key_id], purpose), openings) for purpose in purposes]


def _signed(keyed: hashlib.blake2b, openings: Sequence[tuple[bytes, str]]) -> list[str]:
    tokens = []
    for payload, shown in openings:
        digest = keyed.copy()
        digest.update(payload)
        tokens.append(shown + digest.hexdigest())
    return tokens


def verify(ring: KeyRing, purpose: str, token: str) -> int:
    """The id that the token was made for. Raises ``TokenError``; compares in constant time."""
    if not _FORM(token):
        raise TokenError("This link or address is not complete, or it was not made by us.")
    raw = bytes.fromhex(token)
    payload, signature = raw[:9], raw[9:]
    key = ring.keys.get(payload[0])
    if key is None or not hmac.compare_digest(signature, _signature(key, purpose, payload)):
        raise TokenError("This link or address was not made by us, or it was made for something else.")
    return int.from_bytes(payload[1:], "big")


def _signature(key: bytes, purpose: str, payload: bytes) -> bytes:
    digest = _keyed(key, purpose).copy()
    digest.update(payload)
    return digest.digest()


@lru_cache(maxsize=64)
def _keyed(key: bytes, purpose: str) -> hashlib.blake2b:
    """BLAKE2's own keyed mode is a MAC; what depends on the key and the purpose alone is done once."""
    return hashlib.blake2b(purpose.encode() + b"\0", digest_size=SIGNATURE_BYTES, key=key)


def _opening(number: int, ident: int) -> tuple[bytes, str]:
    """What all tokens of an id have in common."""
    payload = bytes([number]) + ident.to_bytes(8, "big")
    return payload, payload.hex()
