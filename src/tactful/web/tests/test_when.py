"""Moments and amounts in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.web.rules import when
from tactful.web.rules.arc import share_left
from tactful.web.rules.names import initials

NOW = datetime(2026, 4, 9, 9, 42, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace(when.NBSP, " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["09:42", "Thursday 9 April", "9 April 2026", "Thursday 9 April, 09:42"]),
        ("nb", ["kl. 09:42", "torsdag 9. april", "9. april 2026", "torsdag 9. april, kl. 09:42"]),
        ("no-NO", ["kl. 09:42", "torsdag 9. april", "9. april 2026", "torsdag 9. april, kl. 09:42"]),
    ],
)
def test_a_moment_in_each_language(language: str, expected: list[str]) -> None:
    said = [
        when.clock_time(NOW, language),
        when.day_name(NOW, language),
        when.day_date(NOW, language, year=True),
        when.day_and_time(NOW, language),
    ]
    assert [plain(text) for text in said] == expected


@pytest.mark.parametrize(
    ("away", "english", "bokmaal"),
    [
        (timedelta(minutes=108), "today 11:30", "i dag kl. 11:30"),
        (timedelta(hours=-24), "yesterday 09:42", "i går kl. 09:42"),
        (timedelta(hours=24), "tomorrow 09:42", "i morgen kl. 09:42"),
        (timedelta(days=3), "Sun 09:42", "søn 09:42"),
        (timedelta(days=14), "23 April", "23. april"),
        (timedelta(days=365), "9 April 2027", "9. april 2027"),
    ],
)
def test_near_moments_get_the_shortest_plain_words(away: timedelta, english: str, bokmaal: str) -> None:
    assert plain(when.near(NOW + away, NOW, "en")) == english
    assert plain(when.near(NOW + away, NOW, "nb")) == bokmaal


@pytest.mark.parametrize(
    ("minutes", "english", "bokmaal"),
    [
        (20, "in 20 minutes", "om 20 minutter"),
        (1, "in a minute", "om ett minutt"),
        (61, "10:43", "kl. 10:43"),
        (0, "09:42", "kl. 09:42"),
        (24 * 60, "Fri 09:42", "fre 09:42"),
        (-24 * 60, "yesterday 09:42", "i går kl. 09:42"),
        (14 * 24 * 60, "23 April", "23. april"),
    ],
)
def test_the_last_hour_is_told_in_minutes(minutes: int, english: str, bokmaal: str) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert plain(when.until(at, NOW, "en")) == english
    assert plain(when.until(at, NOW, "nb")) == bokmaal


def test_lists_say_how_long_ago_as_short_as_can_be() -> None:
    ago = [timedelta(minutes=42), timedelta(hours=2), timedelta(days=1), timedelta(days=30)]
    assert [plain(when.since(NOW - away, NOW, "en")) for away in ago] == [
        "42 min",
        "07:42",
        "Wed",
        "10 March",
    ]


def test_days_of_a_thread() -> None:
    days = [date(2026, 4, 9), date(2026, 4, 8), date(2026, 4, 1)]
    said = [plain(when.day_mark(day, date(2026, 4, 9), "nb")) for day in days]
    assert said == ["i dag", "i går", "onsdag 1. april"]


def test_figures() -> None:
    assert plain(when.amount(14800, "nb")) == "14 800 kr"
    assert plain(when.amount(14800, "en")) == "NOK 14 800"
    assert when.number(1.2, "nb") == "1,2"
    assert when.number(1.2, "en") == "1.2"
    assert [when.in_words(count, "nb") for count in (0, 1, 7, 13)] == ["ingen", "én", "sju", "13"]
    assert plain(when.file_size(340_000, "nb")) == "340 kB"
    assert plain(when.file_size(2_100_000, "nb")) == "2,1 MB"
    assert when.quoted("Hei", "nb") == "«Hei»"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_the_arc_empties_and_never_leaves_its_range(gone: int, whole: int) -> None:
    placed = NOW
    expires = placed + timedelta(seconds=whole)
    left = share_left(placed, expires, placed + timedelta(seconds=gone))
    assert 0 <= left <= 100
    assert share_left(placed, expires, placed) == 100
    assert share_left(placed, expires, expires) == 0
    assert left >= share_left(placed, expires, placed + timedelta(seconds=gone + 1))


def test_an_arc_without_expiry_stays_full_and_one_without_length_is_empty() -> None:
    assert share_left(NOW, None, NOW) == 100
    assert share_left(NOW, NOW, NOW) == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Liv Sandal", "LS"), ("Åse", "Å"), ("Anne Marie Øye", "AØ"), ("", "?"), ("(uten navn)", "N")],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected
