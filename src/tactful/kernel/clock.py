"""The one place where time comes from (ENGINE.md, line 1).

*Business clock*: wall time plus a shift, read once per operation and passed down as ``now``.
*Machine clock*: ``clock_timestamp()`` of the database, used by leases, back-off and breakers only.
Nothing outside this module and ``foundation.clock`` asks the system for the time.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        ...


class SystemClock:
    """Wall time plus a fixed shift."""

    def __init__(self, shift: timedelta = timedelta()) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class FixedClock:
    """A clock for tests and simulations: it moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self._at = require_aware(at)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> datetime:
        self._at += by
        return self._at


def machine_ms() -> int:
    """Milliseconds since 1970 by the machine's clock, for ids."""
    return time.time_ns() // 1_000_000


def require_aware(at: datetime) -> datetime:
    """``at`` in UTC; a naive datetime is refused, for nobody can say which moment it means."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone. Give an aware datetime.")
    return at.astimezone(UTC)
