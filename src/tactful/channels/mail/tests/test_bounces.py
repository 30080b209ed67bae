"""The corpus of bounces, delay notices and complaints (R36)."""

import pytest

from tactful.channels.mail.bounces import read_events
from tactful.channels.mail.tests.bounce_samples import RETURN_PATH, SAMPLES, dsn, failed
from tactful.channels.types import DeliveryEventKind, Outcome

OWN = frozenset({"bounce@firm.example"})


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_understood(name: str, line_end: str) -> None:
    text, expected = SAMPLES[name]
    events = read_events(text.replace("\n", line_end).encode(), OWN)
    if expected is None:
        assert events == []
        return
    (event,) = events
    found = (event.kind, event.recipient, event.outcome, event.enhanced, event.message_id, event.token)
    assert found == tuple(expected)


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(SAMPLES) >= 60


def test_one_report_for_three_recipients() -> None:
    blocks = "\n\n".join(
        (
            failed("5.1.1", "550 5.1.1 unknown", who="a@example.com"),
            failed("4.4.1", "no answer", "delayed", who="b@example.com"),
            failed("2.0.0", "250 Ok", "delivered", who="c@example.com"),
        )
    )
    events = read_events(dsn(blocks).encode(), OWN)
    assert [(event.recipient, event.kind) for event in events] == [
        ("a@example.com", DeliveryEventKind.BOUNCED),
        ("b@example.com", DeliveryEventKind.DELAYED),
        ("c@example.com", DeliveryEventKind.DELIVERED),
    ]


def test_no_delay_has_an_outcome_that_could_suppress() -> None:
    for text, expected in SAMPLES.values():
        for event in read_events(text.encode(), OWN):
            if expected is not None and expected.kind is DeliveryEventKind.DELAYED:
                assert event.outcome is None


@pytest.mark.parametrize("status", ["4.0.0", "4.2.0", "4.4.1", "4.4.7", "4.7.1"])
def test_a_transient_status_never_blames_the_address(status: str) -> None:
    (event,) = read_events(dsn(failed(status, "Message expired")).encode(), OWN)
    assert event.kind is DeliveryEventKind.BOUNCED
    assert event.outcome not in (Outcome.HARD_ADDRESS, Outcome.MAILBOX_FULL)


@pytest.mark.parametrize(
    ("status", "words"),
    [("2.0.0", "250 2.1.5 Ok"), ("2.1.5", "no words"), ("5.0.0", "250 2.1.5 fine so far")],
)
def test_a_failure_that_speaks_of_success_blames_nobody(status: str, words: str) -> None:
    (event,) = read_events(dsn(failed(status, words, "failed")).encode(), OWN)
    assert event.kind is DeliveryEventKind.BOUNCED
    assert event.outcome is not Outcome.MAILBOX_FULL
    guessed = "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\n\n<a@example.com>: 250 2.1.5 Ok\n"
    assert all(event.outcome is None for event in read_events(guessed.encode(), OWN))


def test_a_token_of_somebody_else_is_not_read() -> None:
    foreign = dsn(failed("5.1.1", "550 no")).replace(RETURN_PATH, "bounce+abc@evil.example")
    (event,) = read_events(foreign.encode(), OWN)
    assert event.token == ""
