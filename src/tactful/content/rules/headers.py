"""Headers of one mail: folded, seven bits, and closed to whatever a name or a subject brings along."""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from tactful.content.rules.escaping import all_match, one_line
from tactful.content.types import AutoSubmitted, MailAddress, MailEnvelope, MailRefused, Unsubscribe

NAME_LIMIT = 120  # characters of a display name
SUBJECT_LIMIT = 250
_LINE = 76
_ENCODED_BYTES = 42  # 42 bytes make 56 base64 characters, an encoded word of 68

_PLAIN = re.compile(r"[!-<>-~](?:[ -<>-~]*[!-<>-~])?")
_PHRASE = re.compile(r"[A-Za-z0-9&'_-]+(?: [A-Za-z0-9&'_-]+)*")
_QUOTABLE = re.compile(r"[ !#-<>-\[\]-~]+")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_LOCAL}@{_DOMAIN.pattern}")
_are_addresses = all_match(_ADDRESS.pattern)
_MOST_LOCAL = 64  # characters before the @
_LOCAL_UTF8 = re.compile(r"[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\]\s]+")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_HTTPS = re.compile(r"https?://[!-;=?-~]{1,900}")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clean_words(value: str, limit: int) -> str:
    """A value as a header carries it: one line, single blanks, at most ``limit`` characters."""
    if value.isprintable() and len(value) <= limit and "  " not in value:  # nothing to clean but at the ends
        return value.strip(" ")
    return " ".join(one_line(value).split())[:limit].rstrip()


def checked_address(address: str) -> str:
    """``address`` with its domain in A-labels (R31). Raises ``MailRefused`` where it cannot be used."""
    if _ADDRESS.fullmatch(address) and _fits(address, address.find("@")):
        return address
    checked = _with_a_labels(address)
    if not _fits(checked, checked.rfind("@")) or not _ADDRESS.fullmatch(checked):
        raise _no_address(address)
    return checked


def checked_recipient(address: str) -> str:
    """Like ``checked_address``; letters outside ASCII may stand before the @. Such a mail goes only to a
    server that offers SMTPUTF8, which the transport sees to."""
    local = address.rpartition("@")[0]
    if local.isascii():
        return checked_address(address)
    checked = _with_a_labels(address)
    known = (
        _LOCAL_UTF8.fullmatch(local) and local.isprintable() and len(local.encode("utf-8", "replace")) <= 64
    )
    if not known or not _fits(checked, len(local)) or not _DOMAIN.fullmatch(checked.rpartition("@")[2]):
        raise _no_address(address)
    return checked


