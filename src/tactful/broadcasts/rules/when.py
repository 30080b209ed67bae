"""When a broadcast begins, and when each client's turn comes."""

from datetime import datetime, timedelta
from typing import Final

from tactful.broadcasts.types import Schedule, When
from tactful.kernel.zones import utc_of

FIRST_ZONE: Final = "Pacific/Kiritimati"  # no wall shows an hour earlier than this one
GRACE: Final = timedelta(hours=1)  # what stood still for longer asks a person before it goes on
_DAY: Final = timedelta(days=1)


def begins_at(schedule: Schedule, go_at: datetime, delay_minutes: int) -> datetime:
    """Not before the minutes in which it can be taken back are over."""
    soonest = go_at + timedelta(minutes=delay_minutes)
    if schedule.when is When.AT and schedule.at is not None:
        return max(soonest, schedule.at)
    if schedule.when is When.LOCAL and schedule.day is not None and schedule.clock is not None:
        return max(soonest, utc_of(schedule.day, schedule.clock, FIRST_ZONE))
    return soonest


def due_in(zone: str, schedule: Schedule, begins: datetime) -> datetime:
    """By ``LOCAL`` at that hour on the wall of ``zone``; where it has passed on that day, on the next day on
    which it has not. Otherwise at once. Raises ``UnknownZone``."""
    if schedule.when is not When.LOCAL or schedule.day is None or schedule.clock is None:
        return begins
    day = schedule.day
    while (due := utc_of(day, schedule.clock, zone)) < begins:
        day = max(day + _DAY, begins.date() - _DAY)
    return due


def stood_still(last_at: datetime, now: datetime) -> bool:
    """Nothing was running for so long that a person should look before it goes on."""
    return now - last_at > GRACE
