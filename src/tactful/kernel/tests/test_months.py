from datetime import date

import pytest

from tactful.kernel.months import month_after


@pytest.mark.parametrize(
    ("day", "after"),
    [
        (date(2026, 4, 9), date(2026, 5, 9)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_month_ends_on_the_day_of_the_same_number_or_on_its_last(day: date, after: date) -> None:
    assert month_after(day) == after
