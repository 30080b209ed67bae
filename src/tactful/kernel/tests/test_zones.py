"""R22 and R23: what the wall shows, in every zone and at every jump of the clock from 2024 to 2035."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.kernel.zones import (
    UnknownZone,
    all_known,
    day_start,
    local_day,
    next_day_start,
    plus_wall_days,
    utc_of,
)

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
STEP = timedelta(days=4)  # no zone changes its clock twice within four days
MINUTE = timedelta(minutes=1)
WALLS = (FIRST.replace(day=3, tzinfo=None), LAST.replace(year=2035, tzinfo=None))
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

Jump = tuple[datetime, timedelta, timedelta]  # the moment, the offset before, the offset after


def offset_at(moment: datetime, tz: ZoneInfo) -> timedelta:
    offset = moment.astimezone(tz).utcoffset()
    assert offset is not None
    return offset


@cache
def jumps(name: str) -> tuple[Jump, ...]:
    return tuple(_jumps(ZoneInfo(name)))


def _jumps(tz: ZoneInfo) -> Iterator[Jump]:
    moment, before = FIRST, offset_at(FIRST, tz)
    while moment < LAST:
        later = moment + STEP
        after = offset_at(later, tz)
        if after != before:
            yield _bisect(tz, moment, later, before), before, after
        moment, before = later, after


def _bisect(tz: ZoneInfo, low: datetime, high: datetime, before: timedelta) -> datetime:
    while high - low > MINUTE:
        middle = low + ((high - low) // 2) // MINUTE * MINUTE
        low, high = (middle, high) if offset_at(middle, tz) == before else (low, middle)
    return high


def wall_of(moment: datetime, offset: timedelta) -> datetime:
    return (moment + offset).replace(tzinfo=None)


def test_the_zones_under_test_do_jump() -> None:
    """A search that finds no jump would let every test below pass."""
    assert len(ZONES) > 400
    assert len(jumps("Europe/Oslo")) == 24
    assert sum(len(jumps(name)) for name in ZONES) > 4000


def test_every_gap_ends_at_the_first_minute_that_exists() -> None:
    for name in ZONES:
        for moment, before, after in jumps(name):
            if after <= before:
                continue
            gap_from, gap_to = wall_of(moment, before), wall_of(moment, after)
            for wall in (gap_from, gap_from + MINUTE, gap_to - MINUTE):
                assert utc_of(wall.date(), wall.time(), name) == moment, (name, wall)
            assert utc_of(gap_to.date(), gap_to.time(), name) == moment, name
            last = gap_from - MINUTE
            assert utc_of(last.date(), last.time(), name) == moment - MINUTE, name


def test_every_overlap_counts_once_and_means_the_first() -> None:
    for name in ZONES:
        for moment, before, after in jumps(name):
            if after >= before:
                continue
            twice_from, twice_to = wall_of(moment, after), wall_of(moment, before)
            for wall in (twice_from, twice_from + MINUTE, twice_to - MINUTE):
                first = (wall - before).replace(tzinfo=UTC)
                assert utc_of(wall.date(), wall.time(), name) == first < moment, (name, wall)
            assert utc_of(twice_to.date(), twice_to.time(), name) == moment + (before - after), name


def test_nine_o_clock_is_nine_o_clock_on_the_days_around_every_jump() -> None:
    nine = time(9)
    for name in ZONES:
        tz = ZoneInfo(name)
        for moment, _, _ in jumps(name):
            for shift in (-1, 0, 1):
                day = moment.astimezone(tz).date() + timedelta(days=shift)
                shown = utc_of(day, nine, name).astimezone(tz)
                assert (shown.date(), shown.time()) == (day, nine), name


@given(
    st.sampled_from(ZONES),
    st.datetimes(*WALLS).map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_wall_time_that_exists_is_shown_by_the_wall_and_for_the_first_time(
    name: str, wall: datetime
) -> None:
    tz = ZoneInfo(name)
    moment = utc_of(wall.date(), wall.time(), name)
    shown = moment.astimezone(tz).replace(tzinfo=None)
    if shown != wall:
        assert shown > wall
        assert (moment - MINUTE).astimezone(tz).replace(tzinfo=None) < wall
    else:
        assert moment.astimezone(tz).fold == 0


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 2), date(2035, 12, 30)))
def test_the_start_of_a_day_is_its_first_moment(name: str, day: date) -> None:
    start = day_start(day, name)
    assert local_day(start, name) == day
    assert local_day(start - MINUTE, name) < day


def test_a_day_that_never_was() -> None:
    """Samoa had no 30 December 2011."""
    start = day_start(date(2011, 12, 31), "Pacific/Apia")
    assert day_start(date(2011, 12, 30), "Pacific/Apia") == start
    assert utc_of(date(2011, 12, 30), time(15), "Pacific/Apia") == start


def test_one_day_keeps_the_wall() -> None:
    noon_before = datetime(2026, 3, 28, 11, tzinfo=UTC)  # 12:00 in Oslo, the day before summer time
    assert plus_wall_days(noon_before, 1, "Europe/Oslo") == datetime(2026, 3, 29, 10, tzinfo=UTC)


@given(
    st.sampled_from(ZONES),
    st.datetimes(*WALLS, timezones=st.just(UTC)),
    st.integers(0, 20),
)
def test_wall_days_change_the_date_by_just_as_many(name: str, moment: datetime, days: int) -> None:
    moment = moment.replace(second=0, microsecond=0)
    before = moment.astimezone(ZoneInfo(name))
    after = plus_wall_days(moment, days, name).astimezone(ZoneInfo(name))
    assert after.date() == before.date() + timedelta(days=days) or after.time() == time()
    assert after.time() >= before.time() or after.time() == time()


def test_tomorrow_begins_when_it_has_begun_everywhere() -> None:
    moment = datetime(2026, 6, 10, 3, tzinfo=UTC)  # 9 June 20:00 in Los Angeles, 23:00 in New York
    zones = ("America/New_York", "America/Los_Angeles")
    assert next_day_start(moment, zones) == datetime(2026, 6, 10, 7, tzinfo=UTC)
    later = datetime(2026, 6, 10, 5, tzinfo=UTC)  # 10 June already in New York
    assert next_day_start(later, zones) == datetime(2026, 6, 11, 4, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Olso", "", "../etc/passwd", "/etc/localtime"])
def test_a_zone_that_nobody_knows_is_refused_in_words(name: str) -> None:
    with pytest.raises(UnknownZone, match="Use an IANA name such as Europe/Oslo"):
        utc_of(date(2026, 1, 1), time(9), name)
    assert not all_known(("Europe/Oslo", name))


def test_no_zone_at_all_is_not_a_known_place() -> None:
    assert not all_known(())
    assert all_known(("Europe/Oslo", "Asia/Kolkata"))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        local_day(WALLS[0], "Europe/Oslo")


def test_the_first_and_the_last_day_have_a_start_in_every_zone() -> None:
    for name in ("Pacific/Kiritimati", "UTC", "America/Los_Angeles"):
        assert day_start(date.min, name) == datetime.min.replace(tzinfo=UTC)
        assert day_start(date.max, name) == datetime.max.replace(tzinfo=UTC)
        assert day_start(date.min + timedelta(days=1), name) < day_start(date.max - timedelta(days=1), name)
