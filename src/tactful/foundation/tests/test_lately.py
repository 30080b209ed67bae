"""A count of few is asked each time, one of many once a minute."""

from collections.abc import Iterator

import pytest

from tactful.foundation import lately
from tactful.foundation.lately import GOOD_FOR, MANY


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    at = [1_000_000]
    monkeypatch.setattr(lately, "machine_ms", lambda: at[0])
    yield at
    lately._kept.clear()


def counts(*each: int) -> list[int]:
    answers = iter(each)
    return [lately.lately("clients", lambda: next(answers)) for _ in each]


def test_few_are_counted_each_time(moment: list[int]) -> None:
    assert counts(3, 4, MANY - 1, 2) == [3, 4, MANY - 1, 2]


def test_many_are_counted_once_a_minute(moment: list[int]) -> None:
    assert counts(MANY, 7, 8) == [MANY, MANY, MANY]
    assert lately.lately("others", lambda: 5) == 5
    moment[0] += GOOD_FOR - 1
    assert counts(7) == [MANY]
    moment[0] += 1
    assert counts(7, 9) == [7, 9]
