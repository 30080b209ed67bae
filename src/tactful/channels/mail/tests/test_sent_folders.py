"""Where programs keep what was sent, and what servers say of it."""

from datetime import UTC, datetime

import pytest

from tactful.channels.mail.imap import Session
from tactful.channels.mail.imap_answers import Item, folders_of, heads_of
from tactful.channels.mail.sent_folders import sent_folders
from tactful.channels.mail.tests.test_imap import mail, settings
from tactful.demo.postbox.imap_server import ImapBox, ImapServer
from tactful.kernel.folder_names import readable


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (
            [b'(\\HasNoChildren \\Sent) "/" "[Gmail]/Sendt e-post"', b'() "/" "Sent"'],
            ["[Gmail]/Sendt e-post"],
        ),
        ([b'() "." INBOX', b'() "." INBOX.Sent'], ["INBOX.Sent"]),
        ([b'() "/" "Sendte elementer"', b'() "/" "Sent Items"'], ["Sendte elementer", "Sent Items"]),
        ([b'() "/" "&AMk-l&AOk-ments envoy&AOk-s"'], ["&AMk-l&AOk-ments envoy&AOk-s"]),
        ([b'(\\Noselect \\Sent) "/" "Sent"'], []),
        ([(b'() "/" {4}', b"Sent"), b""], ["Sent"]),
        ([b'() NIL "SENDT"'], ["SENDT"]),
        ([b'() "/" "Absent"', b'() "/" "Sent/2019"', b'() "/" "Drafts"'], []),
        ([b'() "/" "a\\"b"', None, b"nonsense"], []),
    ],
)
def test_the_folder_of_sent_mail(lines: list[bytes | tuple[bytes, bytes] | None], found: list[str]) -> None:
    assert list(sent_folders(folders_of(lines))) == found


def test_names_in_modified_utf7_are_read_and_broken_ones_stay() -> None:
    assert readable("Entw&APw-rfe &- mehr") == "Entwürfe & mehr"
    assert readable("&broken!-") == "&broken!-"


@pytest.mark.parametrize("asked", [True, False])
def test_a_server_tells_what_folders_are_for_if_it_is_asked_as_it_wants(asked: bool) -> None:
    box = ImapBox(knows_uses=asked)
    box.folder("Utboks arkiv", "\\Sent")
    with ImapServer(box) as server, Session(settings(server)) as session:
        assert list(sent_folders(session.folders())) == ["Utboks arkiv"]


def test_heads_are_read_in_whatever_order_the_server_says_things() -> None:
    said: list[Item] = [
        (b'1 (UID 7 INTERNALDATE " 1-Apr-2026 10:00:00 +0200" RFC822.SIZE 12 BODY[X] {3}', b"a\r\n"),
        b")",
        b"2 (FLAGS (\\Seen))",
        (b"3 (BODY[X] {3}", b"b\r\n"),
        b' UID 9 INTERNALDATE "17-May-2026 00:30:00 -0100")',
        (b'4 (UID 10 INTERNALDATE "31-Feb-2026 00:30:00 -0100" BODY[X] {0}', b""),
        b")",
    ]
    first, second, third = heads_of(said)
    assert (first.uid, first.at, first.size) == (7, datetime(2026, 4, 1, 8, tzinfo=UTC), 12)
    assert (second.uid, second.lines, second.at) == (9, b"b\r\n", datetime(2026, 5, 17, 1, 30, tzinfo=UTC))
    assert (third.uid, third.at) == (10, None)


def test_of_a_mail_nothing_but_its_envelope_is_asked_for_before_it_is_chosen() -> None:
    box = ImapBox()
    box.add(b"From: a@b.example\r\nSubject: secret\r\n" + mail(1))
    with ImapServer(box) as server, Session(settings(server)) as session:
        (head,) = session.heads([1])
    assert b"a@b.example" in head.lines
    assert b"secret" not in head.lines
    assert b"Hello" not in head.lines
    assert not any("BODY.PEEK[]" in command or "BODY[]" in command for command in box.commands)
