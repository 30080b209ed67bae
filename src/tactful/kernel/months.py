"""Months as the law counts them."""

from calendar import monthrange
from datetime import date


def month_after(day: date) -> date:
    """The day of the same number in the next month, or its last day.

    >>> month_after(date(2026, 1, 31))
    datetime.date(2026, 2, 28)
    """
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
