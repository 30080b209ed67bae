"""The envelope of a mail, read before anybody has decided to read the mail itself."""

import re
from dataclasses import dataclass
from email.message import Message

from tactful.channels.mail.addresses import header_addresses, plus_token
from tactful.channels.mail.mime import header, raw_headers, read_head

REPORTS = ("delivery-status", "feedback-report", "disposition-notification")
_MACHINE = re.compile(r"^(mailer-daemon|postmaster|bounces?|complaints?|fbl)([+-].*)?@", re.IGNORECASE)
_ID = re.compile(r"<([^<>\s]+)>")
_TO = ("To", "Cc", "Bcc")
_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", *_TO)
_MOST = 500  # addresses of one mail that are looked at


@dataclass(frozen=True, slots=True)
class Seen:
    """``senders``, ``recipients``: addresses. ``token``: behind the plus of one of ours that it went to, not
    verified; ``asks_back``: the same of where it wants its answers. ``answers``: the Message-IDs that it
    refers to, without brackets. ``report``: perhaps one about a mail that came back. ``machine``: no person
    has just written it."""

    message_id: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    token: str
    asks_back: str
    answers: tuple[str, ...]
    report: bool
    machine: bool


def see(lines: bytes, own: frozenset[str], envelope: tuple[str, ...] = ()) -> Seen:
    """``lines``: the header, or those of ``imap_types.LINES``. ``own``: our addresses, in lower case.
    ``envelope``: who the delivering server said it is for."""
    message = read_head(lines)
    senders = [each for name in ("From", "Sender") for each in _addresses(message, name)]
    delivered = [*envelope, *(each for name in _DELIVERED for each in _addresses(message, name))]
    kind = header(message, "Content-Type").lower()
    automatic = header(message, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no")
    bulk = bool(message.get("List-Id")) or header(message, "Precedence").lower() in ("bulk", "list", "junk")
    return Seen(
        message_id="".join(_ids(message, "Message-ID")[:1]),
        senders=tuple(dict.fromkeys(senders)),
        recipients=tuple(dict.fromkeys(each for name in _TO for each in _addresses(message, name)))[:_MOST],
        token=plus_token(delivered, own),
        asks_back=plus_token(_addresses(message, "Reply-To"), own),
        answers=tuple([*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))][:_MOST]),
        report=any(each in kind for each in REPORTS)
        or "<>" in raw_headers(message, "Return-Path")
        or any(_MACHINE.match(each) for each in senders),
        machine=automatic or bulk,
    )


def _addresses(message: Message, name: str) -> list[str]:
    return [address for _, address in header_addresses(raw_headers(message, name))]


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(" ".join(raw_headers(message, name)))
