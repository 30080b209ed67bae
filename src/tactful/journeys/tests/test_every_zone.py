"""R22 and R23 for the waits of a journey, at every change of the clock in every zone from 2024 to 2035."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tactful.journeys.rules.calendar import ZoneCalendar
from tactful.journeys.rules.delays import over_at
from tactful.journeys.types import Delay
from tactful.kernel.tests.test_zones import ZONES, jumps

HALF = timedelta(hours=12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE = Delay(days=1, at=time(9))


def test_one_day_keeps_the_wall_and_24_hours_the_stopwatch_at_every_change() -> None:
    looked = 0
    for name in ZONES:
        calendar = ZoneCalendar(name)
        for moment, before, after in jumps(name):
            since = moment - HALF
            on_the_wall = over_at(Delay(days=1), since, calendar)
            passed = over_at(Delay(elapsed=2 * HALF), since, None)
            assert passed == since + 2 * HALF
            assert on_the_wall is not None
            assert on_the_wall - passed == before - after, (name, moment)
            looked += 1
    assert looked > 4000


def test_nine_in_the_morning_is_nine_on_the_wall_before_and_after_every_change() -> None:
    for name in ZONES:
        calendar, zone = ZoneCalendar(name), ZoneInfo(name)
        for moment, _, _ in jumps(name):
            for shift in (-2, -1, 0):
                since = moment + shift * 2 * HALF
                found = over_at(NINE, since, calendar)
                assert found is not None
                shown, today = found.astimezone(zone), since.astimezone(zone).date()
                assert (shown.date(), shown.time()) == (today + 2 * HALF, time(9)), (name, moment)


def test_every_wait_for_nine_ends_at_nine_on_the_wall_of_the_right_day() -> None:
    """By working days, at the next nine there is, on a date, and at a moment that names no zone."""
    for name in ZONES:
        calendar, zone = ZoneCalendar(name), ZoneInfo(name)
        for moment, _, _ in jumps(name):
            for shift in (-21, 14):  # at some of them the day of Greenwich is another
                since = moment + shift * HOUR
                local = since.astimezone(zone)
                today, tomorrow = local.date(), local.date() + DAY
                working = tomorrow + (7 - tomorrow.weekday()) * DAY if tomorrow.weekday() > 4 else tomorrow
                coming = today if local.time() <= time(9) else tomorrow
                dated, said = tomorrow, f"{tomorrow}T09:00"
                for delay, until, expected in (
                    (Delay(working_days=1, at=time(9)), None, working),
                    (Delay(at=time(9)), None, coming),
                    (Delay(until=dated, at=time(9)), dated, dated),
                    (Delay(until=dated), said, dated),
                ):
                    found = over_at(delay, since, calendar, until)
                    assert found is not None
                    shown = found.astimezone(zone)
                    assert (shown.date(), shown.time()) == (expected, time(9)), (name, since, delay)


def test_what_comes_twice_is_the_first_and_what_never_comes_is_when_the_clock_jumps() -> None:
    for name in ZONES:
        calendar = ZoneCalendar(name)
        for moment, before, after in jumps(name):
            wall = (moment + min(before, after)).replace(tzinfo=None)  # where the gap or the overlap begins
            delay = Delay(until=wall.date(), at=wall.time())
            found = over_at(delay, moment - 100 * DAY, calendar, wall.date())
            assert found == (moment if after > before else moment - (before - after)), (name, moment)
            sooner = Delay(until=wall.date(), at=wall.time(), earlier=DAY)
            a_day_before = (wall - DAY - before).replace(tzinfo=UTC)  # by the wall, not by the stopwatch
            assert over_at(sooner, moment - 100 * DAY, calendar, wall.date()) == a_day_before, (name, moment)


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 1)),
        (date(2027, 2, 28), 1, date(2027, 3, 1)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 1, date(2028, 3, 1)),
        (date(2027, 12, 31), 1, date(2028, 1, 1)),
        (date(2028, 2, 29), 365, date(2029, 2, 28)),
        (date(2027, 4, 30), 31, date(2027, 5, 31)),
    ],
)
def test_month_ends_and_leap_days(day: date, days: int, expected: date) -> None:
    calendar = ZoneCalendar("Europe/Oslo")
    found = over_at(Delay(days=days), datetime(day.year, day.month, day.day, 11, tzinfo=UTC), calendar)
    assert found is not None
    assert found.astimezone(ZoneInfo("Europe/Oslo")).date() == expected
