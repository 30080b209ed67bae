"""Reading a mailbox: only what is ours to read (R92), all of it, once, in order (R39), leaving no trace."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tactful.channels.actions import mail as storing
from tactful.channels.actions import set_inquiries
from tactful.channels.mail.heads import see
from tactful.channels.mail.parse import Envelope
from tactful.channels.models import Account, ImapCursor, InboundRaw
from tactful.contacts.actions import create_contact
from tactful.contacts.types import NewContact
from tactful.demo.postbox.imap_server import ImapServer
from tactful.inbox.models import Conversation, Entry
from tactful.wiring import mail, polling, whose_mail
from tactful.wiring.inbound import read_waiting
from tactful.wiring.tests.cast import REPLY, RETURN_PATH, US, Cast
from tactful.wiring.tests.mailbox import Mailbox, open_mailbox, stored
from tactful.wiring.tests.test_mail_in import bounce

DAY = timedelta(days=1)
STRANGER = "Private Person <secret@elsewhere.example>"
TOUCHING = ("STORE", "COPY", "MOVE", "EXPUNGE", "APPEND", "SELECT ", "BODY[]", "DELETE", "CREATE")


@pytest.fixture
def box(cast: Cast) -> Iterator[Mailbox]:
    with open_mailbox(cast) as mailbox:
        yield mailbox


def test_mail_of_people_who_are_no_clients_is_neither_fetched_nor_kept_nor_named(
    box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """R92."""
    box.comes("Our wedding", From=STRANGER, Subject="Party")
    box.comes("Is it due?")
    box.goes("Dear mother", To="mum@home.example", Subject="Sunday")
    with caplog.at_level("DEBUG", logger="tactful"):
        box.reads()
    assert box.words() == [("inbound", "Is it due?")]
    whole = "".join(stored()) + caplog.text + str(list(Conversation.objects.values()))
    for secret in ("secret@", "Private", "Party", "wedding", "mum@", "Sunday", "mother"):
        assert secret not in whole
    fetched = [command for command in box.box.commands if "BODY.PEEK[]" in command]
    assert [command.split()[3] for command in fetched] == ["2"]
    assert sum(ImapCursor.objects.values_list("passed_by", flat=True)) == 2


def test_what_breaks_the_reader_is_not_named_either(
    box: Mailbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R92. An error repeats what it could not read; the log says where it was, and not what."""

    def breaks(lines: bytes, *_more: object) -> None:
        raise ValueError(lines.decode())

    box.comes("Our wedding", From=STRANGER)
    monkeypatch.setattr(whose_mail, "see", breaks)
    box.reads()
    assert "The mail is left out: ValueError at whose_mail.py:" in caplog.text
    monkeypatch.setattr(polling, "poll_account", lambda *_: breaks(b"From: " + STRANGER.encode()))
    monkeypatch.setattr(polling, "imap_settings", lambda _: object())
    polling._poll(box.account)
    assert "again soon: ValueError at" in caplog.text
    assert "secret@" not in caplog.text


def test_inquiries_come_in_where_they_are_wanted_and_never_what_we_wrote_to_strangers(box: Mailbox) -> None:
    set_inquiries(box.account.id, True, acting_user=box.cast.owner.id, now=box.cast.now)
    box.comes("Do you take new clients?", From=STRANGER)
    box.goes("Dear mother", To="mum@home.example")
    box.reads()
    assert box.words() == [("inbound", "Do you take new clients?")]
    assert Conversation.objects.get().stranger == "secret@elsewhere.example"


def test_an_answer_to_our_own_mail_is_read_whoever_sends_it(box: Mailbox) -> None:
    message = box.cast.sent(box.cast.liv)
    plus = box.cast.plus(REPLY, message)
    ident = box.cast.token("message-id", message)
    box.comes("From my other address.", From="liv@private.example", To=plus)
    box.comes("And from a third.", From="sandal@work.example", In_Reply_To=f"<{ident}@fjord.example>")
    box.comes("A forged one.", From=STRANGER, To=US.replace("@", "+abcdefgh@"))
    box.reads()
    assert [words for _, words in box.words()] == ["From my other address.", "And from a third."]
    assert set(Entry.objects.values_list("conversation__contact_id", flat=True)) == {box.cast.liv.id}


