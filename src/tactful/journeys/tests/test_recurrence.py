"""Our part of RRULE against the library that knows all of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from tactful.journeys.rules.recurrence import WEEKDAYS, BadRule, occurs, read_rule

from .build import unhurried

DAYS = 800
intervals = st.sampled_from(["", ";INTERVAL=2", ";INTERVAL=3"])
plain_days = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True)
places = st.sampled_from([1, 2, 4, 5, -1, -2])
placed = st.builds(
    lambda place, day: f"{place}{day}", st.sampled_from([1, 2, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS)
)
month_days = st.lists(st.sampled_from([1, 15, 28, 29, 30, 31, -1, -3]), min_size=1, max_size=2, unique=True)
months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)


def part(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    return st.just("") | values.map(lambda them: f";{name}={','.join(map(str, them))}")


some_months = part("BYMONTH", months)
by_day = part("BYDAY", plain_days)
by_place = part("BYDAY", st.lists(placed, min_size=1, max_size=2, unique=True))
by_month_day = part("BYMONTHDAY", month_days)
rules = st.one_of(
    st.tuples(st.just("FREQ=DAILY"), intervals, by_day, some_months),
    st.tuples(st.just("FREQ=WEEKLY"), intervals, by_day, some_months),
    st.tuples(st.just("FREQ=MONTHLY"), intervals, by_place, some_months),
    st.tuples(st.just("FREQ=MONTHLY"), intervals, by_day, by_month_day),
    st.tuples(st.just("FREQ=YEARLY"), intervals),
    st.tuples(st.just("FREQ=YEARLY"), intervals, months.map(lambda m: f";BYMONTH={','.join(map(str, m))}"),
              by_month_day, by_place),
).map("".join)  # fmt: skip


@unhurried
@given(rules, st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_same_days_as_the_library(text: str, start: date) -> None:
    begin = datetime.combine(start, datetime.min.time())
    expected = {at.date() for at in rrulestr(text, dtstart=begin).between(
        begin - timedelta(days=1), begin + timedelta(days=DAYS))}  # fmt: skip
    days = (start + timedelta(days=ahead) for ahead in range(DAYS))
    assert {day for day in days if occurs(read_rule(text), start, day)} == expected


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("FREQ=HOURLY", "FREQ"),
        ("BYDAY=MO", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=XX", "BYDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTHDAY=1", "BYMONTH"),
        ("FREQ=DAILY;COUNT=3", "COUNT"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY"),
        ("every day", "EVERY DAY"),
        ("", ""),
    ],
)
def test_what_is_no_rule_of_ours_names_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(BadRule) as caught:
        read_rule(text)
    assert str(caught.value) == wrong
