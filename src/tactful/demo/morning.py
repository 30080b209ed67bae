"""Letting the demo's days pass: the business clock goes to the next working morning."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tactful.foundation.clock import business_now, shift_business_clock
from tactful.foundation.queries import business_at
from tactful.kernel.calendars import is_holiday
from tactful.kernel.zones import utc_of

MORNING = time(8, 40)


def go_to_next_morning() -> datetime:
    """Shift the clock to the next working morning, when automation may speak. Answers with the new now."""
    now = business_now()
    house = business_at(now)
    shift_business_clock(next_morning(now, house.time_zone, house.country) - now)
    return business_now()


def next_morning(now: datetime, zone: str, country: str) -> datetime:
    """The first 08:40 of a working day after ``now``."""
    day = now.astimezone(ZoneInfo(zone)).date()
    begin = utc_of(day, MORNING, zone)
    while begin <= now or not _works(day, country):
        day += timedelta(days=1)
        begin = utc_of(day, MORNING, zone)
    return begin


def _works(day: date, country: str) -> bool:
    return day.weekday() < 5 and not is_holiday(day, country)
