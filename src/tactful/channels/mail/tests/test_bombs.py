"""Mails that a stranger makes small and a reader dear: each took from ten seconds to hours (R87)."""

from collections.abc import Callable
from time import process_time

import pytest

from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.parse import Reading, parse_message

READING = Reading(own=frozenset({"post@firm.example"}))
FROM = b"From: mailer-daemon@stranger.example\r\n"
LONG_ENOUGH = 5.0  # seconds of this process: ten times what the slowest of them takes


def both(mail: bytes) -> None:
    parse_message(mail, READING)
    read_events(mail, READING.own)


BOMBS: dict[str, Callable[[], object]] = {
    "addresses in one field": lambda: both(FROM + b"To: " + b"a@b.example, " * 400_000 + b"\r\n\r\nHi"),
    "fields of one name": lambda: both(FROM + b"To: a@b.example\r\n" * 300_000 + b"\r\nHi"),
    "words of a subject": lambda: both(FROM + b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nHi"),
    "what a mail is": lambda: both(FROM + b"Content-Type: text/plain" + b"; a*0=1" * 100_000 + b"\r\n\r\nHi"),
    "what a part is": lambda: both(
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment"
        + b"; a*0=1" * 100_000 + b"\r\n\r\nHi\r\n--b--"
    ),
    "fields of a report": lambda: both(
        FROM + b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
        + b"".join(b"X-%d: 1\r\n" % number for number in range(20_000))
    ),
    "recipients of a report": lambda: both(
        FROM + b"Content-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * 4_000
    ),
    "elements in one line": lambda: both(FROM + b"Content-Type: text/html\r\n\r\n" + b"<b>x" * 250_000),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_a_stranger_sends_is_read_in_no_time(name: str) -> None:
    began = process_time()
    BOMBS[name]()
    assert process_time() - began < LONG_ENOUGH


def test_what_is_cut_is_what_nobody_needs() -> None:
    """Three hundred recipients and a long thread are ordinary."""
    recipients = [f"someone.{number}@customers.example" for number in range(300)]
    ids = [f"<{number}.0123456789abcdef@mail.customers.example>" for number in range(400)]
    mail = "From: kari@b.example\r\nTo: {}\r\nReferences: {}\r\nContent-Type: text/plain\r\n\r\nHi"
    found = parse_message(mail.format(", ".join(recipients), " ".join(ids)).encode(), READING)
    assert found.recipients == tuple(recipients)
    assert found.references == tuple(ids[-50:])