def test_reports_about_our_mail_are_read_and_those_about_private_mail_are_forgotten(box: Mailbox) -> None:
    message = box.cast.sent(box.cast.liv, state="unknown")
    box.box.add(bounce(US, "mum@home.example", "<private@fjord.example>"), box.cast.now)
    box.box.add(bounce(box.cast.plus(RETURN_PATH, message)), box.cast.now)
    box.reads()
    (kept,) = InboundRaw.objects.all()
    assert kept.result == "report"
    assert "mum@home" not in "".join(stored())
    assert ImapCursor.objects.get(folder="INBOX").passed_by == 1


def test_nothing_from_before_the_connection_is_read_not_even_when_it_is_moved_into_the_folder(
    box: Mailbox,
) -> None:
    """R92."""
    box.comes("Of last year", ago=300 * DAY)
    box.goes("Of last year too", ago=300 * DAY)
    box.reads()
    box.comes("Out of the archive", ago=40 * DAY)
    box.reads()
    assert box.words() == []
    box.comes("Today")
    box.reads()
    assert box.words() == [("inbound", "Today")]


def test_a_client_who_is_added_later_is_read_from_then_on(box: Mailbox) -> None:
    """Not even if the server numbers its mails anew, and they come by once more."""
    cast = box.cast
    box.comes("Before you knew me", From="Ola Moe <ola@moe.example>")
    box.reads()
    cast.later(timedelta(hours=2))
    create_contact(NewContact("Ola Moe", ("ola@moe.example",), (), "en"), acting_user=None, now=cast.now)
    cast.later(timedelta(minutes=1))
    box.comes("When is it due?", From="Ola Moe <ola@moe.example>")
    box.reads()
    box.box.number_anew(100)
    box.reads()
    assert box.words() == [("inbound", "When is it due?")]


def test_numbers_that_change_double_nothing_and_lose_nothing(box: Mailbox) -> None:
    for number in range(7):
        box.comes(f"Is it number {number}?")
        box.goes(f"Yes, it is number {number}.")
    box.reads()
    before = box.words()
    box.comes("While the server moved?")
    box.box.number_anew(41)
    box.sent.number_anew(9)
    for _ in range(2):
        box.reads()
    assert box.words() == [*before, ("inbound", "While the server moved?")]
    assert len(before) == 14


