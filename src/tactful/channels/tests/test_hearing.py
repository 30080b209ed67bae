"""Whether a mailbox is read, minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest

from tactful.channels.rules.hearing import Heard, Hearing, hearing, rests, to_be_told

NOW = datetime(2026, 4, 9, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ago(minutes: int | None) -> datetime | None:
    return None if minutes is None else NOW - minutes * MINUTE


@pytest.mark.parametrize(
    ("since", "read", "trouble", "refused", "state", "told"),
    [
        (90, 1, None, False, Hearing.WELL, False),
        (90, 16, None, False, Hearing.SILENT, False),
        (90, 61, None, False, Hearing.SILENT, True),
        (1, None, None, False, Hearing.NEW, False),
        (16, None, None, False, Hearing.SILENT, False),
        (None, None, None, False, Hearing.NEW, False),
        (90, 6, 4, True, Hearing.REFUSED, False),
        (90, 6, 5, True, Hearing.REFUSED, True),
        (90, 13, 11, False, Hearing.AWAY, False),
        (90, 13, 12, False, Hearing.AWAY, True),
    ],
)
def test_its_state_and_whether_somebody_should_know(
    since: int | None,
    read: int | None,
    trouble: int | None,
    refused: bool,
    state: Hearing,
    told: bool,
) -> None:
    of = Heard(True, ago(since), ago(read), ago(trouble), refused=refused)
    assert (hearing(of, NOW), to_be_told(of, NOW)) == (state, told)


def test_what_is_brought_to_our_door_is_not_fetched() -> None:
    of = Heard(False, ago(9000), None)
    assert (hearing(of, NOW), to_be_told(of, NOW)) == (Hearing.DOOR, False)


def test_what_was_refused_rests_and_a_clock_that_went_back_is_followed() -> None:
    of = Heard(True, ago(90), ago(6), ago(5), ago(1), True)
    assert rests(of, NOW)
    assert not rests(of, NOW + MINUTE)
    assert not rests(of, NOW - 2 * MINUTE)
    assert not rests(Heard(True, ago(90), ago(6), ago(5), ago(1)), NOW)
