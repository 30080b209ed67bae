"""The transport against a real server on loopback."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.channels.mail.journal import JournalError, PhaseJournal, read_journal
from tactful.channels.mail.smtp import SmtpConnection, SmtpUnavailable, send_over
from tactful.channels.mail.tests.helpers import digest, message, outcomes, payload, send, settings
from tactful.channels.types import OutboundMessage, Outcome, SendResult, our_words
from tactful.demo.postbox.sink import Script, Sink, SinkSettings

BAD = "bad@example.com"
ROWS = [
    ("mail", "530 5.7.0 Authentication required", Outcome.ACCOUNT),
    ("mail", "550 5.1.8 Sender domain unknown", Outcome.POLICY),
    ("mail", "451 4.3.0 Try later", Outcome.TRANSIENT),
    ("mail", "552 5.3.4 Too big", Outcome.CONTENT),
    ("rcpt", "421 4.3.2 Shutting down", Outcome.TRANSIENT),
    ("rcpt", "450 4.2.0 Greylisted", Outcome.TRANSIENT),
    ("rcpt", "451 4.3.0 Local error", Outcome.TRANSIENT),
    ("rcpt", "452 4.2.2 Over quota", Outcome.TRANSIENT),
    ("rcpt", "450 4.7.28 Unusual rate of mail", Outcome.RATE),
    ("rcpt", "454 4.7.0 Throttling failure: Maximum sending rate exceeded", Outcome.RATE),
    ("rcpt", "550 5.4.5 Daily sending quota exceeded", Outcome.RATE),
    ("rcpt", "550 5.1.1 User unknown", Outcome.HARD_ADDRESS),
    ("rcpt", "550 No such user here", Outcome.HARD_ADDRESS),
    ("rcpt", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Outcome.HARD_ADDRESS),
    ("rcpt", "551 User not local", Outcome.HARD_ADDRESS),
    ("rcpt", "553 Mailbox name not allowed", Outcome.HARD_ADDRESS),
    ("rcpt", "550 5.2.1 Mailbox disabled", Outcome.HARD_ADDRESS),
    ("rcpt", "552 Exceeded storage allocation", Outcome.MAILBOX_FULL),
    ("rcpt", "550 5.2.2 Mailbox full", Outcome.MAILBOX_FULL),
    ("rcpt", "550 5.7.1 Relaying denied", Outcome.POLICY),
    ("rcpt", "550 Blocked by reputation", Outcome.POLICY),
    ("rcpt", "535 5.7.8 Log in first", Outcome.ACCOUNT),
    ("data", "451 4.3.0 Not now", Outcome.TRANSIENT),
    ("data", "554 5.5.1 No", Outcome.CONTENT),
    ("dot", "554 Transaction failed", Outcome.CONTENT),
    ("dot", "554 5.6.0 Message refused", Outcome.CONTENT),
    ("dot", "550 5.7.1 DMARC policy", Outcome.POLICY),
    ("dot", "550 5.7.515 Access denied", Outcome.POLICY),
    ("dot", "552 5.2.2 Mailbox full", Outcome.MAILBOX_FULL),
    ("dot", "552 5.3.4 Message too big", Outcome.CONTENT),
    ("dot", "421 4.3.2 Closing", Outcome.TRANSIENT),
    ("dot", "451 4.7.500 Server busy", Outcome.RATE),
    ("dot", "550 5.1.1 Unknown after all", Outcome.HARD_ADDRESS),
    ("dot", "drop", Outcome.AMBIGUOUS),
]
NO_PIPELINING = SinkSettings().extensions[1:]


def scripted(stage: str, reply: str, times: int = 0) -> SinkSettings:
    who = "bounce+bad@firm.example" if stage == "mail" else BAD
    return SinkSettings(scripts={who: Script(stage, reply, times)})


def bad(ident: int) -> OutboundMessage:
    return message(ident, BAD, sender="bounce+bad@firm.example")


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one by one"])
@pytest.mark.parametrize(("stage", "reply", "outcome"), ROWS)
def test_each_row_of_the_table_and_the_neighbours_are_sent(
    tmp_path: Path, stage: str, reply: str, outcome: Outcome, pipelining: bool
) -> None:
    wanted = scripted(stage, reply)
    if not pipelining:
        wanted.extensions = NO_PIPELINING
    with Sink(wanted) as sink:
        results = send(sink, [message(1), bad(2), message(3), message(4)], tmp_path)
    assert outcomes(results) == [Outcome.SENT, outcome, Outcome.SENT, Outcome.SENT]
    if reply != "drop":
        assert results[1].code == int(reply[:3])
        assert results[1].detail
        assert "\n" not in results[1].detail
    sent = [mail.message_id for mail in sink.ledger.mails if not mail.dropped]
    assert sent == ["<1@firm.example>", "<3@firm.example>", "<4@firm.example>"]
    answers = read_journal(tmp_path / "journal").answers
    assert (answers.get((2, 1)) is None) == (stage != "dot" or reply == "drop")


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_bytes_arrive_as_they_were(tmp_path: Path, pipelining: bool) -> None:
    payloads = [b"", b".", b".\r\n", b"a", b"\r\n.\r\n", b"..\r\n.x\r\n\r\n.", payload(1)]
    wanted = SinkSettings() if pipelining else SinkSettings(extensions=NO_PIPELINING)
    with Sink(wanted) as sink:
        results = send(sink, [message(n, payload=data) for n, data in enumerate(payloads)], tmp_path)
    assert set(outcomes(results)) == {Outcome.SENT}
    assert sink.ledger.payloads == [
        data if data.endswith(b"\r\n") or not data else data + b"\r\n" for data in payloads
    ]
    assert results[-1].provider_id == f"{len(payloads):X}"


def test_a_stuffed_payload_is_not_stuffed_twice(tmp_path: Path) -> None:
    with Sink() as sink:
        send(sink, [message(1, payload=b"a\r\n..b\r\n", ready=True)], tmp_path)
    assert sink.ledger.payloads == [b"a\r\n.b\r\n"]


def test_a_kept_connection_needs_one_write_for_each_message(tmp_path: Path) -> None:
    with Sink() as sink:
        send(sink, [message(n) for n in range(100)], tmp_path)
    assert sink.ledger.connections == 1
    assert sink.ledger.writes <= 1 + 1 + 100 + 1  # EHLO, first envelope, bodies, QUIT


def test_without_pipelining_no_command_comes_before_its_answer(tmp_path: Path) -> None:
    with Sink(SinkSettings(extensions=NO_PIPELINING)) as sink:
        send(sink, [message(n) for n in range(5)], tmp_path)
    assert sink.ledger.writes >= 1 + 5 * 4


def test_one_554_in_a_hundred(tmp_path: Path) -> None:
    messages = [message(n) if n != 42 else message(n, BAD) for n in range(100)]
    with Sink(scripted("dot", "554 5.6.0 No")) as sink:
        results = send(sink, messages, tmp_path)
    assert outcomes(results).count(Outcome.SENT) == 99
    assert outcomes(results)[42] is Outcome.CONTENT
    assert set(sink.ledger.counts.values()) == {1}
    assert len(sink.ledger.mails) == 99


def test_drops_after_the_dot_are_ambiguous_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    with Sink(SinkSettings(drop_after_dot=10.0)) as sink:
        results = send(sink, [message(n) for n in range(300)], tmp_path)
    dropped = {mail.message_id for mail in sink.ledger.mails if mail.dropped}
    unknown = {f"<{r.ident}@firm.example>" for r in results if r.outcome is Outcome.AMBIGUOUS}
    assert len(results) == 300
    assert dropped == unknown
    assert len(dropped) > 5
    assert set(sink.ledger.counts.values()) == {1}
    answers = read_journal(tmp_path / "journal").answers
    alone = {f"<{ident}@firm.example>" for (ident, _), answer in answers.items() if answer is None}
    assert alone == dropped


def test_silence_after_the_dot_is_ambiguous(tmp_path: Path) -> None:
    with Sink(scripted("dot", "silence", times=1)) as sink:
        results = send(sink, [message(1, BAD), message(2)], tmp_path, timeout=0.2, reply_timeout=0.2)
    assert outcomes(results) == [Outcome.AMBIGUOUS, Outcome.SENT]


def test_a_slow_reply_to_the_dot_is_waited_for(tmp_path: Path) -> None:
    with Sink(SinkSettings(latency=0.3)) as sink:
        results = send(sink, [message(1)], tmp_path, timeout=0.1, reply_timeout=10.0)
    assert outcomes(results) == [Outcome.SENT]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_drop_before_the_dot_is_safe_and_tried_once_more(tmp_path: Path, stage: str) -> None:
    with Sink(scripted(stage, "drop", times=1)) as sink:
        results = send(sink, [message(1), bad(2), message(3)], tmp_path)
    assert set(outcomes(results)) == {Outcome.SENT}
    assert set(sink.ledger.counts.values()) == {1}


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_message_that_always_breaks_the_connection_is_safe_and_alone(tmp_path: Path, stage: str) -> None:
    with Sink(scripted(stage, "drop")) as sink:
        results = send(sink, [message(1), bad(2), message(3)], tmp_path)
    assert outcomes(results) == [Outcome.SENT, Outcome.SAFE, Outcome.SENT]
    assert (2, 1) not in read_journal(tmp_path / "journal").answers


def test_a_server_that_only_hangs_up_is_left_alone(tmp_path: Path) -> None:
    with Sink(SinkSettings(drop_after_dot=100.0)) as sink:
        results = send(sink, [message(n) for n in range(50)], tmp_path)
    assert outcomes(results).count(Outcome.AMBIGUOUS) == 3
    assert outcomes(results).count(Outcome.SAFE) == 47


@pytest.mark.parametrize("greeting", ["drop", "421 4.3.2 Later", "554 5.7.1 Not you", "SSH-2.0-OpenSSH"])
def test_no_greeting_is_safe(tmp_path: Path, greeting: str) -> None:
    with Sink(SinkSettings(greeting=greeting)) as sink:
        results = send(sink, [message(1), message(2)], tmp_path)
    assert outcomes(results) == [Outcome.SAFE, Outcome.SAFE]
    assert not read_journal(tmp_path / "journal").answers


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with PhaseJournal(tmp_path / "journal") as journal:
        for host in ("127.0.0.1", "no-such-host.invalid", "a" * 64 + ".example"):
            connection = SmtpConnection(settings(port, host=host))
            assert outcomes(connection.send_many([message(1)], journal)) == [Outcome.SAFE]


@pytest.mark.parametrize("mechanism", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH=LOGIN"])
def test_logging_in(tmp_path: Path, mechanism: str) -> None:
    extensions = (*SinkSettings().extensions, mechanism)
    with Sink(SinkSettings(extensions=extensions)) as sink:
        results = send(sink, [message(1)], tmp_path, username="kari", password="hemmelig")
    assert outcomes(results) == [Outcome.SENT]
    assert any(command.startswith(b"AUTH") for command in sink.ledger.commands)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("535 5.7.8 Wrong password", Outcome.ACCOUNT), ("454 4.7.0 Try later", Outcome.SAFE)],
)
def test_a_refused_login_burns_no_message(tmp_path: Path, reply: str, outcome: Outcome) -> None:
    extensions = (*SinkSettings().extensions, "AUTH PLAIN")
    with Sink(SinkSettings(extensions=extensions, auth_reply=reply)) as sink:
        results = send(sink, [message(n) for n in range(3)], tmp_path, username="kari", password="x")
    assert set(outcomes(results)) == {outcome}
    assert len(results) == 3
    assert sink.ledger.connections == 1


def test_no_way_to_log_in_is_the_account(tmp_path: Path) -> None:
    with Sink() as sink:
        connection = SmtpConnection(settings(sink.port, username="kari", password="x"))
        with pytest.raises(SmtpUnavailable) as caught:
            connection.connect()
    assert caught.value.outcome is Outcome.ACCOUNT


def test_starttls_that_is_not_offered_is_not_skipped(tmp_path: Path) -> None:
    with Sink() as sink:
        results = send(sink, [message(1)], tmp_path, security="starttls")
    assert outcomes(results) == [Outcome.SAFE]
    assert not sink.ledger.mails


@pytest.mark.parametrize(
    "recipient",
    [
        "kari@example.com>\r\nRCPT TO:<eve@example.com", "kari\r@example.com", "kari\n@example.com",
        "kari\0@example.com", "kari@exa\u2028mple.com", "kari\x85@example.com", "kari@example.com\r\n",
        "kari@example.com> SIZE=1", "ka<ri@example.com", '"kari\r\n"@example.com', "kari", "@example.com", "",
        "kari@", "kari @example.com", "kari@exam ple.com", "k" * 250 + "@example.com",
    ],
)  # fmt: skip
def test_no_address_becomes_a_command(tmp_path: Path, recipient: str) -> None:
    with Sink() as sink:
        results = send(sink, [message(1), message(2, recipient), message(3)], tmp_path)
    assert outcomes(results) == [Outcome.SENT, Outcome.HARD_ADDRESS, Outcome.SENT]
    assert results[1].detail.startswith("@smtp.")
    assert [line for line in sink.ledger.commands if b"RCPT" in line] == [b"RCPT TO:<kari@example.com>"] * 2


@pytest.mark.parametrize("sender", ["a\r\nRCPT TO:<eve@example.com>", "a@b.example>\n", "no-at"])
def test_a_bad_sender_never_blames_the_client(tmp_path: Path, sender: str) -> None:
    with Sink() as sink:
        results = send(sink, [message(1, sender=sender)], tmp_path)
    assert outcomes(results) == [Outcome.POISON]
    assert not sink.ledger.mails


@pytest.mark.parametrize(
    "text", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n\n.\nMAIL FROM:<eve@x.example>\r\n", b"a\n.\r\n"]
)
def test_no_message_smuggles_another(tmp_path: Path, text: bytes) -> None:
    with Sink() as sink:
        results = send(sink, [message(1, payload=text)], tmp_path)
    assert outcomes(results) == [Outcome.POISON]
    assert not sink.ledger.mails


def test_the_null_sender(tmp_path: Path) -> None:
    with Sink() as sink:
        results = send(sink, [message(1, sender="")], tmp_path)
    assert outcomes(results) == [Outcome.SENT]
    assert sink.ledger.mails[0].sender == ""


def test_a_domain_of_any_script_goes_out_as_a_label(tmp_path: Path) -> None:
    with Sink(SinkSettings(extensions=("PIPELINING",))) as sink:
        results = send(sink, [message(1, "kari@blåbær.no"), message(2, "kari@straße.de")], tmp_path)
    assert set(outcomes(results)) == {Outcome.SENT}
    assert [mail.recipient for mail in sink.ledger.mails] == [
        "kari@xn--blbr-roah.no",
        "kari@xn--strae-oqa.de",
    ]


def test_a_local_part_of_any_script_needs_smtputf8(tmp_path: Path) -> None:
    with Sink() as sink:
        assert outcomes(send(sink, [message(1, "kåre@blåbær.no")], tmp_path)) == [Outcome.SENT]
    assert sink.ledger.mails[0].recipient == "kåre@xn--blbr-roah.no"
    assert any(line.endswith(b" SMTPUTF8") for line in sink.ledger.commands)
    with Sink(SinkSettings(extensions=("PIPELINING", "8BITMIME"))) as sink:
        (tmp_path / "journal").unlink()
        results = send(sink, [message(1, "kåre@example.com"), message(2, needs_smtputf8=True)], tmp_path)
    assert outcomes(results) == [Outcome.HARD_ADDRESS, Outcome.CONTENT]
    assert results[0].detail == our_words("smtp.utf8")
    assert not sink.ledger.mails


def test_what_the_server_cannot_take_stays_here(tmp_path: Path) -> None:
    with Sink(SinkSettings(extensions=("PIPELINING", "SIZE 100"))) as sink:
        messages = [message(1, payload=b"x" * 98 + b"\r\n"), message(2, payload=b"x" * 99 + b"\r\n")]
        messages.append(message(3, payload="blåbær\r\n".encode()))
        results = send(sink, messages, tmp_path)
    assert outcomes(results) == [Outcome.SENT, Outcome.CONTENT, Outcome.CONTENT]


class DeafJournal:
    """A disk that is full from the message ``full_from`` on."""

    def __init__(self, full_from: int) -> None:
        self.full_from = full_from
        self.lines: list[str] = []

    def begin(self, ident: int, attempt: int) -> None:
        if ident >= self.full_from:
            raise JournalError("no space left")
        self.lines.append(f"B {ident}")

    def answer(self, result: SendResult) -> None:
        self.lines.append(f"A {result.ident}")


@pytest.mark.parametrize("count", [1, 3])
def test_without_a_journal_no_dot_leaves(count: int) -> None:
    with Sink() as sink:
        connections = [SmtpConnection(settings(sink.port)) for _ in range(count)]
        results = list(send_over(connections, [message(n) for n in range(10)], DeafJournal(4)))
    assert len(results) == 10
    assert sorted(r.ident for r in results if r.outcome is Outcome.SENT) == [0, 1, 2, 3]
    assert {r.outcome for r in results if r.ident >= 4} == {Outcome.SAFE}
    assert len(sink.ledger.mails) == 4


def test_the_journal_says_begin_before_and_answer_after() -> None:
    journal = DeafJournal(99)
    with Sink() as sink, SmtpConnection(settings(sink.port)) as connection:
        list(connection.send_many([message(1), message(2)], journal))
    assert journal.lines == ["B 1", "A 1", "B 2", "A 2"]


def test_several_connections_share_the_work_and_one_may_die(tmp_path: Path) -> None:
    with Sink(SinkSettings(drop_after_dot=3.0)) as sink, PhaseJournal(tmp_path / "journal") as journal:
        connections = [SmtpConnection(settings(sink.port)) for _ in range(4)]
        connections.append(SmtpConnection(settings(1)))  # nobody listens there
        results = list(send_over(connections, (message(n) for n in range(400)), journal))
    assert sorted(result.ident for result in results) == list(range(400))
    assert set(outcomes(results)) == {Outcome.SENT, Outcome.AMBIGUOUS}
    assert set(sink.ledger.counts.values()) == {1}
    assert len(sink.ledger.mails) == 400


class WatchedTurn:
    """Counts who holds the turn."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken = 0

    def __enter__(self) -> None:
        assert self.lock.acquire(blocking=False), "two must-arrive messages between dot and reply"
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def test_must_arrive_messages_take_turns_over_all_connections(tmp_path: Path) -> None:
    turn = WatchedTurn()
    with Sink() as sink, PhaseJournal(tmp_path / "journal") as journal:
        connections = [SmtpConnection(settings(sink.port), must_arrive_turn=turn) for _ in range(3)]
        messages = [message(n, must_arrive=n % 2 == 0) for n in range(60)]
        assert set(outcomes(send_over(connections, messages, journal))) == {Outcome.SENT}
    assert turn.taken == 30


