"""A mailbox that cannot be read: nobody is chased meanwhile, and the owner hears of it once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event

import pytest

from tactful.channels.models import Account, ImapCursor, InboundRaw
from tactful.channels.queries import mail_accounts, ways
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.foundation.secrets import put_secret
from tactful.foundation.staff.actions import deactivate
from tactful.wiring import gate_facts as told
from tactful.wiring import hearing, polling
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


def asked_by_the_minute(box: Mailbox, minutes: int) -> list[int]:
    """After how many minutes somebody is asked, and how often; a worker polls and asks all the time."""
    found = []
    for minute in range(minutes):
        box.polls()
        known = len(box.cast.tasks())
        ask_about_unread(box.cast.now)
        found += [minute] if len(box.cast.tasks()) > known else []
        box.cast.later(timedelta(minutes=1))
    return found


@pytest.fixture
def on_time(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The worker's clock is the cast's."""
    monkeypatch.setattr(polling, "business_now", lambda: box.cast.now)
    assert box.polls()
    return box


def test_a_refused_password_is_told_within_a_quarter_of_an_hour_once_and_ends_by_itself(
    on_time: Mailbox,
) -> None:
    """R17, R39: nothing is lost meanwhile, and the cursor stays."""
    box, cast = on_time, on_time.cast
    stood = ImapCursor.objects.get(folder="INBOX").uid
    box.box.password = "another"
    box.comes("While nobody could read")
    (minute,) = asked_by_the_minute(box, 40)
    assert 0 < minute <= 15
    (task,) = cast.tasks(code="mailbox_unread")
    assert (task.owner_id, task.params["refused"], task.params["own"]) == (cast.owner.id, True, False)
    assert "imap.password" in task.params["detail"]
    assert ImapCursor.objects.get(folder="INBOX").uid == stood
    put_secret(f"account:{box.account.id}:imap_password", "another")
    box.reads()
    assert cast.tasks(code="mailbox_unread") == []
    box.account.refresh_from_db()
    assert (box.account.trouble, box.account.trouble_at, box.account.refused) == ("", None, False)
    assert box.words() == [("inbound", "While nobody could read")]
    assert InboundRaw.objects.count() == 1


def test_a_server_that_cannot_be_reached_is_told_within_a_quarter_of_an_hour(on_time: Mailbox) -> None:
    with ImapServer(ImapBox()) as gone:
        closed = gone.port
    Account.objects.filter(id=on_time.account.id).update(
        settings=on_time.account.settings | {"imap_port": closed}
    )
    (minute,) = asked_by_the_minute(on_time, 40)
    assert 5 < minute <= 15
    (task,) = on_time.cast.tasks()
    assert task.params["refused"] is False


def test_a_provider_that_stumbles_for_some_minutes_asks_nobody(on_time: Mailbox) -> None:
    on_time.box.password = "another"
    assert asked_by_the_minute(on_time, 4) == []
    on_time.box.password = "hemmelig"
    assert asked_by_the_minute(on_time, 30) == []


def test_where_the_account_is_stopped_meanwhile_one_question_is_left(on_time: Mailbox) -> None:
    on_time.box.password = "another"
    asked_by_the_minute(on_time, 10)
    assert len(on_time.cast.tasks()) == 1
    Account.objects.update(paused_reason="auth")
    ask_about_unread(on_time.cast.now)
    assert on_time.cast.tasks() == []


def test_a_refused_password_is_not_tried_three_times_a_minute(
    on_time: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    monkeypatch.setattr(polling, "_poll", lambda account: tried.append(account.id))
    stop = Event()
    stop.set()
    on_time.box.password = "another"
    on_time.polls()
    polling.poll_mailboxes(stop)
    assert tried == []
    on_time.cast.later(timedelta(minutes=2))
    polling.poll_mailboxes(stop)
    assert tried == [on_time.account.id]


def test_one_persons_mailbox_is_told_to_that_person_and_read_only_while_they_work_here(cast: Cast) -> None:
    with open_mailbox(cast, owner_id=cast.colleague.id) as box:
        box.box.password = "another"
        box.polls()
        cast.later(timedelta(minutes=10))
        ask_about_unread(cast.now)
        (task,) = cast.tasks(code="mailbox_unread")
        assert (task.owner_id, task.params["own"]) == (cast.colleague.id, True)
        assert ways(cast.now + HOUR).unread_since is None
        deactivate(cast.colleague.id, acting_user=cast.owner.id, now=cast.now)
        assert box.account.id not in [row.id for row in mail_accounts()]
        ask_about_unread(cast.now)
        assert cast.tasks() == []
