"""The client's calendar: where the days and clock times of a journey become moments.

A ``Calendar`` belongs to one place (zone, country, part of it) and is given to ``step`` as the fact
``calendar.place``; build one per place and keep it.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol

from tactful.journeys.types import WORKING_DAYS, DayRule
from tactful.kernel.zones import utc_of, zone

_DAY = timedelta(days=1)
_LONGEST_SEARCH = 366  # days; a rule that allows no day in a year is a mistake


class Calendar(Protocol):
    """Moments are aware UTC in and out. Local times that do not exist become the first minute that
    does; those that come twice mean the first (R22)."""

    def at_local(self, day: date, at: time) -> datetime:
        """The moment of a clock time on a local day."""
        ...

    def plus_wall_days(self, moment: datetime, days: int, at: time | None = None) -> datetime:
        """So many local days later, at the same clock time or at ``at``."""
        ...

    def plus_working_days(self, moment: datetime, days: int, at: time | None = None) -> datetime:
        """The same, counting only working days."""
        ...

    def local_time_on_or_after(self, moment: datetime, at: time | None, on: DayRule) -> datetime:
        """The first moment from ``moment`` on with this clock time (None: that of ``moment``) on an
        allowed day. Raises ``ValueError`` if no day of the coming year is allowed."""
        ...


class Quiet(Protocol):
    """The hours in which one client is left in peace, as far as a step before a date must know them."""

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        """``due``, or the last permitted moment before it if quiet hours would push it to ``before``
        or later (ENGINE.md, class reminder)."""
        ...


class ZoneCalendar:
    """A calendar of one IANA zone. ``is_holiday`` is a pure function of a local day."""

    def __init__(self, name: str, is_holiday: Callable[[date], bool] = lambda _: False) -> None:
        self._name, self._zone = name, zone(name)
        self._is_holiday = is_holiday
        self._allowed_from = lru_cache(maxsize=4096)(self._first_allowed)

    def at_local(self, day: date, at: time) -> datetime:
        return utc_of(day, at, self._name)

    def plus_wall_days(self, moment: datetime, days: int, at: time | None = None) -> datetime:
        local = moment.astimezone(self._zone)
        return self.at_local(local.date() + timedelta(days=days), at or local.time())

    def plus_working_days(self, moment: datetime, days: int, at: time | None = None) -> datetime:
        local = moment.astimezone(self._zone)
        day = local.date()
        for _ in range(days):
            day = self._allowed_from(day + _DAY, WORKING_DAYS)
        return self.at_local(day, at or local.time())

    def local_time_on_or_after(self, moment: datetime, at: time | None, on: DayRule) -> datetime:
        local = moment.astimezone(self._zone)
        clock = at or local.time()
        day = self._allowed_from(local.date(), on)
        found = moment if at is None and day == local.date() else self.at_local(day, clock)
        return found if found >= moment else self.at_local(self._allowed_from(day + _DAY, on), clock)

    def _first_allowed(self, day: date, on: DayRule) -> date:
        for _ in range(_LONGEST_SEARCH):
            if day.weekday() in on.weekdays and (on.holidays or not self._is_holiday(day)):
                return day
            day += _DAY
        raise ValueError("No day of the coming year is allowed by this wait. Allow at least one weekday.")
