"""Days and clock times in the client's zone (R22, R23)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.journeys.rules.calendar import ZoneCalendar
from tactful.journeys.rules.delays import needs_calendar, over_at
from tactful.journeys.types import ANY_DAY, WORKING_DAYS, DayRule, Delay, Ref, Source

from .build import OSLO, unhurried

BEFORE_SPRING = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # 02:30 in Oslo; on the 29th that does not exist
BEFORE_AUTUMN = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)  # 02:30 in Oslo; on the 25th it comes twice
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def oslo(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(ZoneInfo("Europe/Oslo")).strftime("%a %d %b %H:%M %z")


@unhurried
@given(st.sampled_from(sorted(available_timezones())), days, clocks)
def test_a_local_time_is_on_the_wall_or_the_first_minute_after_the_gap(
    zone: str, day: date, at: time
) -> None:
    wall = datetime.combine(day, at)
    moment = ZoneCalendar(zone).at_local(day, at)
    shown = moment.astimezone(ZoneInfo(zone))
    if shown.replace(tzinfo=None) == wall:
        assert shown.fold == 0, "of two the first"
    else:
        before = (moment - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert before < wall < shown.replace(tzinfo=None)


@unhurried
@given(
    st.sampled_from(["Europe/Oslo", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 12 * 365 * 24 * 60).map(lambda minutes: MOMENT + timedelta(minutes=minutes)),
    clocks,
    st.sets(st.integers(0, 6), min_size=1),
)
def test_the_next_local_time_never_lies_before_and_on_an_allowed_day(
    zone: str, moment: datetime, at: time, weekdays: set[int]
) -> None:
    since, rule = moment, DayRule(frozenset(weekdays))
    found = ZoneCalendar(zone).local_time_on_or_after(since, at, rule)
    assert since <= found <= since + timedelta(days=9)
    assert found.astimezone(ZoneInfo(zone)).weekday() in weekdays


def test_a_gap_in_spring() -> None:
    assert oslo(OSLO.at_local(date(2026, 3, 29), time(2, 30))) == "Sun 29 Mar 03:00 +0200"


def test_one_day_keeps_the_wall_and_24_hours_keep_the_stopwatch() -> None:
    noon = datetime(2026, 3, 28, 11, 0, tzinfo=UTC)
    assert oslo(over_at(Delay(days=1), noon, OSLO)) == "Sun 29 Mar 12:00 +0200"
    assert oslo(over_at(Delay(elapsed=timedelta(hours=24)), noon, None)) == "Sun 29 Mar 13:00 +0200"
    assert oslo(over_at(Delay(days=1), BEFORE_SPRING, OSLO)) == "Sun 29 Mar 03:00 +0200"
    assert oslo(over_at(Delay(days=1), BEFORE_AUTUMN, OSLO)) == "Sun 25 Oct 02:30 +0200"


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (Delay(days=7, at=time(9), on=WORKING_DAYS), "Fri 03 Apr 09:00 +0200"),
        (Delay(days=6, at=time(9), on=WORKING_DAYS), "Fri 03 Apr 09:00 +0200"),
        (Delay(days=1, at=time(9)), "Sat 28 Mar 09:00 +0100"),
        (Delay(working_days=5, at=time(9)), "Mon 06 Apr 09:00 +0200"),
        (Delay(working_days=1), "Mon 30 Mar 13:00 +0200"),
        (Delay(at=time(9)), "Sat 28 Mar 09:00 +0100"),
        (Delay(at=time(13)), "Fri 27 Mar 13:00 +0100"),
        (Delay(at=time(9), on=DayRule(frozenset({2}))), "Wed 01 Apr 09:00 +0200"),
        (Delay(elapsed=timedelta(hours=30), on=WORKING_DAYS), "Mon 30 Mar 19:00 +0200"),
        (Delay(until=date(2026, 3, 31), at=time(9)), "Tue 31 Mar 09:00 +0200"),
        (Delay(until=date(2026, 3, 1)), "Fri 27 Mar 13:00 +0100"),
    ],
)
def test_delays_from_a_friday_noon(delay: Delay, expected: str) -> None:
    """2 April is a holiday in this calendar."""
    assert needs_calendar(delay)
    assert oslo(over_at(delay, FRIDAY, OSLO, delay.until)) == expected


@pytest.mark.parametrize("value", [None, "soon", "2026-13-01", 7, True])
def test_a_date_that_is_none_gives_no_moment(value: object) -> None:
    assert over_at(Delay(until=Ref(Source.ENTRY, "x")), FRIDAY, OSLO, value) is None


def test_a_rule_that_allows_no_day_says_so() -> None:
    never = ZoneCalendar("UTC", lambda _: True)
    with pytest.raises(ValueError, match="No day of the coming year"):
        never.local_time_on_or_after(FRIDAY, time(9), WORKING_DAYS)
    assert never.local_time_on_or_after(FRIDAY, None, ANY_DAY) == FRIDAY
