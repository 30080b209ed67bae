"""When a conversation in which our word was last has been quiet for long enough."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tactful.kernel.zones import day_start, local_day

QUIET = timedelta(days=2)
AT_MOST = timedelta(days=21)
"""Where no day ever counts, or hardly any, so long a quiet is enough."""
_DAY = timedelta(days=1)


def quiet_enough_at(last_at: datetime, zone: str, counts: Callable[[date], bool]) -> datetime:
    """``last_at`` plus 48 hours in which the clock stands still on days that do not count.

    ``zone``: of the business; ``counts``: whether a local day is one on which people write to each other.
    An answer on Friday at 15:00 is left quiet until Tuesday at 15:00.
    """
    at, left = last_at, QUIET
    while at < last_at + AT_MOST:
        day = local_day(at, zone)
        tomorrow = day_start(day + _DAY, zone)
        if counts(day):
            if at + left <= tomorrow:
                return at + left
            left -= tomorrow - at
        at = tomorrow
    return last_at + AT_MOST
