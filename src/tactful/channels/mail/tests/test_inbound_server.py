"""The door for mail from outside, over real sockets."""

import smtplib
import socket
import threading
from contextlib import suppress

import pytest

from tactful.channels.mail.inbound_server import DoorSettings, InboundServer
from tactful.channels.mail.parse import Envelope

OWN = frozenset({"reply@firm.example"})
MAIL = b"From: kari@example.com\r\nSubject: Hi\r\n\r\n.dot\r\n" + b"x" * 5000 + b"\r\n"


class Shelf:
    def __init__(self) -> None:
        self.kept: list[tuple[bytes, Envelope]] = []
        self.error: Exception | None = None

    def __call__(self, raw: bytes, envelope: Envelope) -> None:
        if self.error is not None:
            raise self.error
        self.kept.append((raw, envelope))


def deliver(
    server: InboundServer, *, lmtp: bool, to: tuple[str, ...], sender: str = "kari@example.com"
) -> None:
    kind = smtplib.LMTP if lmtp else smtplib.SMTP
    with kind("127.0.0.1", server.port, timeout=10) as client:
        client.sendmail(sender, list(to), MAIL)


@pytest.mark.parametrize("lmtp", [False, True])
def test_a_mail_is_stored_before_it_is_answered(lmtp: bool) -> None:
    shelf = Shelf()
    with InboundServer(DoorSettings(lmtp=lmtp, own=OWN), shelf) as server:
        deliver(server, lmtp=lmtp, to=("reply+abc@firm.example",))
        assert shelf.kept == [(MAIL, Envelope("kari@example.com", ("reply+abc@firm.example",)))]
        deliver(server, lmtp=lmtp, to=("Reply@Firm.Example",), sender="")
    assert shelf.kept[1][1].sender == ""


@pytest.mark.parametrize("lmtp", [False, True])
def test_whatever_goes_wrong_answers_later(lmtp: bool) -> None:
    shelf = Shelf()
    with InboundServer(DoorSettings(lmtp=lmtp, own=OWN), shelf) as server:
        shelf.error = RuntimeError("no database")
        with pytest.raises(smtplib.SMTPDataError) as caught:
            deliver(server, lmtp=lmtp, to=("reply@firm.example",))
        assert caught.value.smtp_code == 451
        shelf.error = None
        deliver(server, lmtp=lmtp, to=("reply@firm.example",))
    assert len(shelf.kept) == 1


def test_mail_for_others_is_not_taken() -> None:
    shelf = Shelf()
    with (
        InboundServer(DoorSettings(own=OWN), shelf) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused) as caught,
    ):
        deliver(server, lmtp=False, to=("someone@else.example",))
    assert caught.value.recipients["someone@else.example"][0] == 550
    assert not shelf.kept


def test_lmtp_takes_one_recipient_at_a_time() -> None:
    shelf = Shelf()
    with InboundServer(DoorSettings(lmtp=True), shelf) as server:
        deliver(server, lmtp=True, to=("a@firm.example", "b@firm.example"))
    assert [known.recipients for _, known in shelf.kept] == [("a@firm.example",)]


def test_a_client_that_vanishes_or_talks_nonsense_harms_nobody() -> None:
    shelf = Shelf()
    with InboundServer(DoorSettings(own=OWN), shelf) as server:
        for words in (b"", b"\xff\xfe\r\n", b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n", b"DATA\r\n" * 5):
            with socket.create_connection(("127.0.0.1", server.port), 5) as client:
                client.sendall(words)
        deliver(server, lmtp=False, to=("reply@firm.example",))
    assert len(shelf.kept) == 1


def test_stopping_finishes_what_is_being_stored() -> None:
    entered, go = threading.Event(), threading.Event()
    done: list[bytes] = []

    def slow(raw: bytes, _envelope: Envelope) -> None:
        entered.set()
        go.wait(10)
        done.append(raw)

    server = InboundServer(DoorSettings(), slow)
    server.start()
    sender = threading.Thread(target=lambda: _deliver_quietly(server))
    sender.start()
    assert entered.wait(10)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    go.set()
    stopper.join(10)
    sender.join(10)
    assert done == [MAIL]


def _deliver_quietly(server: InboundServer) -> None:
    # The door may close before it answers; the sender would try again.
    with suppress(smtplib.SMTPException, OSError):
        deliver(server, lmtp=False, to=("a@firm.example",))


def test_a_taken_port_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = InboundServer(DoorSettings(port=taken.getsockname()[1]), Shelf())
        with pytest.raises(OSError, match="ddress"):
            server.start()
