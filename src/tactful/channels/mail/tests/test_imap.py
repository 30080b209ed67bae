"""Polling a real IMAP server on loopback."""

from datetime import date

import pytest

from tactful.channels.mail import imap
from tactful.channels.mail.imap import ImapSettings, MailboxUnavailable, poll, start_cursor
from tactful.channels.mail.imap_types import Cursor
from tactful.channels.mail.settings import Security
from tactful.channels.types import Outcome
from tactful.demo.postbox.imap_server import ImapBox, ImapServer


def mail(number: int) -> bytes:
    return f"Message-ID: <{number}@example.com>\r\n\r\nHello {number})\r\n".encode()


def settings(server: ImapServer, **changes: object) -> ImapSettings:
    values: dict[str, object] = {
        "host": "127.0.0.1", "port": server.port, "username": "kari", "password": "hemmelig",
        "security": Security.NONE, "timeout": 5.0, "batch_size": 50,
    }  # fmt: skip
    return ImapSettings(**{**values, **changes})  # type: ignore[arg-type]


def test_nothing_from_before_the_connection_is_read() -> None:
    box = ImapBox()
    box.add(mail(1))
    with ImapServer(box) as server:
        cursor = start_cursor(settings(server))
        assert list(poll(settings(server), cursor)) == []
        box.add(mail(2))
        (batch,) = poll(settings(server), cursor)
    assert [(each.uid, each.raw) for each in batch.mails] == [(2, mail(2))]
    assert batch.cursor == Cursor(1, 2)
    assert not batch.reset


def test_five_hundred_mails_after_an_outage_come_once_and_in_order_although_the_line_breaks() -> None:
    box = ImapBox()
    with ImapServer(box) as server:
        cursor = start_cursor(settings(server))
        for number in range(500):
            box.add(mail(number))
        stored: list[bytes] = []
        broke = 0
        while len(stored) < 500:
            box.break_after = 130
            try:
                for batch in poll(settings(server), cursor):
                    stored += [each.raw for each in batch.mails]
                    cursor = batch.cursor
            except MailboxUnavailable:
                broke += 1
        box.break_after = None
        assert list(poll(settings(server), cursor)) == []
    assert stored == [mail(number) for number in range(500)]
    assert broke >= 3
    assert not any("STORE" in command or "BODY[]" in command for command in box.commands)


def test_new_numbers_start_again_at_the_day_of_connection() -> None:
    box = ImapBox(uid_validity=7)
    for number in range(4):
        box.add(mail(number))
    box.old = {1, 2}
    with ImapServer(box) as server:
        known = settings(server, connected_on=date(2026, 4, 3))
        (batch,) = poll(known, Cursor(6, 900))
        assert [each.uid for each in batch.mails] == [3, 4]
        assert batch.cursor == Cursor(7, 4)
        assert batch.reset
        box.old = {1, 2, 3, 4}
        (empty,) = poll(known, Cursor(6, 900))
    assert empty.mails == ()
    assert empty.cursor == Cursor(7, 4)
    assert any("SINCE 3-Apr-2026" in command for command in box.commands)


def test_gaps_and_mails_that_vanish() -> None:
    box = ImapBox(next_uid=25_000)
    box.mails = {5: mail(5), 12_000: mail(12_000), 24_999: mail(24_999)}
    with ImapServer(box) as server:
        batches = list(poll(settings(server), Cursor(1, 0)))
        assert [each.uid for batch in batches for each in batch.mails] == [5, 12_000, 24_999]
        polling = poll(settings(server, batch_size=1), Cursor(1, 0))
        next(polling)
        del box.mails[24_999]
        rest = list(polling)
    assert [(each.uid, each.raw) for each in rest[0].mails] == [(12_000, mail(12_000))]
    assert rest[-1].cursor.last_uid >= 12_000


def test_a_server_that_names_a_number_beyond_all_is_refused() -> None:
    with ImapServer(ImapBox(next_uid=10**18)) as server, pytest.raises(MailboxUnavailable):
        start_cursor(settings(server))


def test_a_wide_emptiness_takes_few_questions_and_an_endless_one_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = ImapBox(next_uid=4_000_000)
    box.mails = {3_999_999: mail(7)}
    with ImapServer(box) as server:
        found = [each.uid for batch in poll(settings(server), Cursor(1, 0)) for each in batch.mails]
        asked = sum("UID SEARCH" in command for command in box.commands)
        assert (found, asked < 60) == ([3_999_999], True)
        monkeypatch.setattr(imap, "_MOST_SEARCHES", 20)
        with pytest.raises(MailboxUnavailable, match="more mails than it has"):
            list(poll(settings(server), Cursor(1, 0)))


@pytest.mark.parametrize("answer", ["abc", "1" * 5000])
def test_an_answer_that_is_no_number_is_the_mailbox_s_trouble(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(imap.Session, "_uid", lambda *_: [answer.encode()])
    with ImapServer(ImapBox(next_uid=9)) as server, pytest.raises(MailboxUnavailable):
        list(poll(settings(server), Cursor(1, 0)))


def test_a_wrong_password_and_a_missing_folder_are_the_account() -> None:
    with ImapServer(ImapBox()) as server:
        for changes in ({"password": "wrong"}, {"folder": "Nowhere"}):
            with pytest.raises(MailboxUnavailable) as caught:
                start_cursor(settings(server, **changes))
            assert caught.value.outcome is Outcome.ACCOUNT


def test_nobody_listens() -> None:
    with ImapServer(ImapBox()) as server:
        known = settings(server)
    with pytest.raises(MailboxUnavailable) as caught:
        start_cursor(known)
    assert caught.value.outcome is Outcome.SAFE


@pytest.mark.parametrize("changes", [{"username": "a\r\nb"}, {"password": "a\nb"}, {"folder": "a\0b"}])
def test_no_setting_becomes_a_command(changes: dict[str, object]) -> None:
    with ImapServer(ImapBox()) as server, pytest.raises(ValueError, match="line_break"):
        settings(server, **changes)