def test_an_outage_of_72_hours_leaves_500_mails_each_read_once_in_order_with_nothing_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R39. The line breaks four times on the way, and twice the process dies before it could commit."""
    with open_mailbox(cast) as mailbox:
        mailbox.reads()
        box = mailbox.box
    before = _settings(mailbox.account)
    for hour in range(72):
        assert not mailbox.polls()
        cast.later(timedelta(hours=1))
        for number in range(7 if hour < 71 else 3):
            mailbox.comes("Takk!", Subject=f"Mail {hour * 7 + number}")
    assert _settings(mailbox.account) == before
    deaths = iter([False, False, True, False, True])
    real = storing.store_raw

    def dies(*given: Any, **more: Any) -> int:
        count = real(*given, **more)
        if next(deaths, False):
            raise KeyboardInterrupt
        return count

    with ImapServer(box) as server:
        Account.objects.filter(id=mailbox.account.id).update(
            settings=mailbox.account.settings | {"imap_port": server.port}
        )
        monkeypatch.setattr(storing, "store_raw", dies)
        box.break_after = 130
        _poll_through(mailbox, deaths=2, breaks=4)
        while read_waiting(cast.now):
            pass
    entries = Entry.objects.filter(kind="inbound").order_by("id")
    assert [entry.subject for entry in entries] == [f"Mail {number}" for number in range(500)]
    assert list(entries.values_list("at", flat=True)) == sorted(entries.values_list("at", flat=True))
    assert cast.tasks(code="account_paused") == []
    assert Account.objects.get(id=mailbox.account.id).trouble == ""
    assert not [command for command in box.commands if any(word in command for word in TOUCHING)]


def _poll_through(mailbox: Mailbox, deaths: int, breaks: int) -> None:
    died = broke = 0
    while InboundRaw.objects.count() < 500 or broke < breaks:
        try:
            if not mailbox.polls():
                broke += 1
                mailbox.box.break_after = None if broke == breaks else 90
        except KeyboardInterrupt:
            died += 1
        if InboundRaw.objects.count() == 500:
            break
    assert (died, broke > 1) == (deaths, True)


def _settings(account: Account) -> dict[str, Any]:
    """All but how reading went."""
    row = Account.objects.filter(id=account.id).values().get()
    return {name: value for name, value in row.items() if name not in ("trouble", "trouble_at", "tried_at")}


def test_the_mailbox_is_left_as_it_was(box: Mailbox) -> None:
    box.comes()
    box.goes()
    box.reads()
    assert not [command for command in box.box.commands if any(word in command for word in TOUCHING)]
    assert any(command.split(" ", 1)[1].startswith("EXAMINE") for command in box.box.commands)


def test_a_folder_of_sent_mail_that_cannot_be_opened_costs_no_mail_of_clients(box: Mailbox) -> None:
    box.box.others[0].name = 'Sent "old"'
    box.comes("First?")
    box.goes("Yes.")
    box.reads()
    assert [words for _, words in box.words()] == ["First?", "Yes."]
    box.box.refused = {'Sent "old"'}
    box.comes("Second?")
    box.reads()
    assert "Second?" in [words for _, words in box.words()]


def test_a_mailbox_from_before_there_was_a_day_of_connection_goes_on_where_it_was(box: Mailbox) -> None:
    """Mail that waited while the program was brought up to date is older than its first day."""
    box.comes("Was there")
    box.reads()
    Account.objects.update(connected_at=None)
    box.comes("Waited", ago=5 * DAY)
    box.goes("Of before")
    box.reads()
    assert [words for _, words in box.words()] == ["Waited", "Was there"]
    box.reads()
    assert Account.objects.get().connected_at is not None


def test_another_mailbox_begins_at_its_own_day(box: Mailbox) -> None:
    box.reads()
    first = Account.objects.get().connected_at
    box.cast.later(DAY)
    form = storing.AccountForm("Post", US, "", box.account.settings | {"imap_port": 994})
    same = storing.save_mail_account(
        form, account_id=box.account.id, acting_user=box.cast.owner.id, now=box.cast.now
    )
    assert (same.connected_at, ImapCursor.objects.exists()) == (first, True)
    form = storing.AccountForm("Post", US, "", box.account.settings | {"imap_username": "per"})
    other = storing.save_mail_account(
        form, account_id=box.account.id, acting_user=box.cast.owner.id, now=box.cast.now
    )
    assert (other.connected_at, ImapCursor.objects.exists()) == (box.cast.now, False)


def test_at_our_own_door_strangers_are_answered_alike_and_forgotten(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R92."""
    monkeypatch.setattr(mail, "close_old_connections", lambda: None)
    box = Mailbox(cast, None, None, cast.account, 0)  # type: ignore[arg-type]
    mail.store_letter(box.mail("Hello", From=STRANGER), Envelope("secret@elsewhere.example", (US,)))
    mail.store_letter(box.mail("Is it due?"), Envelope("liv@client.example", (US,)))
    token = cast.plus(REPLY, cast.sent(cast.liv))
    mail.store_letter(box.mail("Another address", From=STRANGER), Envelope("x@y.example", (token,)))
    assert InboundRaw.objects.count() == 2
    assert "Hello" not in "".join(stored())
    set_inquiries(cast.account.id, True, acting_user=cast.owner.id, now=cast.now)
    mail.store_letter(box.mail("Hello", From=STRANGER), Envelope("secret@elsewhere.example", (US,)))
    assert InboundRaw.objects.count() == 3


def test_a_mailbox_that_breaks_the_reader_stops_no_other(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Account.objects.create(
        channel="mail", name="Old", address="old@fjord.example", settings={"imap_host": "x", "imap_port": "?"}
    )
    assert broken.id > box.account.id
    Account.objects.filter(id=broken.id).update(id=1)
    monkeypatch.setattr(polling, "POLL_EVERY", 0.0)
    box.reads()
    box.comes("First?")
    polling.poll_mailboxes(threading.Event())
    assert InboundRaw.objects.count() == 1


def test_a_mail_that_breaks_the_reader_stands_in_nobodys_way(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:

    def breaks(lines: bytes, *more: Any) -> Any:
        if b"poison" in lines:
            raise RuntimeError("A defect of the reader.")
        return see(lines, *more)

    monkeypatch.setattr("tactful.wiring.whose_mail.see", breaks)
    box.comes("First?")
    box.comes("Poison", Message_ID="<poison@client.example>")
    box.comes("Second?")
    box.reads()
    assert [words for _, words in box.words()] == ["First?", "Second?"]
