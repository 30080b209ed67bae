from datetime import date

import pytest

from tactful.kernel.calendars import is_holiday, zones_of
from tactful.kernel.zones import all_known


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 17),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2027, 3, 26),  # Easter moves
    ],
)
def test_norwegian_holidays(day: date) -> None:
    assert is_holiday(day, "NO")
    assert is_holiday(day, "no")


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 12, 24), date(2026, 12, 31), date(2026, 7, 4)])
def test_days_that_only_feel_like_holidays(day: date) -> None:
    assert not is_holiday(day, "NO")


def test_holidays_belong_to_their_country_and_part() -> None:
    assert is_holiday(date(2026, 7, 3), "US")  # 4 July is a Saturday and observed on Friday
    epiphany = date(2026, 1, 6)
    assert is_holiday(epiphany, "DE", "BY")
    assert not is_holiday(epiphany, "DE", "BE")


def test_a_place_that_nobody_has_listed() -> None:
    assert not is_holiday(date(2026, 5, 17), "XX")
    assert not is_holiday(date(2026, 5, 17), "")
    assert is_holiday(date(2026, 5, 17), "NO", "no-such-part")


def test_zones_of_a_country() -> None:
    assert zones_of("NO") == ("Europe/Oslo",)
    assert zones_of("es") == ("Africa/Ceuta", "Atlantic/Canary", "Europe/Madrid")
    assert {"America/New_York", "Pacific/Honolulu"} <= set(zones_of("US"))
    assert all_known(zones_of("US"))
    assert zones_of("XX") == ()
