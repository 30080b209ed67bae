"""Two quiet days: 48 hours on days on which people write to each other."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.inbox.rules.quiet_days import AT_MOST, QUIET, quiet_enough_at

OSLO = "Europe/Oslo"


def working(day: date) -> bool:
    return day.weekday() < 5 and day != date(2026, 5, 14)  # Ascension Day


def utc(day: int, hour: int, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


DAYS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: utc(1, 0, 1) + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("said", "over"),
    [
        (utc(6, 9), utc(8, 9)),  # Monday to Wednesday
        (utc(10, 13), utc(14, 13)),  # Friday to Tuesday
        (utc(11, 10), utc(14, 22)),  # Saturday: all of Monday and Tuesday, as the wall in Oslo counts them
        (utc(12, 22), utc(14, 22)),  # the first minute of Monday there
        (utc(13, 13, 5), utc(18, 13, 5)),  # a holiday and a weekend
    ],
)
def test_the_clock_stands_still_on_days_that_do_not_count(said: datetime, over: datetime) -> None:
    assert quiet_enough_at(said, OSLO, working) == over


def test_in_spring_an_hour_is_missing_and_not_counted() -> None:
    """The night to 29 March has 23 hours: the days are counted by elapsed time."""
    assert quiet_enough_at(utc(28, 12, 3), OSLO, lambda _: True) == utc(30, 12, 3)


def test_where_no_day_ever_counts_it_ends_all_the_same() -> None:
    assert quiet_enough_at(utc(6, 9), OSLO, lambda _: False) == utc(6, 9) + AT_MOST


@given(DAYS, st.frozensets(st.integers(0, 6), max_size=6))
def test_never_less_than_two_days_and_exactly_two_that_count(said: datetime, closed: frozenset[int]) -> None:
    def counts(day: date) -> bool:
        return day.weekday() not in closed

    over = quiet_enough_at(said, "UTC", counts)
    assert said + QUIET <= over <= said + AT_MOST
    minutes = int((over - said).total_seconds() // 60)
    counted = sum(counts((said + timedelta(minutes=at)).date()) for at in range(0, minutes, 30))
    assert over == said + AT_MOST or abs(counted * 30 - 48 * 60) <= 30


@given(DAYS, st.integers(0, 10_000))
def test_who_spoke_later_is_handed_back_no_earlier(said: datetime, minutes: int) -> None:
    later = said + timedelta(minutes=minutes)
    assert quiet_enough_at(said, OSLO, working) <= quiet_enough_at(later, OSLO, working)
