"""The keyed hash under which a suppressed address outlives its owner (R75)."""

import hashlib
import hmac

from django.conf import settings


def address_hash(channel: str, address: str) -> bytes:
    """32 bytes. The key derives from the instance's secret: the table alone tells nobody's address."""
    key = hashlib.sha256(b"tactful suppression\0" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, f"{channel}\0{address.casefold()}".encode(), hashlib.sha256)
