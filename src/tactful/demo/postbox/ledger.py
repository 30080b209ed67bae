"""What the sink is told to do, and what it took."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TextIO

_EXTENSIONS = ("PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class Script(NamedTuple):
    """What one recipient gets (for the stage mail: one sender). ``stage``: mail, rcpt, data or dot.
    ``reply``: e.g. "550 5.1.1 Unknown", "drop" (hang up), "silence" (never answer).
    ``times``: how often, then all is well; 0 is always."""

    stage: str
    reply: str
    times: int = 0


@dataclass(slots=True)
class SinkSettings:
    """``drop_after_dot``: per cent of the mails that are taken and then answered by hanging up.
    ``latency``: seconds before the reply to a dot. ``greeting``: the first line; "drop" hangs up.
    ``accepts``: whether a user's token opens the mailbox; then XOAUTH2 is the only way in, and a must."""

    extensions: tuple[str, ...] = _EXTENSIONS
    scripts: dict[str, Script] = field(default_factory=dict)
    drop_after_dot: float = 0.0
    latency: float = 0.0
    greeting: str = "220 sink.local ESMTP"
    auth_reply: str = "235 2.7.0 Welcome"
    accepts: Callable[[str, str], bool] | None = None
    seed: int = 1


class SinkMail(NamedTuple):
    """``digest``: SHA-256 of the message as it was before dot-stuffing, without the final dot."""

    message_id: str
    digest: str
    recipient: str
    sender: str
    dropped: bool  # taken, but we hung up instead of answering


@dataclass(slots=True)
class Ledger:
    """All that the sink took. ``commands`` and ``payloads`` are kept for small tests only."""

    mails: list[SinkMail] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    total: int = 0
    connections: int = 0
    open: set[asyncio.Transport] = field(default_factory=set)
    writes: int = 0  # data_received calls: how many packets the client needed
    commands: list[bytes] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    keep_all: bool = False
    record: TextIO | None = None
    on_mail: Callable[[SinkMail, bytes], None] | None = None
    remember: bool = True

    def take(self, mail: SinkMail, payload: bytes) -> None:
        """``OSError`` out of ``on_mail``: it could not be kept and was not taken."""
        if self.on_mail is not None:
            self.on_mail(mail, payload)
        self.total += 1
        if self.remember:
            self.mails.append(mail)
            self.counts[mail.message_id, mail.digest] += 1
        if self.keep_all:
            self.payloads.append(payload)
        if self.record is not None:
            mark = "dropped" if mail.dropped else "answered"
            self.record.write(f"{mail.message_id} {mail.digest} {mail.recipient} {mark}\n")
            self.record.flush()
