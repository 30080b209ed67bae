"""Whose key it is.

A key reads ``tact_<public part>_<secret>``. The prefix lets scanners of leaked secrets recognise it; the
public part finds the row, so that the comparison of the secret takes the same time for every row.
"""

import hashlib
import hmac

from django.db.models import Q

from tactful.foundation import pg
from tactful.foundation.clock import machine_now
from tactful.foundation.models import ApiKey

PREFIX = "tact"
_USED = """UPDATE api_key SET last_used_at = clock_timestamp() WHERE id = %s
AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')"""


def all_keys() -> list[ApiKey]:
    """The newest first, those that open nothing any more at the end."""
    return sorted(ApiKey.objects.order_by("-id"), key=lambda key: key.revoked_at is not None)


def key_of(text: str) -> ApiKey | None:
    """Whose key this is, if it opens anything today."""
    prefix, _sep, rest = text.partition("_")
    shown, _sep, secret = rest.partition("_")
    if prefix != PREFIX or not (text.isascii() and shown.isalnum() and secret):
        return None
    unended = Q(expires_at=None) | Q(expires_at__gt=machine_now())
    key = ApiKey.objects.filter(unended, shown=shown, revoked_at=None).first()
    if key is None or not hmac.compare_digest(bytes(key.digest), digest(secret)):
        return None
    pg.run(_USED, [key.id])
    return key


def digest(secret: str) -> bytes:
    """One round is enough: nobody guesses 24 random bytes."""
    return hashlib.sha256(secret.encode()).digest()
