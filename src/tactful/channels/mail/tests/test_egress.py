"""A mail server's name may not lead to this machine or its network, whatever it is disguised as (R54)."""

import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tactful.channels.mail.handshake import open_wire
from tactful.channels.mail.imap import ImapSettings, MailboxUnavailable, start_cursor
from tactful.channels.mail.settings import Security, SmtpSettings
from tactful.channels.mail.smtp import SmtpConnection, SmtpUnavailable
from tactful.channels.mail.tests.helpers import message, send, settings
from tactful.channels.types import Outcome, our_words
from tactful.demo.postbox.sink import Sink, SinkSettings
from tactful.foundation import egress

LOCAL = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::",
    "64:ff9b::a9fe:a9fe", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "::ffff:0:127.0.0.1", "::ffff:0:a9fe:a9fe", "2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:192.168.1.1",
    "64:ff9b:1::a9fe:a9fe", "192.0.0.1", "198.18.0.1", "240.0.0.1", "::ffff:7f00:1", "2002:a9fe:a9fe::",
)  # fmt: skip
PUBLIC = ("8.8.8.8", "193.213.112.4", "2a00:1450:400f:80d::2004", "64:ff9b::808:808")


@pytest.fixture
def strict(settings: LazySettings) -> None:
    settings.LOCAL_MAIL_HOSTS = False


def resolves(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    """Each time that a name is asked for, the next answer; the last one for ever. Answers with the names."""
    asked: list[str] = []

    def lookup(host: str, port: int, *_: object, **__: object) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(_family(address), socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@pytest.mark.parametrize("address", LOCAL)
def test_what_is_not_public_is_known(address: str) -> None:
    assert not egress.is_public(address)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.0.1", True), ("::1", True),
        ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("127.evil.example", False),
        ("::1f", False), ("10.0.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_that_only_begins_like_this_machine_is_another(host: str, here: bool) -> None:
    assert egress.is_loopback(host) is here


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example"])
def test_no_password_goes_in_the_clear_to_such_a_name(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with Sink(SinkSettings(extensions=(*SinkSettings().extensions, "AUTH PLAIN"))) as sink:
        known = SmtpSettings(host, sink.port, Security.NONE, "kari", "hemmelig")
        here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", sink.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
        with pytest.raises(SmtpUnavailable, match="clear_password"):
            open_wire(known)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_let_through(address: str) -> None:
    assert egress.is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "0x7f.1", "127.0.1"],
)
@pytest.mark.usefixtures("strict")
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(egress.NotAllowed):
        egress.connect(host, 25, 1.0)


@pytest.mark.usefixtures("strict")
def test_one_local_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves(monkeypatch, ("8.8.8.8", "10.0.0.1"))
    with pytest.raises(egress.NotAllowed):
        egress.allowed("mail.example.com", 25)


@pytest.mark.usefixtures("strict")
def test_a_name_that_changes_its_answer_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what was looked at is what is connected to, and the name is asked for once."""
    asked, went = resolves(monkeypatch, ("8.8.8.8",), ("127.0.0.1",)), []

    def connect(_sock: socket.socket, place: tuple[str, int]) -> None:
        went.append(place)

    monkeypatch.setattr(socket.socket, "connect", connect)
    egress.connect("rebind.example", 25, 1.0).close()
    assert (asked, went) == (["rebind.example"], [("8.8.8.8", 25)])


@pytest.mark.parametrize("addresses", [PUBLIC[:2], tuple(f"8.8.8.{n}" for n in range(30))])
def test_a_name_of_many_addresses_takes_no_more_time_than_one(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    """Nobody answers at any of them; the time is that of our own clock, which each attempt moves on."""
    passed: list[float] = []

    def connect(sock: socket.socket, _place: tuple[str, int]) -> None:
        passed.append(sock.gettimeout() or 0.0)
        raise TimeoutError

    resolves(monkeypatch, addresses)
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(egress, "monotonic", lambda: sum(passed))
    with pytest.raises(TimeoutError):
        egress.connect("many.example", 25, 10.0)
    assert sum(passed) == pytest.approx(10.0)
    assert len(passed) == min(len(addresses), 4)


def test_both_families_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []

    def connect(sock: socket.socket, place: tuple[str, int]) -> None:
        went.append(place[0])
        if ":" in place[0]:
            raise OSError("no IPv6 here")

    resolves(monkeypatch, (*(f"2a00:1450::{n}" for n in range(1, 9)), "8.8.8.8"))
    monkeypatch.setattr(socket.socket, "connect", connect)
    with egress.connect("both.example", 25, 10.0) as sock:
        assert sock.gettimeout() == 10.0
    assert went == ["2a00:1450::1", "2a00:1450::2", "8.8.8.8"]


@pytest.mark.usefixtures("strict")
def test_nothing_reaches_a_local_server_by_sending_polling_or_trying(tmp_path: Path) -> None:
    with Sink() as sink:
        (result,) = send(sink, [message(1)], tmp_path)
        with pytest.raises(SmtpUnavailable) as tried:
            SmtpConnection(settings(sink.port)).connect()
        for security in (Security.NONE, Security.IMPLICIT_TLS, Security.STARTTLS):
            with pytest.raises(MailboxUnavailable) as polled:
                start_cursor(ImapSettings("127.0.0.1", "kari", "secret", sink.port, security, timeout=5.0))
    assert sink.ledger.connections == 0
    assert (result.outcome, tried.value.outcome, polled.value.outcome) == (Outcome.ACCOUNT,) * 3
    words = our_words("smtp.local_host", place="127.0.0.1")
    assert {result.detail, str(tried.value), str(polled.value)} == {words}


def test_an_instance_that_allows_it_reaches_its_own_server(tmp_path: Path, settings: LazySettings) -> None:
    settings.LOCAL_MAIL_HOSTS = True
    with Sink() as sink:
        (result,) = send(sink, [message(1)], tmp_path)
    assert result.outcome is Outcome.SENT


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("host", ["a..no", "a" * 64 + ".no", ".no"])
def test_what_is_no_name_of_a_host_is_not_reached_either(host: str) -> None:
    """Python tells of such a name with an error that no caller of a network expects."""
    with pytest.raises(MailboxUnavailable):
        start_cursor(ImapSettings(host, "kari", "secret", 993, Security.IMPLICIT_TLS, timeout=5.0))
    with pytest.raises(OSError, match="is no name of a host"):
        egress.connect(host, 993, 1.0)
