"""From raw bytes to ``InboundMessage``. Hostile input gives a poor message, never an exception."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from tactful.channels.mail.addresses import header_addresses, normal_address, plus_token
from tactful.channels.mail.authentication import authentication
from tactful.channels.mail.automatic import is_automatic, is_out_of_office, return_date
from tactful.channels.mail.html_text import html_text
from tactful.channels.mail.mime import (
    MAX_TEXT,
    decode_words,
    file_name,
    header,
    leaves,
    part_bytes,
    part_text,
    raw_headers,
    read_head,
    read_mime,
)  # fmt: skip
from tactful.channels.mail.trimming import newest_words
from tactful.channels.types import Attachment, InboundMessage

_DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_ID_LIMIT = 250  # characters
_MAX_REFERENCES = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read mail of one account. ``own``: our addresses, without plus tokens.
    ``trusted``: authserv-ids of servers whose Authentication-Results we believe."""

    own: frozenset[str] = frozenset()
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the delivering server said. ``sender`` "" is the null return path."""

    sender: str
    recipients: tuple[str, ...]


def parse_message(raw: bytes, reading: Reading, envelope: Envelope | None = None) -> InboundMessage:
    """The message, read for people. ``envelope`` is known at the LMTP door, not over IMAP."""
    message = read_mime(raw)
    name, sender = _sender(message, envelope)
    text, html, attachments = _contents(message)
    subject = header(message, "Subject")[:998]
    sent_at = _sent_at(message)
    addressed = _addressed(message, envelope)
    automatic = is_automatic(message, sender, envelope.sender if envelope else None)
    away = is_out_of_office(message, subject, text, automatic)
    message_id = _message_ids(message, "Message-ID")[:1]
    return InboundMessage(
        provider_id=_provider_id(message_id, raw),
        sender=sender,
        sender_name=name,
        recipients=tuple(addressed),
        subject=subject,
        sent_at=sent_at,
        text=text,
        reply_text=newest_words(text),
        html=html,
        message_id="".join(message_id),
        in_reply_to="".join(_message_ids(message, "In-Reply-To")[:1]),
        references=tuple(_message_ids(message, "References")[-_MAX_REFERENCES:]),
        plus_token=plus_token(addressed, reading.own),
        attachments=attachments,
        authentication=authentication(message, sender, reading.trusted),
        automatic=automatic or away,
        out_of_office=away,
        returns_on=return_date(text, sent_at) if away else None,
        defects=tuple(sorted({type(defect).__name__ for part in leaves(message) for defect in part.defects})),
    )


def provider_id(raw: bytes) -> str:
    """The same for the same mail, however often and on whatever way it comes; reads the header only."""
    return _provider_id(_message_ids(read_head(raw), "Message-ID")[:1], raw)


def _provider_id(message_id: list[str], raw: bytes) -> str:
    return f"{''.join(message_id)}:{_body_hash(raw)}"


def _sender(message: Message, envelope: Envelope | None) -> tuple[str, str]:
    for field in ("From", "Sender"):
        for name, address in header_addresses(raw_headers(message, field)):
            return decode_words(name)[:200], address
    return "", normal_address(envelope.sender) if envelope else ""


def _addressed(message: Message, envelope: Envelope | None) -> list[str]:
    """Envelope first: it is the truth where it is known. No address twice."""
    found = [normal_address(address) for address in envelope.recipients] if envelope else []
    for field in _DELIVERED_TO:
        found += [address for _, address in header_addresses(raw_headers(message, field))]
    return list(dict.fromkeys(filter(None, found)))


def _contents(message: Message) -> tuple[str, str, tuple[Attachment, ...]]:
    texts: list[str] = []
    pages: list[str] = []
    attachments: list[Attachment] = []
    for part in leaves(message):
        kind = part.get_content_type()
        name = file_name(part)
        shown = not name and part.get_content_disposition() != "attachment"
        if shown and kind == "text/plain":
            texts.append(part_text(part))
        elif shown and kind == "text/html":
            pages.append(part_text(part))
        elif content := part_bytes(part):
            attachments.append(Attachment(name or f"attachment-{len(attachments) + 1}", kind, content))
    html = "\n".join(pages)[:MAX_TEXT]
    text = "\n".join(texts).strip()[:MAX_TEXT]
    return text or html_text(html), html, tuple(attachments)


def _sent_at(message: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(header(message, "Date"))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _message_ids(message: Message, name: str) -> list[str]:
    """Every ``<…>`` of the header; without brackets the first word, for some programs forget them."""
    value = " ".join(raw_headers(message, name))
    ids = [piece.partition(">")[0] for piece in value.split("<")[1:] if ">" in piece]
    found = [f"<{ident.strip()}>" for ident in ids if ident.strip()] or value.split()[:1]
    return [ident for ident in found if len(ident) <= _ID_LIMIT]


def _body_hash(raw: bytes) -> str:
    """Of the bytes after the header, which stay the same over every way of delivery."""
    for blank in (b"\r\n\r\n", b"\n\n"):
        _, found, body = raw.partition(blank)
        if found:
            return hashlib.sha256(body.replace(b"\r\n", b"\n")).hexdigest()[:32]
    return hashlib.sha256(raw).hexdigest()[:32]
