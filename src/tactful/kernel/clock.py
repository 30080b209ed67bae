"""The one place where time comes from (ENGINE.md, line 1).

*Business clock*: wall time plus a shift, read once per operation and passed down as ``now``.
*Machine clock*: ``clock_timestamp()`` of the database, used by leases, back-off and breakers only.
Nothing outside this module and ``foundation.clock`` asks the system for the time.
"""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Wall time plus a fixed shift."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


def machine_ms() -> int:
    """Milliseconds since 1970 by the machine's clock, for ids."""
    return time.time_ns() // 1_000_000


def require_aware(at: datetime) -> datetime:
    """``at`` in UTC; a naive datetime is refused, for nobody can say which moment it means."""
    if at.tzinfo is UTC:
        return at  # nearly every moment is already
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone. Give an aware datetime.")
    return at.astimezone(UTC)
