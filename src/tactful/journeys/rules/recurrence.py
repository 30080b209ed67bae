"""Days that come again: the part of RRULE (RFC 5545, 3.3.10) that a business needs, by whole local days.

FREQ of DAILY, WEEKLY, MONTHLY, YEARLY; INTERVAL; BYDAY, for months with a number before it (1MO, -1FR);
BYMONTHDAY, from the end if negative; BYMONTH. A month that has no such day is left out.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS = {
    "DAILY": {"BYDAY", "BYMONTHDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH"},
}
_LONGEST_INTERVAL = 1000


class BadRule(ValueError):
    """The text is no rule that we know."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``days``: (place in the month, weekday with Monday 0); the place is 0 for every one of them."""

    frequency: str
    interval: int = 1
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()


@lru_cache(maxsize=256)
def read_rule(text: str) -> Rule:
    """Raises ``BadRule`` with the part that is wrong."""
    parts = _split(text)
    frequency = parts.pop("FREQ", "")
    if frequency not in _PARTS:
        raise BadRule("FREQ")
    interval = _number(parts.pop("INTERVAL", "1"), 1, _LONGEST_INTERVAL, "INTERVAL")
    for name in parts:
        if name not in _PARTS[frequency]:
            raise BadRule(name)
    days = tuple(_day(each, frequency) for each in _listed(parts, "BYDAY"))
    month_days = tuple(_number(each, -31, 31, "BYMONTHDAY") for each in _listed(parts, "BYMONTHDAY"))
    months = tuple(_number(each, 1, 12, "BYMONTH") for each in _listed(parts, "BYMONTH"))
    if frequency == "YEARLY" and (days or month_days) and not months:
        raise BadRule("BYMONTH")
    return Rule(frequency, interval, days, month_days, months)


def occurs(rule: Rule, start: date, day: date) -> bool:
    """Whether ``day`` is one of the days of the rule, counted from ``start``."""
    if day < start or (rule.months and day.month not in rule.months):
        return False
    return _FITS[rule.frequency](rule, start, day)


def _daily(rule: Rule, start: date, day: date) -> bool:
    in_turn = (day - start).days % rule.interval == 0
    return in_turn and _fits_week(rule, day) and _fits_month(rule, day)


def _weekly(rule: Rule, start: date, day: date) -> bool:
    weeks = (_monday(day) - _monday(start)).days // 7
    named = _fits_week(rule, day) if rule.days else day.weekday() == start.weekday()
    return weeks % rule.interval == 0 and named


def _monthly(rule: Rule, start: date, day: date) -> bool:
    months = (day.year - start.year) * 12 + day.month - start.month
    return months % rule.interval == 0 and _named_or_the_same(rule, start, day)


def _yearly(rule: Rule, start: date, day: date) -> bool:
    same_month = bool(rule.months) or day.month == start.month
    in_turn = (day.year - start.year) % rule.interval == 0
    return in_turn and same_month and _named_or_the_same(rule, start, day)


def _named_or_the_same(rule: Rule, start: date, day: date) -> bool:
    if not rule.days and not rule.month_days:
        return day.day == start.day
    return _fits_week(rule, day) and _fits_month(rule, day)


def _fits_week(rule: Rule, day: date) -> bool:
    if not rule.days:
        return True
    last = monthrange(day.year, day.month)[1]
    places = {0, (day.day - 1) // 7 + 1, -((last - day.day) // 7 + 1)}
    return any(weekday == day.weekday() and place in places for place, weekday in rule.days)


def _fits_month(rule: Rule, day: date) -> bool:
    from_the_end = day.day - monthrange(day.year, day.month)[1] - 1
    return not rule.month_days or day.day in rule.month_days or from_the_end in rule.month_days


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _split(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        name, found, value = piece.partition("=")
        if not found or not value or name in parts:
            raise BadRule(piece or text)
        parts[name] = value
    return parts


def _listed(parts: Mapping[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _day(text: str, frequency: str) -> tuple[int, int]:
    place, weekday = text[:-2], text[-2:]
    if weekday not in WEEKDAYS or (place and frequency in ("DAILY", "WEEKLY")):
        raise BadRule("BYDAY")
    return _number(place, -5, 5, "BYDAY") if place else 0, WEEKDAYS.index(weekday)


def _number(text: str, least: int, most: int, name: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise BadRule(name) from None
    if not least <= number <= most or number == 0:
        raise BadRule(name)
    return number


_FITS: Mapping[str, Callable[[Rule, date, date], bool]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}
