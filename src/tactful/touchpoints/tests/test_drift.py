"""What people do with messages, counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.touchpoints.rules.drift import ENOUGH, MOSTLY, Seen, drifts
from tactful.touchpoints.types import Line

S, J, U = Line.STRUCTURAL, Line.JUDGEMENT, Line.UNDECIDED


@pytest.mark.parametrize(
    ("seen", "towards"),
    [
        (Seen(1, S, 10, lined=8), J),
        (Seen(1, S, 4, lined=3, stopped=6), J),
        (Seen(1, S, 10, lined=7), None),
        (Seen(1, S, ENOUGH - 1, lined=ENOUGH - 1), None),
        (Seen(1, S, 10, unedited=10), None),
        (Seen(1, J, 10, unedited=9), S),
        (Seen(1, U, 10, unedited=8), S),
        (Seen(1, J, 10, unedited=7, stopped=5), None),
        (Seen(1, J, 3, unedited=3), None),
    ],
)
def test_counts_speak_for_the_other_side(seen: Seen, towards: Line | None) -> None:
    assert [drift.towards for drift in drifts([seen])] == ([] if towards is None else [towards])


counts = st.integers(0, 40)


@given(
    st.lists(st.builds(Seen, st.integers(1, 99), st.sampled_from([S, J, U]), counts, counts, counts, counts))
)
def test_the_clearest_comes_first_and_never_its_own_side(seen: list[Seen]) -> None:
    found = drifts(seen)
    shares = [drift.share for drift in found]
    assert shares == sorted(shares, reverse=True)
    assert all(drift.towards is not drift.seen.line and drift.share >= MOSTLY for drift in found)
