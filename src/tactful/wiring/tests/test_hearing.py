"""A mailbox that cannot be read: nobody is chased meanwhile, and the owner hears of it once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tactful.channels.models import Account
from tactful.channels.queries import ways
from tactful.wiring import gate_facts as told
from tactful.wiring import hearing
from tactful.wiring.hearing import ask_about_unread, hears_again
from tactful.wiring.tests.cast import Cast
from tactful.wiring.tests.mailbox import Mailbox, open_mailbox
from tactful.wiring.tests.test_gate_facts import due

HOUR = timedelta(hours=1)


@pytest.fixture
def box(cast: Cast) -> Iterator[Mailbox]:
    with open_mailbox(cast) as mailbox:
        assert mailbox.polls()
        yield mailbox


def last_read(cast: Cast, at: datetime) -> Account:
    Account.objects.filter(id=cast.account.id).update(read_at=at)
    return Account.objects.get(id=cast.account.id)


def test_reading_it_to_its_end_is_noted(box: Mailbox) -> None:
    box.account.refresh_from_db()
    assert box.account.read_at is not None
    assert ways(box.account.read_at + timedelta(minutes=15)).unread_since is None
    assert ways(box.account.read_at + timedelta(minutes=16)).unread_since == box.account.read_at


def test_what_could_not_be_read_is_not(box: Mailbox) -> None:
    last_read(box.cast, box.cast.now - HOUR)
    box.box.refused.add("INBOX")
    assert not box.polls()
    assert ways(box.cast.now).unread_since == box.cast.now - HOUR


def test_many_that_nobody_has_looked_at_yet_are_not_read(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MANY", 3)
    last_read(box.cast, box.cast.now - HOUR)
    for _ in range(3):
        box.comes()
    assert box.polls()
    assert ways(box.cast.now).unread_since is not None
    box.reads()
    assert box.polls()
    assert ways(box.cast.now).unread_since is None


def test_the_gate_is_told_of_every_client(box: Mailbox) -> None:
    last_read(box.cast, box.cast.now - HOUR)
    (talk,) = told.gate_facts([due(box.cast)], box.cast.now)[7].talks  # type: ignore[misc]
    assert (talk.kind, talk.since) == ("unread", box.cast.now - HOUR)
    hears_again(box.account, box.cast.now)
    assert told.gate_facts([due(box.cast)], box.cast.now)[7].talks == ()


def test_a_house_whose_mail_comes_by_the_door_hears(cast: Cast) -> None:
    assert ways(cast.now).unread_since is None


def test_the_owner_is_asked_once_and_only_while_it_lasts(box: Mailbox) -> None:
    cast = box.cast
    account = last_read(cast, cast.now - HOUR)
    ask_about_unread(cast.now)
    assert cast.tasks() == []
    cast.later(timedelta(minutes=1))
    for _ in range(2):
        ask_about_unread(cast.now)
    (task,) = cast.tasks(code="mailbox_unread")
    assert (task.owner_id, task.urgent, task.params["address"]) == (cast.owner.id, True, account.address)
    hears_again(account, cast.now)
    assert cast.tasks() == []


def test_an_account_that_is_stopped_is_asked_about_already(box: Mailbox) -> None:
    last_read(box.cast, box.cast.now - 2 * HOUR)
    Account.objects.update(paused_reason="auth")
    ask_about_unread(box.cast.now)
    assert box.cast.tasks() == []
    assert ways(box.cast.now).unread_since is not None
