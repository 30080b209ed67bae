"""The provider, as a transport that keeps what it was given instead of sending it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from random import Random

from tactful.channels.types import OutboundMessage, Outcome, SendResult
from tactful.delivery.types import Journal
from tests.year.clock import SimClock

MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)
REPLY_TO = re.compile(rb"^Reply-To:[^<]*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
TROUBLE = (
    (Outcome.SAFE, 0.004),
    (Outcome.TRANSIENT, 0.010),
    (Outcome.RATE, 0.002),
    (Outcome.HARD_ADDRESS, 0.0015),
    (Outcome.MAILBOX_FULL, 0.001),
    (Outcome.CONTENT, 0.0005),
    (Outcome.POISON, 0.0005),
    (Outcome.ACCOUNT, 0.0002),
    (Outcome.POLICY, 0.0001),
)
LOST_REPLY = 0.004
"""The final dot went out and no answer came back; half of such mails have arrived."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A mail whose final dot went out and was accepted. ``at``: business clock."""

    ident: int
    recipient: str
    at: datetime
    digest: str
    message_id: str
    reply_to: str
    body: bytes = field(repr=False)


@dataclass
class Post:
    """``look``: called just before each dot. ``point``: where the worker may die."""

    clock: SimClock
    dice: Random
    look: Callable[[OutboundMessage], None] = lambda message: None
    point: Callable[[str], None] = lambda where: None
    dots: list[Dot] = field(default_factory=list)
    fresh: list[Dot] = field(default_factory=list)
    down_until: datetime | None = None

    def open(self, account: int) -> "Wire":
        return Wire(self)

    def refusal(self, message: OutboundMessage) -> SendResult | None:
        if self.down_until is not None and self.clock.at < self.down_until:
            return SendResult(message.ident, message.attempt, Outcome.SAFE)
        drawn = self.dice.random()
        for outcome, share in TROUBLE:
            drawn -= share
            if drawn < 0:
                wait = 90.0 if outcome is Outcome.RATE else None
                return SendResult(message.ident, message.attempt, outcome, 450, retry_after=wait)
        return None

    def accept(self, message: OutboundMessage) -> None:
        raw = message.payload
        found, back = MESSAGE_ID.search(raw), REPLY_TO.search(raw)
        dot = Dot(
            message.ident,
            message.recipient,
            self.clock.now,
            sha256(raw).hexdigest(),
            found.group(1).decode() if found else "",
            back.group(1).decode() if back else "",
            raw,
        )
        self.dots.append(dot)
        self.fresh.append(dot)


class Wire:
    """Journals like the real transport: ``B`` before the dot, ``A`` after the reply."""

    def __init__(self, post: Post) -> None:
        self.post = post

    def send_many(self, messages: Iterable[OutboundMessage], journal: Journal) -> Iterator[SendResult]:
        for message in messages:
            refused = self.post.refusal(message)
            if refused is not None:
                yield refused
                continue
            self.post.look(message)
            self.post.point("wire: before a dot")
            journal.begin(message.ident, message.attempt)
            self.post.point("wire: in the middle of a dot")
            yield self._answer(message, journal)

    def _answer(self, message: OutboundMessage, journal: Journal) -> SendResult:
        lost = self.post.dice.random() < LOST_REPLY
        if not lost or self.post.dice.random() < 0.5:
            self.post.accept(message)
        self.post.point("wire: after a dot")
        outcome = Outcome.AMBIGUOUS if lost else Outcome.SENT
        result = SendResult(message.ident, message.attempt, outcome, None if lost else 250, provider_id="Q1")
        journal.answer(result)
        self.post.point("wire: after the answer")
        return result

    def close(self) -> None:
        """Nothing to close."""
