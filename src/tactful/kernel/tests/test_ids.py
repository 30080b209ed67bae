from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.kernel.ids import EPOCH_MS, IdMaker


class Wheel:
    """A machine clock that shows what it is told."""

    def __init__(self, *shown: int) -> None:
        self.shown = list(shown)

    def __call__(self) -> int:
        return self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]


@given(
    st.lists(st.integers(EPOCH_MS, EPOCH_MS + 2**40), min_size=1, max_size=30),
    st.lists(st.integers(1, 50), min_size=1, max_size=30),
)
def test_ids_rise_whatever_the_clock_does(shown: list[int], counts: list[int]) -> None:
    maker = IdMaker(7, Wheel(*shown))
    made = [ident for count in counts for ident in maker.many(count)]
    assert made == sorted(set(made))
    assert all(0 <= ident < 2**63 for ident in made)


def test_more_than_one_millisecond_can_hold() -> None:
    made = IdMaker(0, Wheel(EPOCH_MS + 1)).many(10_000)
    assert len(set(made)) == 10_000
    assert made == sorted(made)


def test_two_nodes_never_make_the_same_id() -> None:
    clock = Wheel(EPOCH_MS + 5)
    ours, theirs = IdMaker(1, clock).many(5000), IdMaker(2, clock).many(5000)
    assert not set(ours) & set(theirs)


def test_the_parts_stand_where_they_should() -> None:
    ident = IdMaker(513, Wheel(EPOCH_MS + 1234)).one()
    assert (ident >> 22, ident >> 12 & 1023, ident & 4095) == (1234, 513, 0)


def test_threads_share_one_maker() -> None:
    maker = IdMaker(3, Wheel(EPOCH_MS + 9))
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(maker.many, [500] * 20))
    assert len({ident for part in parts for ident in part}) == 10_000


@pytest.mark.parametrize("node", [-1, 1024])
def test_a_node_outside_its_range_is_refused(node: int) -> None:
    with pytest.raises(ValueError, match="0 to 1023"):
        IdMaker(node, Wheel(EPOCH_MS))
