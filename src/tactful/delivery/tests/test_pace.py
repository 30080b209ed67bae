"""How much a worker takes in hand at once."""

import pytest

from tactful.delivery.worker import BATCH_MS, FEWEST, next_batch


def test_a_fast_relay_gets_more_up_to_the_most() -> None:
    assert next_batch(500, 2_000, 100) == 1_000
    assert next_batch(1_500, 2_000, 100) == 2_000
    assert next_batch(500, 2_000, BATCH_MS - 1) == 500


@pytest.mark.parametrize("most", [20, 2_000])
def test_a_slow_provider_gets_as_many_as_leave_in_time(most: int) -> None:
    assert next_batch(1_000, 2_000, 10 * BATCH_MS) == 100
    assert next_batch(most, most, 10_000 * BATCH_MS) == min(most, FEWEST)
