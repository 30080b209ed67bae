"""Time windows: when the wall shows a fitting hour.

A rule speaks of wall time; everything here answers in aware UTC. With several plausible zones a
moment is permitted only if it is permitted in all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from tactful.kernel.clock import require_aware
from tactful.kernel.zones import day_start, local_day, utc_of

HORIZON_DAYS = 400  # a rule that permits nothing for longer than this permits nothing
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MIDNIGHT = time()

Span = tuple[datetime, datetime]  # from, and up to but not with


def no_day(_: date) -> bool:
    """For rules that close no day of their own."""
    return False


@dataclass(frozen=True, slots=True, eq=False)
class DayRule:
    """The permitted wall time of each day: from ``opens`` up to, but not with, ``closes``.

    ``opens`` after ``closes`` is open over midnight; both equal is open all day. ``closed_weekdays``:
    Monday is 0. ``closed_day`` answers for a local day, e.g. for public holidays. Answers are
    remembered per rule object: make a rule once and keep it.
    """

    opens: time
    closes: time
    closed_weekdays: frozenset[int] = frozenset()
    closed_day: Callable[[date], bool] = no_day

    def is_closed(self, day: date) -> bool:
        return day.weekday() in self.closed_weekdays or self.closed_day(day)


def is_permitted(moment: datetime, zones: tuple[str, ...], rule: DayRule) -> bool:
    """Whether ``rule`` permits ``moment`` in every zone."""
    moment = require_aware(moment)
    return any(start <= moment < end for start, end in permitted_spans(moment.date(), zones, rule))


def next_permitted(after: datetime, zones: tuple[str, ...], rule: DayRule) -> datetime | None:
    """The first moment, ``after`` itself included, that all zones permit; None if there is none
    within ``HORIZON_DAYS``."""
    after = require_aware(after)
    day = after.date()
    for _ in range(HORIZON_DAYS):
        for start, end in permitted_spans(day, zones, rule):
            if after < end:
                return max(after, start)
        day += _DAY
    return None


def last_permitted(before: datetime, zones: tuple[str, ...], rule: DayRule) -> datetime | None:
    """The last moment, ``before`` itself included, that all zones permit: the whole minute before
    a window closes. None if there is none within ``HORIZON_DAYS``."""
    before = require_aware(before)
    day = before.date()
    for _ in range(HORIZON_DAYS):
        for start, end in reversed(permitted_spans(day, zones, rule)):
            if start <= before:
                return before if before < end else max(start, end - _MINUTE)
        day -= _DAY
    return None


def next_opening(after: datetime, zone: str, rule: DayRule) -> datetime | None:
    """When ``rule`` opens next, strictly after ``after``, by the wall of one zone; midnight where it is open
    all day. None if it does not within ``HORIZON_DAYS``."""
    day = local_day(after, zone)
    for _ in range(HORIZON_DAYS):
        spans = _of_local_day(day, zone, rule)
        if spans and spans[-1][0] > after:
            return spans[-1][0]
        day += _DAY
    return None


def plus_working_hours(moment: datetime, hours: float, zone: str, rule: DayRule) -> datetime:
    """The moment when ``hours`` of working time have passed since ``moment``."""
    moment, left, day = require_aware(moment), timedelta(hours=hours), require_aware(moment).date()
    for _ in range(HORIZON_DAYS):
        for start, end in permitted_spans(day, (zone,), rule):
            begins = max(start, moment)
            if begins + left <= end:
                return begins + left
            left -= max(end - begins, timedelta())
        day += _DAY
    return moment + timedelta(hours=hours)


def minus_working_hours(moment: datetime, hours: float, zone: str, rule: DayRule) -> datetime:
    """The moment from which ``hours`` of working time remain until ``moment``."""
    moment, left, day = require_aware(moment), timedelta(hours=hours), require_aware(moment).date()
    for _ in range(HORIZON_DAYS):
        for start, end in reversed(permitted_spans(day, (zone,), rule)):
            ends = min(end, moment)
            if ends - left >= start:
                return ends - left
            left -= max(ends - start, timedelta())
        day -= _DAY
    return moment - timedelta(hours=hours)


@lru_cache(maxsize=16_384)
def permitted_spans(utc_day: date, zones: tuple[str, ...], rule: DayRule) -> tuple[Span, ...]:
    """What all zones permit within one UTC day, in order."""
    start = datetime.combine(utc_day, _MIDNIGHT, UTC)
    common: tuple[Span, ...] = ((start, start + _DAY),)
    for name in zones:
        common = _both(common, _around(utc_day, name, rule))
    return common


@lru_cache(maxsize=16_384)
def _around(utc_day: date, zone: str, rule: DayRule) -> tuple[Span, ...]:
    """The open spans of the three local days that can touch this UTC day."""
    days = (utc_day - _DAY, utc_day, utc_day + _DAY)
    return tuple(span for day in days for span in _of_local_day(day, zone, rule))


@lru_cache(maxsize=16_384)
def _of_local_day(day: date, zone: str, rule: DayRule) -> tuple[Span, ...]:
    if rule.is_closed(day):
        return ()
    midnight, next_midnight = day_start(day, zone), day_start(day + _DAY, zone)
    if rule.opens == rule.closes:
        spans = [(midnight, next_midnight)]
    else:
        opens, closes = utc_of(day, rule.opens, zone), utc_of(day, rule.closes, zone)
        over_midnight = rule.opens > rule.closes
        spans = [(midnight, closes), (opens, next_midnight)] if over_midnight else [(opens, closes)]
    return tuple(span for span in spans if span[0] < span[1])


def _both(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    shared = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(span for span in shared if span[0] < span[1])
