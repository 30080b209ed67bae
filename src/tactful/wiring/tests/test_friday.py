"""The mail of a Friday in a trial week: over the real wire, once, and counted as what it is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tactful.channels.types import Outcome, SendResult
from tactful.delivery.models import Rehearsed
from tactful.events.models import Event
from tactful.foundation.models import User
from tactful.inbox.actions import easing
from tactful.inbox.queries import interruptions
from tactful.wiring import friday
from tactful.wiring.tests.cast import Cast
from tactful.wiring.trust import begin_trial

WEDNESDAY = datetime(2027, 1, 13, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2027, 1, 15, 14, 0, tzinfo=UTC)  # 15:00 in Oslo


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(to, the mail) of what the account's server was given."""
    given: list[tuple[str, str]] = []

    class Wire:
        def send_many(self, messages: Any, journal: Any) -> Any:
            for message in messages:
                given.append((message.recipient, message.payload.decode("utf-8", "replace")))
                yield SendResult(message.ident, message.attempt, Outcome.SENT, 250)

        def close(self) -> None:
            """Nothing to close."""

    monkeypatch.setattr("tactful.wiring.broadcasts.open_transport", lambda account: Wire())
    return given


def in_trial(cast: Cast) -> int:
    trial = begin_trial(acting_user=cast.owner.id, now=WEDNESDAY)
    ident = cast.plans(cast.liv)
    Rehearsed.objects.create(message_id=ident, trial=trial, at=WEDNESDAY)
    return trial


def test_each_owner_is_told_once_in_their_own_language(cast: Cast, mails: list[tuple[str, str]]) -> None:
    in_trial(cast)
    User.objects.filter(pk=cast.owner.pk).update(language="nb")
    assert friday.tell_owners(WEDNESDAY) == 0
    assert friday.tell_owners(FRIDAY.replace(hour=8)) == 0
    assert friday.tell_owners(FRIDAY) == 1
    assert friday.tell_owners(FRIDAY) == 0
    ((to, mail),) = mails
    assert to == cast.owner.email
    assert "1 melding ville ha g" in mail
    assert "/trial/" in mail


def test_it_counts_as_one_interruption(cast: Cast, mails: list[tuple[str, str]]) -> None:
    in_trial(cast)
    friday.tell_owners(FRIDAY)
    (row,) = interruptions(WEDNESDAY, FRIDAY.replace(hour=20), "Europe/Oslo")
    assert (row.cause, row.owner_id, row.count) == (friday.CAUSE, cast.owner.id, 1)


def test_without_a_trial_nobody_is_told(cast: Cast, mails: list[tuple[str, str]]) -> None:
    assert friday.tell_owners(FRIDAY) == 0
    assert mails == []


def test_an_owner_may_switch_it_off(cast: Cast, mails: list[tuple[str, str]]) -> None:
    in_trial(cast)
    easing.switch_off(friday.CAUSE, acting_user=cast.owner.id, now=WEDNESDAY)
    assert friday.tell_owners(FRIDAY) == 0
    assert not Event.objects.filter(name=friday.TOLD).exists()


def test_a_server_that_is_away_is_no_reason_to_tell_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_trial(cast)

    def away(account: int) -> Any:
        raise OSError("away")

    monkeypatch.setattr("tactful.wiring.broadcasts.open_transport", away)
    assert friday.tell_owners(FRIDAY) == 0
    assert Event.objects.filter(name=friday.TOLD).count() == 1
