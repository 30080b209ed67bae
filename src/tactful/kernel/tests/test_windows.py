"""The first and the last fitting moment, against a slow and simple reading of the wall."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.kernel.windows import (
    DayRule,
    is_permitted,
    last_permitted,
    minus_working_hours,
    next_opening,
    next_permitted,
    plus_working_hours,
)


def utc(day: int, hour: int, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


MINUTE = timedelta(minutes=1)
OSLO = ("Europe/Oslo",)
DAYTIME = DayRule(time(8), time(20), frozenset({5, 6}))
OFFICE = DayRule(time(8), time(16), frozenset({5, 6}), lambda day: day == date(2026, 5, 1))
NEVER = DayRule(time(8), time(20), frozenset(range(7)))

HOURS = st.sampled_from([time(0), time(6, 30), time(8), time(9), time(19), time(20), time(23, 59)])
RULES = st.builds(DayRule, HOURS, HOURS, st.frozensets(st.integers(0, 6), max_size=4))
ZONES = st.lists(
    st.sampled_from(
        ["Europe/Oslo", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Beirut"]
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
JANUARY, NEXT_JANUARY = utc(1, 0, month=1), utc(1, 0, month=1).replace(year=2027)
MOMENTS = st.datetimes(
    JANUARY.replace(tzinfo=None), NEXT_JANUARY.replace(tzinfo=None), timezones=st.just(UTC)
).map(lambda at: at.replace(second=0, microsecond=0))


def by_the_wall(moment: datetime, zones: tuple[str, ...], rule: DayRule) -> bool:
    return all(_wall_permits(moment.astimezone(ZoneInfo(name)), rule) for name in zones)


def _wall_permits(wall: datetime, rule: DayRule) -> bool:
    if rule.is_closed(wall.date()):
        return False
    shown = wall.time()
    if rule.opens < rule.closes:
        return rule.opens <= shown < rule.closes
    return rule.opens == rule.closes or shown >= rule.opens or shown < rule.closes


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (utc(9, 10), utc(9, 10)),  # a Thursday at noon in Oslo
        (utc(9, 17, 59), utc(9, 17, 59)),
        (utc(9, 18), utc(10, 6)),  # 20:00 is quiet
        (utc(10, 5, 59), utc(10, 6)),
        (utc(10, 18), utc(13, 6)),  # Friday evening: Monday
        (utc(27, 19, month=3), utc(30, 6, month=3)),  # over the start of summer time
        (utc(23, 19, month=10), utc(26, 7, month=10)),  # and over its end
    ],
)
def test_next_permitted(after: datetime, expected: datetime) -> None:
    assert next_permitted(after, OSLO, DAYTIME) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (utc(9, 10), utc(9, 10)),
        (utc(9, 18), utc(9, 17, 59)),
        (utc(12, 7), utc(10, 17, 59)),  # Sunday morning: Friday evening
        (utc(13, 5, 59), utc(10, 17, 59)),
        (utc(13, 6), utc(13, 6)),
    ],
)
def test_last_permitted(before: datetime, expected: datetime) -> None:
    assert last_permitted(before, OSLO, DAYTIME) == expected


def test_an_unknown_zone_takes_the_strictest_overlap() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    assert next_permitted(utc(9, 12), zones, DAYTIME) == utc(9, 15)  # 08:00 in Los Angeles
    assert next_permitted(utc(9, 23, 59), zones, DAYTIME) == utc(9, 23, 59)
    assert next_permitted(utc(10, 0), zones, DAYTIME) == utc(10, 15)  # 20:00 in New York


def test_a_rule_that_permits_nothing_says_so() -> None:
    assert next_permitted(utc(9, 10), OSLO, NEVER) is None
    assert last_permitted(utc(9, 10), OSLO, NEVER) is None


@given(MOMENTS, ZONES, RULES)
def test_permitted_is_what_the_wall_shows(moment: datetime, zones: tuple[str, ...], rule: DayRule) -> None:
    if all(moment.astimezone(ZoneInfo(name)).fold == 0 for name in zones):
        assert is_permitted(moment, zones, rule) == by_the_wall(moment, zones, rule)


@given(MOMENTS, ZONES, RULES)
def test_next_is_permitted_and_nothing_earlier_is(
    moment: datetime, zones: tuple[str, ...], rule: DayRule
) -> None:
    found = next_permitted(moment, zones, rule)
    end = found or moment + timedelta(days=8)
    assert found is None or is_permitted(found, zones, rule)
    steps = range(0, int((end - moment) / MINUTE), 89)
    assert not any(is_permitted(moment + step * MINUTE, zones, rule) for step in steps)
    assert found in (None, moment) or not is_permitted(end - MINUTE, zones, rule)


@given(MOMENTS, ZONES, RULES)
def test_last_is_permitted_and_nothing_later_is(
    moment: datetime, zones: tuple[str, ...], rule: DayRule
) -> None:
    found = last_permitted(moment, zones, rule)
    start = found or moment - timedelta(days=8)
    assert found is None or is_permitted(found, zones, rule)
    steps = range(0, int((moment - start) / MINUTE), 89)
    assert not any(is_permitted(moment - step * MINUTE, zones, rule) for step in steps)
    assert found in (None, moment) or not is_permitted(start + MINUTE, zones, rule)


@given(MOMENTS, MOMENTS, ZONES, RULES)
def test_later_questions_have_later_answers(
    one: datetime, other: datetime, zones: tuple[str, ...], rule: DayRule
) -> None:
    first = next_permitted(min(one, other), zones, rule)
    second = next_permitted(max(one, other), zones, rule)
    assert first is None or (second is not None and first <= second)


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (utc(9, 12), utc(9, 8)),  # 14:00 in Oslo: at 10:00
        (utc(9, 7), utc(8, 11)),  # one hour of today, three of yesterday
        (utc(12, 10), utc(10, 10)),  # a Sunday: Friday at 12:00
        (utc(4, 7, month=5), utc(30, 11, month=4)),  # Monday after 1 May
    ],
)
def test_four_working_hours_before(latest: datetime, expected: datetime) -> None:
    assert minus_working_hours(latest, 4, "Europe/Oslo", OFFICE) == expected


def test_two_working_days_after() -> None:
    assert plus_working_hours(utc(9, 10), 16, "Europe/Oslo", OFFICE) == utc(13, 10)  # over a weekend
    assert plus_working_hours(utc(11, 10), 16, "Europe/Oslo", OFFICE) == utc(14, 14)  # from a Saturday


@given(MOMENTS, st.integers(1, 40))
def test_working_hours_there_and_back(moment: datetime, hours: int) -> None:
    later = plus_working_hours(moment, hours, "Europe/Oslo", OFFICE)
    back = minus_working_hours(later, hours, "Europe/Oslo", OFFICE)
    opened = next_permitted(moment, OSLO, OFFICE)
    assert opened is not None
    assert plus_working_hours(back, hours, "Europe/Oslo", OFFICE) == later
    assert back <= opened


def test_an_office_that_never_opens_counts_plain_hours() -> None:
    assert plus_working_hours(utc(9, 10), 4, "Europe/Oslo", NEVER) == utc(9, 14)
    assert minus_working_hours(utc(9, 10), 4, "Europe/Oslo", NEVER) == utc(9, 6)


@pytest.mark.parametrize(
    ("after", "zone", "rule", "expected"),
    [
        (utc(29, 3), "Europe/Oslo", OFFICE, utc(29, 6)),
        (utc(29, 6), "Europe/Oslo", OFFICE, utc(30, 6)),  # strictly after
        (utc(29, 9), "Europe/Oslo", OFFICE, utc(30, 6)),
        (utc(30, 9), "Europe/Oslo", OFFICE, utc(4, 6, month=5)),  # a holiday, and a weekend
        (utc(28, 23), "Pacific/Auckland", OFFICE, utc(29, 20)),  # open over the midnight of UTC
        (utc(29, 9), "Europe/Oslo", DayRule(time(), time()), utc(29, 22)),
        (utc(29, 9), "Europe/Oslo", DayRule(time(20), time(4)), utc(29, 18)),
        (utc(29, 9), "Europe/Oslo", NEVER, None),
    ],
)
def test_when_the_office_opens_next(
    after: datetime, zone: str, rule: DayRule, expected: datetime | None
) -> None:
    assert next_opening(after, zone, rule) == expected
