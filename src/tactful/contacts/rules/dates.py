"""Dates as files write them: 2019-02-14, 14.02.2019, 14/2/19."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from .trouble import Unusable, shown

_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_SHORT = re.compile(r"(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?")
_OLDEST = 110  # years: nobody who writes to a small business is older


@lru_cache(maxsize=8192)
def read_date(text: str, today: date, order: str = "", *, birthday: bool = False) -> date:
    """The date that ``text`` means.

    Dots read day first, as everywhere in Europe. Slashes and dashes need ``order`` ("dmy" or "mdy"),
    unless only one reading exists. A year of two digits takes the century that makes sense on
    ``today``. Raises ``Unusable`` for what is no date, does not exist, or can mean two.
    """
    found = _one_date(text.strip().rstrip("."), today, order, birthday)
    if found > today:
        raise Unusable("date.future", text=shown(text))
    return found


def column_order(texts: Iterable[str]) -> str:
    """ "dmy" or "mdy" when the column's own days over 12 tell it, else ""."""
    orders = set()
    for text in texts:
        if "/" not in text and "-" not in text:
            continue
        match = _SHORT.fullmatch(text.strip().rstrip("."))
        if match and match[2] in "/-":
            first, second = int(match[1]), int(match[3])
            orders |= {"dmy"} if first > 12 >= second else set()
            orders |= {"mdy"} if second > 12 >= first else set()
    return orders.pop() if len(orders) == 1 else ""


def _one_date(text: str, today: date, order: str, birthday: bool) -> date:
    if iso := _ISO.fullmatch(text):
        return _build(text, int(iso[1]), int(iso[2]), int(iso[3]))
    short = _SHORT.fullmatch(text)
    if not short:
        raise Unusable("date.unreadable", text=shown(text))
    day, month = _day_month(text, int(short[1]), int(short[3]), short[2], order)
    year = int(short[4])
    if len(short[4]) == 2:
        year = _century(text, year, (month, day), today, birthday)
    return _build(text, year, month, day)


def _day_month(text: str, first: int, second: int, mark: str, order: str) -> tuple[int, int]:
    if mark in ". " or order == "dmy":
        return first, second
    if order == "mdy":
        return second, first
    if first <= 12 and second <= 12 and first != second:
        raise Unusable("date.ambiguous", text=shown(text))
    return (second, first) if second > 12 else (first, second)


def _century(text: str, year: int, month_day: tuple[int, int], today: date, birthday: bool) -> int:
    """A birthday has the age of a living person; another date lies in the last fifty years."""
    oldest = _OLDEST if birthday else 50
    possible = [
        full
        for full in (1900 + year, 2000 + year)
        if (full, *month_day) <= (today.year, today.month, today.day) and today.year - full <= oldest
    ]
    if len(possible) > 1:
        raise Unusable("date.century", text=shown(text))
    if not possible:
        raise Unusable("date.future" if 2000 + year >= today.year else "date.unreadable", text=shown(text))
    return possible[0]


def _build(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unusable("date.impossible", text=shown(text)) from error