def test_leaving_early_drops_the_open_message(tmp_path: Path) -> None:
    with Sink() as sink, PhaseJournal(tmp_path / "journal") as journal:
        connection = SmtpConnection(settings(sink.port))
        results = connection.send_many((message(n) for n in range(10)), journal)
        assert next(results).outcome is Outcome.SENT
        results.close()  # type: ignore[attr-defined]
        assert not connection.is_open
        again = list(connection.send_many([message(20)], journal))
    assert outcomes(again) == [Outcome.SENT]
    assert [mail.message_id for mail in sink.ledger.mails] == ["<0@firm.example>", "<20@firm.example>"]


def test_a_feed_that_fails_drops_the_open_message(tmp_path: Path) -> None:
    def failing() -> Iterator[OutboundMessage]:
        yield message(1)
        raise LookupError

    with Sink() as sink, PhaseJournal(tmp_path / "journal") as journal:
        connection = SmtpConnection(settings(sink.port))
        with pytest.raises(LookupError):
            list(connection.send_many(failing(), journal))
        assert not connection.is_open
        assert not journal.state().answers
    assert not sink.ledger.mails


def test_a_kept_connection_that_died_in_the_meantime_is_replaced(tmp_path: Path) -> None:
    with PhaseJournal(tmp_path / "journal") as journal:
        with Sink() as sink:
            connection = SmtpConnection(settings(sink.port))
            assert outcomes(connection.send_many([message(1)], journal)) == [Outcome.SENT]
        with Sink(port=sink.port) as second:
            assert outcomes(connection.send_many([message(2)], journal)) == [Outcome.SENT]
    assert digest(payload(2)) == second.ledger.mails[0].digest
