"""The budget, what is felt of it, and what is suggested."""

from datetime import date, timedelta

import pytest

from tactful.inbox.rules.burden import Advice, advice, budget_for, felt, is_over

MONDAY = date(2026, 3, 2)
WEEK = [MONDAY + timedelta(days=n) for n in range(5)]


@pytest.mark.parametrize(("people", "median", "p95"), [(0, 1, 2), (1, 1, 2), (5, 3, 6), (10, 6, 12)])
def test_a_budget_goes_by_heads(people: int, median: float, p95: float) -> None:
    assert budget_for(people) == (median, p95)


def test_a_weekend_is_felt_on_monday() -> None:
    saturday = MONDAY - timedelta(days=2)
    found = felt([(saturday, "a", 2), (MONDAY, "b", 1), (WEEK[2], "a", 4)], WEEK)
    assert list(found.days.values()) == [3, 0, 4, 0, 0]
    assert found.causes == (("a", 6), ("b", 1))
    assert (found.median, found.total) == (0, 7)


def test_what_comes_after_the_last_working_day_counts_for_its_cause_only() -> None:
    found = felt([(WEEK[-1] + timedelta(days=1), "a", 2)], WEEK)
    assert sum(found.days.values()) == 0
    assert found.total == 2


def test_nobody_is_advised_within_the_budget() -> None:
    found = felt([(WEEK[0], "hold_expired", 3)], WEEK)
    assert not is_over(found, budget_for(5))
    assert advice(found, budget_for(5), ()) == ()


def test_a_heavy_cause_over_the_budget_is_gathered_or_switched_off() -> None:
    rows = [(day, "hold_expired", 8) for day in WEEK] + [(day, "message_held", 9) for day in WEEK]
    rows += [(WEEK[0], "undelivered", 1)]
    found = felt(rows, WEEK)
    assert is_over(found, budget_for(5))
    assert advice(found, budget_for(5), ()) == (Advice("hold_expired", True, True),), (
        "a message that comes too late is asked about whatever it costs, and a light cause is left alone"
    )
    assert advice(found, budget_for(5), {"hold_expired"}) == ()
