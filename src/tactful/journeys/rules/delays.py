"""From a delay to the moment at which it is over."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tactful.journeys.rules.calendar import Calendar
from tactful.journeys.types import ANY_DAY, Delay

_MIDNIGHT = time(0)


def needs_calendar(delay: Delay) -> bool:
    """Only hours and minutes on the clock, and exact moments, can do without."""
    return bool(
        delay.days or delay.working_days or delay.at or delay.on != ANY_DAY or delay.until is not None
    )


def over_at(delay: Delay, since: datetime, calendar: Calendar | None, until: Any = None) -> datetime | None:
    """The moment, never before ``since``; None if it hangs on a date that the data does not have.

    ``calendar`` may be None if ``needs_calendar`` says no. ``until``: the value that ``delay.until``
    stands for, a date or a moment (or ISO 8601 text of one).
    """
    moment = _first(delay, since, calendar, until)
    if moment is None:
        return None
    any_day = delay.on is ANY_DAY or delay.on == ANY_DAY
    on_that_day = delay.days or delay.working_days or (_keeps_the_wall(delay, until) and moment >= since)
    moment = max(moment, since)
    if calendar is None or (any_day and (delay.at is None or on_that_day)):
        return moment
    return calendar.local_time_on_or_after(moment, delay.at, delay.on)


def _first(delay: Delay, since: datetime, calendar: Calendar | None, until: Any) -> datetime | None:
    if calendar is None:
        return since + delay.elapsed
    if delay.until is not None:
        return _before(delay, calendar, until)
    if delay.working_days:
        return calendar.plus_working_days(since, delay.working_days, delay.at)
    if delay.days:
        return calendar.plus_wall_days(since, delay.days, delay.at)
    return since + delay.elapsed


def _before(delay: Delay, calendar: Calendar, until: Any) -> datetime | None:
    day = _day(until)
    if day is not None and delay.at is not None and _keeps_the_wall(delay, until):
        return calendar.at_local(day - delay.earlier, delay.at)
    moment = moment_of(until, calendar, delay.at or _MIDNIGHT)
    return None if moment is None else moment - delay.earlier


def _keeps_the_wall(delay: Delay, until: Any) -> bool:
    """Nine o'clock, whole days before a day, is nine o'clock there, whatever the clock does in between."""
    return _day(until) is not None and not delay.earlier % timedelta(days=1)


def _day(value: Any) -> date | None:
    """A date without a time, or ISO 8601 text of one."""
    if isinstance(value, str):
        value = _from_text(value)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def moment_of(value: Any, calendar: Calendar, at: time) -> datetime | None:
    """A date (at the clock time ``at``) or a moment, or ISO 8601 text of one; None for anything else."""
    if isinstance(value, str):
        value = _from_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else calendar.at_local(value.date(), value.time())
    return calendar.at_local(value, at) if isinstance(value, date) else None


def _from_text(text: str) -> date | datetime | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-01-31") else datetime.fromisoformat(text)
    except ValueError:
        return None
