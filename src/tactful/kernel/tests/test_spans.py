from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tactful.kernel.spans import Span

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 20).map(lambda hours: BEGINNING + timedelta(hours=hours))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    ends = draw(st.none() | moments)
    return Span(draw(moments), ends, draw(moments), None if ends is None else draw(st.none() | moments))


@given(spans(), moments, moments)
def test_between_two_turns_nothing_changes(span: Span, one: datetime, other: datetime) -> None:
    turns = sorted(set(span.turns()))
    if bisect_right(turns, one) == bisect_right(turns, other):
        assert span.held(one, one) == span.held(other, other)


def test_an_end_that_we_learn_of_later_turns_when_we_learn_of_it() -> None:
    early, late, learned = (BEGINNING + timedelta(hours=hours) for hours in (1, 5, 9))
    span = Span(early, late, early, learned)
    assert span.turns() == (early, learned)
    assert [span.held(at, at) for at in (BEGINNING, early, late, learned)] == [False, True, True, False]
