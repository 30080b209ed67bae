from datetime import UTC, datetime, timedelta, timezone

import pytest

from tactful.kernel.clock import SystemClock, machine_ms, require_aware

NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)


def test_the_system_clock_is_utc_and_can_be_shifted() -> None:
    shifted, plain = SystemClock(timedelta(days=30)).now(), SystemClock().now()
    assert plain.tzinfo is UTC
    assert timedelta(days=29) < shifted - plain < timedelta(days=31)


def test_the_machine_clock_counts_milliseconds() -> None:
    seconds = SystemClock().now().timestamp()
    assert abs(machine_ms() / 1000 - seconds) < 3600


def test_a_moment_becomes_utc_and_stays_the_same_moment() -> None:
    oslo = NOON.astimezone(timezone(timedelta(hours=2)))
    assert require_aware(oslo) == NOON
    assert require_aware(oslo).tzinfo is UTC


def test_a_naive_moment_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        require_aware(NOON.replace(tzinfo=None))
