"""How fast a broadcast leaves."""

from datetime import datetime, timedelta
from typing import Final

AHEAD: Final = timedelta(seconds=30)  # so far ahead messages get their moment; the rest can still be stopped


def gap(per_hour: int) -> timedelta:
    return timedelta(hours=1) / per_hour


def slots(per_hour: int | None, free_at: datetime | None, now: datetime, most: int) -> list[datetime]:
    """The moments of the next messages, at most ``most``, the first not before ``free_at``. What was not
    used while nothing ran is not made up for: no hour ever holds more than its share."""
    if per_hour is None:
        return [now] * most
    between, at = gap(per_hour), max(free_at or now, now)
    moments: list[datetime] = []
    while len(moments) < most and at <= now + AHEAD:
        moments.append(at)
        at += between
    return moments


def free_after(per_hour: int | None, last: datetime) -> datetime | None:
    """When the next one may go, once ``last`` is taken."""
    return None if per_hour is None else last + gap(per_hour)
