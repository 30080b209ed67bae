"""The postbox: what is sent lands there, what the client answers comes back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tactful
from tactful.channels.mail.inbound_server import DoorSettings, InboundServer
from tactful.channels.mail.journal import PhaseJournal
from tactful.channels.mail.parse import Envelope, Reading, parse_message
from tactful.channels.mail.smtp import Security, SmtpConnection, SmtpSettings
from tactful.channels.types import Authentication, OutboundMessage, Outcome
from tactful.demo.postbox.client import AUTHSERV_ID, Draft, Person, send, write_new, write_reply
from tactful.demo.postbox.mailbox import Direction, Mailbox

NOW = datetime(2026, 4, 3, 9, 12, tzinfo=UTC)
TOKEN = "aebagbafaydqqcikbmga2dqp"
OURS = (
    "From: Anna Berg <anna@firm.example>\r\nReply-To: Firm <reply+{token}@firm.example>\r\n"
    "To: kari@example.com\r\nSubject: Bilag for mars\r\nDate: Thu, 02 Apr 2026 10:00:00 +0000\r\n"
    "Message-ID: <ours-{n}@firm.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Hei Kari,\r\n.vi mangler noe\r\n"
)  # fmt: skip
READING = Reading(own=frozenset({"reply@firm.example"}), trusted=frozenset({AUTHSERV_ID}))


def ours(number: int) -> bytes:
    return OURS.format(n=number, token=TOKEN).encode()


@contextmanager
def postbox(folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tactful.demo.postbox", "--folder", str(folder), "--smtp-port", "0"]
    source = {**os.environ, "PYTHONPATH": str(Path(tactful.__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=source) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().split()[1]), process
        finally:
            process.terminate()


def deliver(port: int, folder: Path, numbers: range) -> list[Outcome]:
    folder.mkdir(exist_ok=True)
    settings = SmtpSettings("127.0.0.1", port, Security.NONE)
    messages = [OutboundMessage(n, 1, "bounce@firm.example", "kari@example.com", [ours(n)]) for n in numbers]
    with PhaseJournal(folder / f"journal-{numbers.start}") as journal, SmtpConnection(settings) as connection:
        return [result.outcome for result in connection.send_many(messages, journal)]


def test_letters_survive_a_kill_and_a_second_start(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    with postbox(folder) as (port, process):
        assert set(deliver(port, tmp_path / "j", range(1, 11))) == {Outcome.SENT}
        process.send_signal(signal.SIGKILL)
        process.wait()
    with postbox(folder) as (port, _):
        assert deliver(port, tmp_path / "j", range(11, 13)) == [Outcome.SENT] * 2
    letters = Mailbox(folder).letters("kari@example.com")
    assert [letter.message_id for letter in letters] == [f"<ours-{n}@firm.example>" for n in range(1, 13)]
    assert [letter.number for letter in letters] == list(range(1, 13))
    assert Mailbox(folder).read(1) == ours(1)
    assert letters[0].subject == "Bilag for mars"
    assert letters[0].envelope_sender == "bounce@firm.example"


def test_a_busy_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with postbox(tmp_path / "a") as (port, _):
        command = [sys.executable, "-m", "tactful.demo.postbox", "--folder", str(tmp_path / "b")]
        source = {**os.environ, "PYTHONPATH": str(Path(tactful.__file__).parents[1])}
        second = subprocess.run(
            [*command, "--smtp-port", str(port)], capture_output=True, text=True, env=source, check=False
        )
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert str(port) in second.stderr


def test_a_torn_index_loses_no_letter(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for number in (1, 2, 3):
        mailbox.add(ours(number), direction=Direction.RECEIVED, client="kari@example.com")
    index = tmp_path / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-30] + b"\n{}\n[]\n\xff")
    assert [letter.message_id for letter in mailbox.letters()] == [
        f"<ours-{n}@firm.example>" for n in (1, 2, 3)
    ]
    assert mailbox.letters()[2].client == "kari@example.com"
    with pytest.raises(LookupError):
        mailbox.read(4)


def test_a_mail_that_cannot_be_kept_is_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    with postbox(folder) as (port, _):
        assert deliver(port, tmp_path / "j", range(1, 2)) == [Outcome.SENT]
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        assert deliver(port, tmp_path / "j", range(2, 3)) == [Outcome.TRANSIENT]


@pytest.mark.parametrize("lmtp", [False, True])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_answer_of_the_client_comes_in_at_the_door(lmtp: bool, language: str) -> None:
    kept: list[tuple[bytes, Envelope]] = []
    draft = Draft(
        "Her er bilagene, æøå.", (("bilag mars.pdf", b"%PDF-1"), ("liste.csv", b"a;b")), language=language
    )
    reply = write_reply(ours(1), Person("kari@example.com", "Kari Nordmann"), draft, NOW)
    with InboundServer(DoorSettings(lmtp=lmtp, own=READING.own), lambda *mail: kept.append(mail)) as door:
        send(reply, "127.0.0.1", door.port, lmtp=lmtp)
    found = parse_message(kept[0][0], READING, kept[0][1])
    assert (found.sender, found.sender_name) == ("kari@example.com", "Kari Nordmann")
    assert found.plus_token == TOKEN
    assert found.subject == "Re: Bilag for mars"
    assert found.in_reply_to == "<ours-1@firm.example>"
    assert found.references == ("<ours-1@firm.example>",)
    assert found.reply_text == "Her er bilagene, æøå."
    assert "> Hei Kari," in found.text
    assert found.authentication is Authentication.PASS
    assert [(one.file_name, one.content) for one in found.attachments] == list(draft.attachments)
    assert found.sent_at == NOW
    assert not found.automatic


def test_an_answer_to_an_answer_keeps_the_thread() -> None:
    first = write_reply(ours(1), Person("kari@example.com"), Draft("Ja"), NOW)
    second = parse_message(
        write_reply(first.raw, Person("anna@firm.example"), Draft("Takk"), NOW).raw, READING
    )
    assert second.references[0] == "<ours-1@firm.example>"
    assert second.in_reply_to == second.references[1] == parse_message(first.raw, READING).message_id
    assert second.subject == "Re: Bilag for mars"
    assert second.recipients == ("kari@example.com",)


def test_an_automatic_answer_and_a_new_mail() -> None:
    away = Draft("I am back on 12 April 2026.", (), (("Auto-Submitted", "auto-replied"),), "Out of office")
    found = parse_message(write_reply(ours(1), Person("kari@example.com"), away, NOW).raw, READING)
    assert found.out_of_office
    assert found.returns_on == datetime(2026, 4, 12, tzinfo=UTC)
    new = write_new(Person("kåre@example.com"), "reply@firm.example", Draft("Hei", subject="Hei\u00e5"), NOW)
    assert parse_message(new.raw, READING).subject == "Heiå"


def test_a_letter_without_sender_cannot_be_answered() -> None:
    with pytest.raises(ValueError, match="no sender"):
        write_reply(b"Subject: x\r\n\r\nx", Person("kari@example.com"), Draft("x"), NOW)
