"""The demo's year is one that an accountant would ask about, on any day."""

from datetime import date, timedelta

from tactful.demo.year import asked_for


def test_it_is_the_year_that_ends_or_has_ended() -> None:
    assert asked_for(date(2026, 11, 23)) == (2026, date(2027, 1, 31))
    assert asked_for(date(2027, 1, 2)) == (2026, date(2027, 2, 16))
    assert asked_for(date(2027, 6, 30)) == (2026, date(2027, 7, 15))


def test_on_every_day_there_is_time_and_it_is_due_after_the_year_has_ended() -> None:
    for number in range(800):
        today = date(2026, 1, 1) + timedelta(days=number)
        year, due = asked_for(today)
        assert due.year == year + 1
        assert today + timedelta(days=15) <= due <= date(year + 1, 7, 15)
