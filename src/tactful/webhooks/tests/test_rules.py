"""Patience and payloads."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tactful.webhooks.rules.patience import PAUSES, pause_after, spread_of
from tactful.webhooks.rules.payload import payload

MONDAY = datetime(2026, 4, 6, 8, tzinfo=UTC)


def test_it_is_tried_over_several_days_and_then_no_more() -> None:
    pauses = [pause_after(attempt, 0.0) for attempt in range(1, len(PAUSES) + 2)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses[-1] is None
    assert timedelta(days=3) < sum((each for each in pauses if each), timedelta()) < timedelta(days=5)


@given(st.integers(1, 2**62), st.integers(1, len(PAUSES)))
def test_no_two_come_back_together(ident: int, attempt: int) -> None:
    spread = spread_of(ident, attempt)
    assert 0 <= spread < 1
    pause = pause_after(attempt, spread)
    assert pause is not None
    assert PAUSES[attempt - 1] <= pause <= PAUSES[attempt - 1] * 1.2
    assert len({spread_of(ident + step, attempt) for step in range(20)}) > 10


def test_ids_are_text_and_small_numbers_are_numbers() -> None:
    told = json.loads(
        payload("message.sent", 2**60, MONDAY, {"message": 2**60, "n": 3, "deep": [{"x": 2**60}]})
    )
    assert told == {
        "type": "message.sent",
        "timestamp": "2026-04-06T08:00:00+00:00",
        "data": {"contact_id": str(2**60), "message": str(2**60), "n": 3, "deep": [{"x": str(2**60)}]},
    }
    assert json.loads(payload("task.opened", None, MONDAY, {}))["data"] == {}