def _with_a_labels(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        known = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        known = ""
    return f"{local}@{known}"


def _no_address(address: str) -> MailRefused:
    shown = one_line(address)[:100]
    words = f"{shown!r} is not a mail address. Write one like name@example.com."
    return MailRefused(words, "mail.address", address=shown)


def _fits(address: str, local: int) -> bool:
    """``local``: characters before the @."""
    # "=?" would be read as an encoded word: the mail would go to another address than the one shown.
    return len(address) <= 254 and local <= _MOST_LOCAL and "=?" not in address


def unstructured(name: str, value: str) -> str:
    """``Name: value`` with line end, folded; RFC 2047 where ASCII does not do."""
    if value.isascii() and len(name) + 2 + len(value) <= _LINE and _PLAIN.fullmatch(value):
        return f"{name}: {value}\r\n"
    if not value:
        return f"{name}: \r\n"
    return f"{name}: {encoded_words(value, _LINE - len(name) - 2)}\r\n"


def encoded_words(value: str, first: int) -> str:
    """``value`` as UTF-8 base64 words on lines of their own; ``first``: room on the first line."""
    raw = value.encode("utf-8", "replace")
    room = min(_ENCODED_BYTES, (first - 12) // 4 * 3)
    if len(raw) <= room:
        return _encoded_word(raw)
    words, start = [], 0
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:  # never inside a character
            end -= 1
        words.append(_encoded_word(raw[start:end]))
        start, room = end, _ENCODED_BYTES
    return "\r\n ".join([*words, _encoded_word(raw[start:])])


def _encoded_word(raw: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(raw, newline=False).decode('ascii')}?="


@lru_cache(maxsize=256)
def mailbox(name: str, who: MailAddress) -> str:
    """A header with one mailbox that repeats (From); ``recipients`` for those that do not."""
    return _mailbox(f"{name}: ", who.name, checked_address(who.address))


def recipients(to: Sequence[MailAddress]) -> list[str]:
    """The header To of each mail."""
    names = [who.name for who in to]
    addresses = [who.address for who in to]
    usual = _are_addresses(addresses) and max(map(len, addresses)) <= _MOST_LOCAL
    if not usual or "=?" in "".join(addresses):
        addresses = [checked_recipient(address) for address in addresses]
    return [_mailbox("To: ", name, address) for name, address in zip(names, addresses, strict=True)]


def _mailbox(begin: str, name: str, address: str) -> str:
    phrase = _phrase(name, _LINE - len(begin))
    if not phrase:
        return f"{begin}{address}\r\n"
    gap = "\r\n " if "\r\n" in phrase or len(begin) + len(phrase) + len(address) > 72 else " "
    return f"{begin}{phrase}{gap}<{address}>\r\n"


def _phrase(name: str, room: int) -> str:
    words = clean_words(name, NAME_LIMIT)
    if not words.isascii():
        return encoded_words(words, room)
    if not words or (len(words) <= 60 and _PHRASE.fullmatch(words)):
        return words
    if len(words) <= 60 and _QUOTABLE.fullmatch(words):
        return f'"{words}"'
    return encoded_words(words, room)


def header_block(envelope: MailEnvelope, subject: str) -> str:
    """All headers that differ from mail to mail, each with its line end; ``subject`` already cleaned."""
    sender, subject_line = mailbox("From", envelope.sender), unstructured("Subject", subject)
    (personal,) = personal_blocks([envelope.date], sender, [envelope.to], [subject_line])
    return personal + after_subject(envelope)


def personal_blocks(
    dates: Sequence[datetime], sender: str, to: Sequence[MailAddress], subjects: Sequence[str]
) -> list[str]:
    """The first four headers of each mail; ``sender`` and ``subjects`` as whole lines."""
    said = {date: f"Date: {rfc5322_date(date)}\r\n{sender}" for date in set(dates)}
    lines = zip(dates, recipients(to), subjects, strict=True)
    return [f"{said[date]}{recipient}{subject}" for date, recipient, subject in lines]


def after_subject(envelope: MailEnvelope) -> str:
    lines = [f"Message-ID: {message_id(envelope.message_id)}\r\n"]
    if envelope.reply_to:
        lines.append(
            _mailbox("Reply-To: ", envelope.reply_to.name, checked_address(envelope.reply_to.address))
        )
    if envelope.in_reply_to or envelope.references:
        lines.append(_thread(envelope))
    if envelope.auto_submitted is not AutoSubmitted.NO:
        lines.append(_AUTOMATIC[envelope.auto_submitted])
    if envelope.unsubscribe:
        lines.append(_unsubscribe(envelope.unsubscribe))
    return "".join(lines)


_AUTOMATIC = {
    AutoSubmitted.GENERATED: "Auto-Submitted: auto-generated\r\n",
    AutoSubmitted.REPLIED: "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n",
}


@lru_cache(maxsize=64)
def rfc5322_date(at: datetime) -> str:
    """``at`` (aware) in UTC, with English names whatever the locale."""
    offset = at.utcoffset()
    if offset is None:
        raise ValueError(f"{at.isoformat()} has no time zone. Give an aware datetime.")
    utc = at - offset
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02d} {_MONTHS[utc.month - 1]} {utc.year:04d} "
        f"{utc.hour:02d}:{utc.minute:02d}:{utc.second:02d} +0000"
    )


def message_id(value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value):
        raise MailRefused(f"{one_line(value)[:100]!r} is not a Message-ID. Give one like <id@example.com>.")
    return value


def _thread(envelope: MailEnvelope) -> str:
    """What this mail answers. The oldest and the ten newest references are enough for every reader.

    The ids come from other people's mails: one that is not well-formed is left out.
    """
    references = [ref for ref in envelope.references if _MESSAGE_ID.fullmatch(ref)]
    kept = references if len(references) <= 11 else [references[0], *references[-10:]]
    lines = ""
    if _MESSAGE_ID.fullmatch(envelope.in_reply_to):
        lines = f"In-Reply-To: {envelope.in_reply_to}\r\n"
    if kept:
        lines += "References: " + "\r\n ".join(kept) + "\r\n"
    return lines


def _unsubscribe(way: Unsubscribe) -> str:
    if not _HTTPS.fullmatch(way.url):
        raise MailRefused(f"{one_line(way.url)[:100]!r} is not a web address to unsubscribe at.")
    by_mail = f",\r\n <mailto:{checked_address(way.mailto)}>" if way.mailto else ""
    return f"List-Unsubscribe: <{way.url}>{by_mail}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
