"""From an ``OutboundMessage`` to the bytes of one SMTP transaction, or a refusal of our own.

Nothing that could be read as a second command, recipient or end of message leaves this module.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import idna

from tactful.channels.mail.outcomes import local_result
from tactful.channels.types import OutboundMessage, Outcome, SendResult, our_words

PATH_LIMIT = 254  # characters, RFC 5321 4.5.3.1.3 without the brackets
_PATH = r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]+@[0-9A-Za-z][0-9A-Za-z.-]*"
_PLAIN = re.compile(_PATH).fullmatch
_USUAL = re.compile(f"(?:{_PATH})? {_PATH}").fullmatch  # sender, if any, and recipient, with one question
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[\x20-\x7e])*"').fullmatch
_LOCAL = re.compile(r'[^\x00-\x20\x7f-\xa0"(),:;<>@\[\\\]\u2000-\u200f\u2028-\u202f\u3000\ufeff]+').fullmatch


@dataclass(frozen=True, slots=True)
class Features:
    """What the server said to EHLO. ``size``: bytes of the largest message, 0 if not said."""

    pipelining: bool = False
    eight_bit: bool = False
    smtputf8: bool = False
    starttls: bool = False
    size_known: bool = False
    size: int = 0
    auth: frozenset[str] = frozenset()


class Transaction(NamedTuple):
    """Ready for the wire. ``opening``: the whole envelope as one group; DATA is its last command (RFC 2920
    3.1). The last piece of ``body`` ends with the final dot."""

    message: OutboundMessage
    opening: bytes
    body: Sequence[bytes]

    def commands(self) -> list[bytes]:
        """The opening for a server that wants to be asked one by one."""
        return self.opening.splitlines(keepends=True)


class BadAddress(ValueError):
    """The address cannot be used; the text is the code that says why."""


def wire_address(address: str) -> tuple[str, bool]:
    """The address for the envelope, domain as A-label, and whether it needs SMTPUTF8.

    >>> wire_address("kari@blåbær.no")
    ('kari@xn--blbr-roah.no', False)

    Raises ``BadAddress``.
    """
    if _PLAIN(address) and len(address) <= PATH_LIMIT:
        return address, False
    return _unusual_address(address)


def _unusual_address(address: str) -> tuple[str, bool]:
    if any(char in address for char in "\r\n\0\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        raise BadAddress("smtp.line_break")
    if len(address) > PATH_LIMIT:
        raise BadAddress("smtp.long_address")
    local, at, domain = address.rpartition("@")
    if not at or not (_LOCAL(local) or _QUOTED(local)):
        raise BadAddress("smtp.no_address")
    wire = f"{local}@{_a_label(domain)}"
    return wire, not local.isascii()


def _a_label(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadAddress("smtp.no_domain") from error


def open_transaction(message: OutboundMessage, features: Features) -> Transaction | SendResult:
    """The transaction, or the result of a message that must not go out like this."""
    _, _, sender, recipient, pieces, _, ready, needs_utf8 = message
    if (
        not ready
        or needs_utf8
        or len(sender) > PATH_LIMIT
        or len(recipient) > PATH_LIMIT
        or not _USUAL(f"{sender} {recipient}")
    ):
        return _unusual(message, features)
    body = b"".join((*pieces, _DOT))
    size = len(body) - len(_DOT)
    if size > (features.size or size):
        return _unusual(message, features)
    told = f" SIZE={size}" if features.size_known else ""
    opening = f"MAIL FROM:<{sender}>{told}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()
    return tuple.__new__(Transaction, (message, opening, (body,)))


def _unusual(message: OutboundMessage, features: Features) -> Transaction | SendResult:
    try:
        sender, sender_utf8 = wire_address(message.sender) if message.sender else ("", False)
    except BadAddress:
        return local_result(message, Outcome.POISON, our_words("smtp.sender", address=message.sender[:100]))
    try:
        recipient, recipient_utf8 = wire_address(message.recipient)
    except BadAddress as error:
        return local_result(message, Outcome.HARD_ADDRESS, our_words(str(error)), "5.1.3")
    utf8 = sender_utf8 or recipient_utf8 or message.needs_smtputf8
    body = [*message.pieces, _DOT] if message.ready else [_with_dot(message.payload)]
    size = sum(map(len, body)) - len(_DOT)
    eight_bit = not (message.ready or body[0].isascii())
    refusal = _refusal(message, features, Needs(utf8, recipient_utf8, eight_bit, size))
    if refusal is not None:
        return refusal
    parameters = f" SIZE={size}" if features.size_known else ""
    if utf8 or eight_bit:
        parameters += (" BODY=8BITMIME" if features.eight_bit else "") + (" SMTPUTF8" if utf8 else "")
    opening = f"MAIL FROM:<{sender}>{parameters}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n"
    return Transaction(message, opening.encode(), body)


_DOT = b".\r\n"


class Needs(NamedTuple):
    """What a message asks of the server. ``size``: bytes as they go over the wire."""

    utf8: bool
    recipient_utf8: bool
    eight_bit: bool
    size: int


def _refusal(message: OutboundMessage, features: Features, needs: Needs) -> SendResult | None:
    if not message.ready and _has_bare_end(message.payload):
        return local_result(message, Outcome.POISON, our_words("smtp.bare_end"))
    if needs.utf8 and not features.smtputf8:
        outcome = Outcome.HARD_ADDRESS if needs.recipient_utf8 else Outcome.CONTENT
        return local_result(message, outcome, our_words("smtp.utf8"), "5.6.7")
    if needs.eight_bit and not features.eight_bit:
        return local_result(message, Outcome.CONTENT, our_words("smtp.eight_bit"), "5.6.3")
    if features.size and needs.size > features.size:
        words = our_words("smtp.size", size=needs.size, limit=features.size)
        return local_result(message, Outcome.CONTENT, words, "5.3.4")
    return None


def _has_bare_end(payload: bytes) -> bool:
    ends = payload.count(b"\r\n")
    return payload.count(b"\n") != ends or payload.count(b"\r") != ends


def _with_dot(payload: bytes) -> bytes:
    if b"\r\n." in payload:
        payload = payload.replace(b"\r\n.", b"\r\n..")
    if payload.startswith(b"."):
        payload = b"." + payload
    return payload + (_DOT if payload.endswith(b"\r\n") or not payload else b"\r\n" + _DOT)
