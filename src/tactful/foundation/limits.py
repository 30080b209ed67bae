"""Limits in fixed windows, by the machine clock, for all processes together.

A refused attempt counts too: whoever keeps knocking stays outside. The keys are keyed digests, so the
table tells nobody's address.
"""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

KEEP = "1 day"
_COUNT = """
INSERT INTO rate_window (key, begins_at, count)
VALUES (%(key)s, date_bin(%(window)s * interval '1 second', clock_timestamp(), timestamptz 'epoch'),
        %(count)s)
ON CONFLICT (key, begins_at) DO UPDATE SET count = rate_window.count + excluded.count
RETURNING count
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` attempts in each window of ``seconds``."""

    name: str
    most: int
    seconds: int


def attempt(limit: Limit, who: str) -> bool:
    """Count one attempt of ``who``; answers whether it is within the limit."""
    return attempts(limit, who, 1)


def attempts(limit: Limit, who: str, count: int) -> bool:
    """Count several at once; answers whether the last of them is within the limit."""
    key = hmac.digest(settings.SECRET_KEY.encode(), f"{limit.name}\0{who}".encode(), hashlib.sha256)[:16]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "window": limit.seconds, "count": count})
        (total,) = cursor.fetchone()
    return int(total) <= limit.most


def forget_old_attempts() -> int:
    """Remove windows that are over for long. Answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM rate_window WHERE begins_at < clock_timestamp() - interval '{KEEP}'")  # noqa: S608
        return int(cursor.rowcount)
