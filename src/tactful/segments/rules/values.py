"""What each operator means, for a value as it is kept: JSON, text of a column, or a moment.

``hot.testing`` says the same in SQL; change both or neither. An absent value answers no to everything but
``is_not`` and ``known: false``. Text is compared letter by letter. A number may be kept as a JSON number or
as text that reads as one. Dates are compared as their first ten letters, so that a date which the calendar
does not have offends nobody.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tactful.kernel.zones import day_start, local_day
from tactful.segments.types import DATES, DAYS_COUNTED, Moment, Op, Operand, Test

DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"  # in SQL ``$`` is the very end; here ``fullmatch`` makes it so
_DAY = timedelta(days=1)
_date = re.compile(DATE)
_number = re.compile(NUMBER)


def passes(test: Test, value: Any, moment: Moment) -> bool:
    """Whether a JSON value (or None for absent) answers yes."""
    if test.op is Op.IS_NOT:
        return not passes(Test(Op.IS, test.value), value, moment)
    if test.op is Op.KNOWN:
        return known(value) is test.value
    if test.op in DATES or test.op in DAYS_COUNTED:
        return _dated(test, value, moment)
    return _TESTS[test.op](value, test.value)


def passes_moment(test: Test, value: datetime, moment: Moment) -> bool:
    """The same for a moment, by the days of the business."""
    return passes(test, local_day(value, moment.zone).isoformat(), moment)


def known(value: Any) -> bool:
    return value not in (None, "", [])


def days_of(test: Test, moment: Moment) -> tuple[str, str]:
    """The first and the last day that fit a test of dates, both included; "" is open."""
    if test.op in DATES:
        day = str(test.value)
        before, after = date.fromisoformat(day) - _DAY, date.fromisoformat(day) + _DAY
        return {Op.BEFORE: ("", before.isoformat()), Op.AFTER: (after.isoformat(), ""), Op.ON: (day, day)}[
            test.op
        ]
    there = int(test.value) * _DAY  # type: ignore[arg-type]
    if test.op is Op.IN_LAST_DAYS:
        return (moment.today - there).isoformat(), moment.today.isoformat()
    return moment.today.isoformat(), (moment.today + there).isoformat()


def days_that_come(days: int, moment: Moment) -> list[str]:
    """``MM-DD`` of today and so many days after it. Who was born on 29 February has it on the 28th in a year
    that has no 29th."""
    coming = [moment.today + n * _DAY for n in range(min(days, 366) + 1)]
    found = {day.strftime("%m-%d") for day in coming}
    if any((day.month, day.day) == (2, 28) and (day + _DAY).month == 3 for day in coming):
        found.add("02-29")
    return sorted(found)


def moments_of(test: Test, moment: Moment) -> tuple[datetime | None, datetime | None]:
    """A test of dates for a column of moments: from the first (included) to the second (not included)."""
    first, last = days_of(test, moment)
    until = day_start(date.fromisoformat(last) + _DAY, moment.zone) if last else None
    return day_start(date.fromisoformat(first), moment.zone) if first else None, until


def number(value: Any) -> Decimal | None:
    """The number that a value is or reads as."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(repr(value))
    return Decimal(value) if isinstance(value, str) and _number.fullmatch(value) else None


def same(value: Any, wanted: Operand) -> bool:
    if isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, str):
        return isinstance(value, str) and value == wanted
    found = number(value)
    return found is not None and found == number(wanted)


def _dated(test: Test, value: Any, moment: Moment) -> bool:
    if not isinstance(value, str) or not _date.match(value):
        return False
    if test.op is Op.COMES_ROUND:
        return value[5:10] in days_that_come(int(test.value), moment)  # type: ignore[arg-type]
    first, last = days_of(test, moment)
    day = value[:10]
    return (not first or day >= first) and (not last or day <= last)


def _ordered(test: Callable[[Decimal, Decimal], bool]) -> Callable[[Any, Operand], bool]:
    def compare(value: Any, wanted: Operand) -> bool:
        left, right = number(value), number(wanted)
        return left is not None and right is not None and test(left, right)

    return compare


def _one_of(value: Any, wanted: Operand) -> bool:
    return isinstance(wanted, tuple) and any(same(value, each) for each in wanted)


def _contains(value: Any, wanted: Operand) -> bool:
    if isinstance(value, str):
        return str(wanted) in value
    return isinstance(value, list) and any(isinstance(item, str) and item == wanted for item in value)


_TESTS: Mapping[Op, Callable[[Any, Operand], bool]] = {
    Op.IS: same,
    Op.ONE_OF: _one_of,
    Op.MORE_THAN: _ordered(lambda left, right: left > right),
    Op.AT_LEAST: _ordered(lambda left, right: left >= right),
    Op.LESS_THAN: _ordered(lambda left, right: left < right),
    Op.AT_MOST: _ordered(lambda left, right: left <= right),
    Op.CONTAINS: _contains,
}
