"""Letting the demo's days pass: the business clock goes to the next working morning, or first to what
automation has planned before it.

A day that is jumped over would look to automation like a day on which nothing could be sent: everything that
was due on it would be late, and somebody would be asked about each message.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now, shift_business_clock
from tactful.foundation.queries import business_at
from tactful.journeys.models import Enrolment
from tactful.kernel.calendars import is_holiday
from tactful.kernel.zones import utc_of

MORNING = time(8, 40)
TOGETHER = timedelta(minutes=45)  # one stop for all that is due so close; less than the grace of the gate
JUST_AFTER = timedelta(minutes=1)


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


def next_stop(now: datetime, morning: datetime) -> datetime:
    """``morning``, or a minute after what automation has planned before it and would do too late then."""
    until = morning - TOGETHER
    waiting = Enrolment.objects.filter(ended_at=None, phase__startswith="waiting", due_at__range=(now, until))
    planned = Dispatch.objects.filter(state__in=("held", "queued"), not_before__range=(now, until))
    moments = [*waiting.values_list("due_at", flat=True), *planned.values_list("not_before", flat=True)]
    due = sorted(at for at in moments if at is not None)
    if not due:
        return morning
    return max(at for at in due if at <= due[0] + TOGETHER) + JUST_AFTER


def _works(day: date, country: str) -> bool:
    return day.weekday() < 5 and not is_holiday(day, country)
