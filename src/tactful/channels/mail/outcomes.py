"""What a server's answer means: the retry table of the outbox as one visible table.

The reply code and the stage decide; an enhanced code (RFC 3463) is more exact and goes first. A
refusal that does not clearly speak of the recipient never ends as ``HARD_ADDRESS``: that outcome
suppresses a client.
"""

import re
from enum import Flag, auto
from typing import NamedTuple

from tactful.channels.mail.wire import Reply, WireError
from tactful.channels.types import OutboundMessage, Outcome, SendResult, our_words

DETAIL_LIMIT = 500  # characters


class Stage(Flag):
    HELLO = auto()  # greeting, EHLO, STARTTLS
    AUTH = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    DOT = auto()
    SENDING = MAIL | RCPT | DATA | DOT
    ANY = HELLO | AUTH | SENDING


class Row(NamedTuple):
    """``code``, ``enhanced`` and ``words`` are regular expressions; the first row that fits wins."""

    stage: Stage
    code: str
    enhanced: str
    words: str
    outcome: Outcome


_RATE_WORDS = (
    r"rate.?limit|sending rate|throttl|too (many|much|fast|quickly)|slow down"
    r"|(daily|hourly) .*(limit|quota)"
)
_POLICY_WORDS = (
    r"spam|block(ed|list|ing)|black.?list|reputation|polic|dmarc|\bspf\b|dkim|relay|denied"
    r"|not (allowed|permitted)"
)
_FULL_WORDS = (
    r"(mailbox|inbox|account|user) .*(full|over ?quota)|over ?quota|quota exceeded|insufficient storage"
)

TABLE: tuple[Row, ...] = (
    Row(Stage.HELLO, "...", "", "", Outcome.SAFE),
    Row(Stage.AUTH, "4..", "", "", Outcome.SAFE),
    Row(Stage.AUTH, "5..", "", "", Outcome.ACCOUNT),
    Row(Stage.SENDING, "53[05]", "", "", Outcome.ACCOUNT),
    # Daily limits of a mailbox provider: permanent by code, but only until tomorrow.
    Row(Stage.SENDING, "5..", r"5\.4\.5", "", Outcome.RATE),
    Row(Stage.SENDING, "4..", r"4\.7\.(28|29|500|65\d)", "", Outcome.RATE),
    Row(Stage.SENDING, "4(32|5.|21)", "", _RATE_WORDS, Outcome.RATE),
    Row(Stage.SENDING, "4..", "", "", Outcome.TRANSIENT),
    Row(Stage.SENDING, "5..", r"5\.(2\.3|3\.4)", "", Outcome.CONTENT),  # this message is too large
    Row(Stage.SENDING, "5..", r"5\.1\.[78]", "", Outcome.POLICY),  # these two speak of the sender
    Row(Stage.SENDING, "5..", r"5\.7\.\d+", "", Outcome.POLICY),
    # Nothing that is said to MAIL FROM speaks of the recipient; it would be said to every message.
    Row(Stage.MAIL, "552", "", "", Outcome.CONTENT),
    Row(Stage.MAIL, "5..", "", "", Outcome.POLICY),
    Row(Stage.SENDING, "5..", r"5\.2\.2", "", Outcome.MAILBOX_FULL),
    Row(Stage.SENDING, "5..", r"5\.1\.\d+|5\.2\.1|5\.4\.[14]", "", Outcome.HARD_ADDRESS),
    Row(Stage.SENDING, "552", "", "", Outcome.MAILBOX_FULL),
    Row(Stage.SENDING, "551|553", "", "", Outcome.HARD_ADDRESS),
    Row(Stage.SENDING, "5..", "", _FULL_WORDS, Outcome.MAILBOX_FULL),
    Row(Stage.SENDING, "55[04]", "", _POLICY_WORDS, Outcome.POLICY),
    Row(Stage.RCPT, "550", r"|5\.0\.0", "", Outcome.HARD_ADDRESS),
    Row(Stage.SENDING, "5..", "", "", Outcome.CONTENT),
)

_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def classify(stage: Stage, code: int, enhanced: str, text: str) -> Outcome:
    """The outcome of a refusal (4xx or 5xx)."""
    for row in TABLE:
        if (
            stage in row.stage
            and re.fullmatch(row.code, str(code))
            and (not row.enhanced or re.fullmatch(row.enhanced, enhanced))
            and (not row.words or re.search(row.words, text, re.IGNORECASE))
        ):
            return row.outcome
    raise ValueError(f"{code} is no refusal.")


def reply_words(reply: Reply) -> tuple[str, str]:
    """Enhanced code ("" if none) and the server's words on one line, at most 500 characters."""
    lines = reply.lines
    found = _ENHANCED.match(lines[0])
    if found is None:
        return "", _plain(b" ".join(lines))
    mark = found.group(1)
    if len(lines) == 1:
        return mark.decode(), _plain(lines[0][found.end() :])
    return mark.decode(), _plain(b" ".join(line.removeprefix(mark).strip() for line in lines))


def verdict(message: OutboundMessage, stage: Stage, reply: Reply) -> SendResult:
    """The result of ``message`` by a refusal, or by the answer to its final dot.

    Raises ``WireError`` for a code that makes no sense there: the dialogue is out of step.
    """
    enhanced, text = reply_words(reply)
    if reply.code >= 400:
        outcome = classify(stage, reply.code, enhanced, text)
        return SendResult(message.ident, message.attempt, outcome, reply.code, enhanced, text)
    if stage is Stage.DOT and reply.code < 300:
        return SendResult(
            message.ident, message.attempt, Outcome.SENT, reply.code, enhanced, text, _queued_as(text)
        )
    raise WireError(our_words("smtp.out_of_step", answer=reply.code))


ACCEPTED = re.compile(
    rb"(2\d\d) (?:([245]\.\d{1,3}\.\d{1,3})(?: +|(?=\r?\n)))?([!-~](?:[ -~]{0,498}[!-~])?|)\r?\n"
)
"""The usual answer to a final dot, on one line of plain text."""


def accepted(message: OutboundMessage, answer: re.Match[bytes]) -> SendResult:
    """What ``verdict`` says of a reply that looks like ``ACCEPTED``."""
    code, enhanced, words = answer.groups(b"")
    text = words.decode()
    # What the type's own constructor does, at a third of its price: nearly every mail comes here.
    return tuple.__new__(
        SendResult,
        (message[0], message[1], Outcome.SENT, int(code), enhanced.decode(), text, _queued_as(text), None),
    )


def _queued_as(text: str) -> str:
    """The server's own name for the mail, where it tells one."""
    return text.rpartition("queued as ")[2] if "queued as " in text else ""


def local_result(message: OutboundMessage, outcome: Outcome, detail: str, enhanced: str = "") -> SendResult:
    """A result that we found ourselves; no server said it."""
    return SendResult(message.ident, message.attempt, outcome, None, enhanced, detail[:DETAIL_LIMIT])


def _plain(raw: bytes) -> str:
    text = raw[: DETAIL_LIMIT * 4].decode("utf-8", "replace")
    return (text if text.isprintable() else _CONTROL.sub(" ", text))[:DETAIL_LIMIT].strip()
