"""The keyed hash under which a suppressed address outlives its owner (R75)."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

_BLOCK = 64  # bytes of a block of SHA-256


def address_hash(channel: str, address: str) -> bytes:
    """HMAC-SHA256, 32 bytes. The key derives from the instance's secret: the table alone tells nobody's
    address."""
    return address_hashes(channel, [address])[0]


def address_hashes(channel: str, addresses: Iterable[str]) -> list[bytes]:
    """The same for many."""
    inner, outer = _halves(settings.SECRET_KEY)
    found = []
    for address in addresses:
        first, second = inner.copy(), outer.copy()
        first.update(f"{channel}\0{address.casefold()}".encode())
        second.update(first.digest())
        found.append(second.digest())
    return found


@lru_cache(maxsize=4)
def _halves(secret: str) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """RFC 2104 as far as it depends on the key alone; each mail asks for a hash."""
    key = hashlib.sha256(b"tactful suppression\0" + secret.encode()).digest().ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in key)), hashlib.sha256(
        bytes(byte ^ 0x5C for byte in key)
    )
