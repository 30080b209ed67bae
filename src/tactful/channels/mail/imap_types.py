"""What is asked of a mailbox and what comes of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

LINES = (
    "FROM", "SENDER", "TO", "CC", "BCC", "REPLY-TO", "RETURN-PATH", "DELIVERED-TO", "X-ORIGINAL-TO",
    "ENVELOPE-TO", "MESSAGE-ID", "IN-REPLY-TO", "REFERENCES", "CONTENT-TYPE", "AUTO-SUBMITTED",
    "PRECEDENCE", "LIST-ID",
)  # fmt: skip
"""All that is seen of a mail before anybody has decided to read it: not even its subject."""
FETCH_HEADS = f"(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS ({' '.join(LINES)})])"


@dataclass(frozen=True, slots=True)
class Head:
    """``lines``: the raw ones of ``LINES``. ``at``: when the server took the mail in. ``size``: bytes."""

    uid: int
    lines: bytes
    at: datetime | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to ``last_uid`` has been stored."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class Mail:
    uid: int
    raw: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails in rising order of their UIDs. Store them and ``cursor`` in one transaction.

    ``reset``: the server numbered its mails anew, so mails that are known may come again.
    ``passed_by``: how many were left unread.
    """

    mails: tuple[Mail, ...]
    cursor: Cursor
    reset: bool = False
    passed_by: int = 0


Choose = Callable[[Sequence[Head]], Collection[int]]
"""From what stands on the envelopes: the UIDs of the mails that are read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``since``: the first day that is looked at where the server's numbers are new to us.
    ``last``: the last UID; None is all."""

    choose: Choose
    since: date | None = None
    last: int | None = None


def everything(heads: Sequence[Head]) -> Collection[int]:
    return [head.uid for head in heads]
