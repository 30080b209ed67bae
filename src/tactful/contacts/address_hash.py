"""The keyed hash under which a suppressed address outlives its owner (R75)."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings


def address_hash(channel: str, address: str) -> bytes:
    """32 bytes. The key derives from the instance's secret: the table alone tells nobody's address."""
    return hmac.digest(_key(settings.SECRET_KEY), f"{channel}\0{address.casefold()}".encode(), hashlib.sha256)


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"tactful suppression\0" + secret.encode()).digest()
