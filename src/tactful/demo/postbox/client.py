"""Writing as the client: replies and new mail, sent over real SMTP to Tactful's inbound door."""

import mimetypes
import smtplib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parsedate_to_datetime

from tactful.channels.mail.addresses import header_addresses
from tactful.channels.mail.mime import decode_words, header, leaves, part_text, raw_headers, read_mime

AUTHSERV_ID = "postbox.local"
_VERDICT = f"{AUTHSERV_ID}; spf=pass; dkim=pass; dmarc=pass"
_MONTHS = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
           "november", "desember")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    name: str = ""

    def header(self) -> str:
        return formataddr((self.name, self.address)) if self.address.isascii() else self.address


@dataclass(frozen=True, slots=True)
class Draft:
    """What the client types. ``attachments``: (file name, content). ``headers``: more of them, e.g.
    ``("Auto-Submitted", "auto-replied")``."""

    text: str
    attachments: tuple[tuple[str, bytes], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    subject: str = ""  # empty in a reply: "Re: …"
    quote: bool = True
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished mail and its envelope."""

    sender: str
    recipient: str
    raw: bytes = field(repr=False)


def write_reply(received: bytes, client: Person, draft: Draft, now: datetime) -> Outgoing:
    """The client's answer to a letter, as mail programs write it: to Reply-To or else From, in the
    thread, with the letter quoted below. Raises ``ValueError`` if the letter names no sender.
    """
    original = read_mime(received)
    writers = header_addresses(raw_headers(original, "Reply-To")) or header_addresses(
        raw_headers(original, "From")
    )
    if not writers:
        raise ValueError("This letter names no sender, so it cannot be answered.")
    name, recipient = writers[0]
    subject = header(original, "Subject")
    answered = subject if subject.lower().startswith(("re:", "sv:")) else f"Re: {subject}"
    message = _message(client, Person(recipient, decode_words(name)), draft, now)
    message["Subject"] = draft.subject or answered
    if ident := header(original, "Message-ID"):
        message["In-Reply-To"] = ident
        thread = header(original, "References") or header(original, "In-Reply-To")
        message["References"] = f"{thread} {ident}".strip()
    quoted = _quotation(received, draft.language) if draft.quote else ""
    return _finished(message, client, recipient, draft, draft.text.rstrip() + "\n" + quoted)


def write_new(client: Person, to: str, draft: Draft, now: datetime) -> Outgoing:
    """A mail that starts a thread of its own."""
    message = _message(client, Person(to), draft, now)
    message["Subject"] = draft.subject
    return _finished(message, client, to, draft, draft.text.rstrip() + "\n")


def send(mail: Outgoing, host: str, port: int, *, lmtp: bool = False, timeout: float = 30.0) -> None:
    """Hand it to the door. Raises ``smtplib.SMTPException`` or ``OSError`` if the door does not take it."""
    kind = smtplib.LMTP if lmtp else smtplib.SMTP
    with kind(host, port, local_hostname=AUTHSERV_ID, timeout=timeout) as door:
        door.sendmail(mail.sender, [mail.recipient], mail.raw)


def _message(client: Person, to: Person, draft: Draft, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Authentication-Results"] = _VERDICT
    message["Received"] = f"from {AUTHSERV_ID} by {AUTHSERV_ID}; {format_datetime(now)}"
    message["From"] = client.header()
    message["To"] = to.header()
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{uuid.uuid4().hex}@{AUTHSERV_ID}>"
    for name, value in draft.headers:
        message[name] = value
    return message


def _finished(message: EmailMessage, client: Person, recipient: str, draft: Draft, text: str) -> Outgoing:
    message.set_content(text)
    for name, content in draft.attachments:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return Outgoing(client.address, recipient, message.as_bytes())


def _quotation(received: bytes, language: str) -> str:
    original = read_mime(received)
    plain = [part_text(part) for part in leaves(original) if part.get_content_type() == "text/plain"]
    lines = "\n".join(plain[:1]).strip().split("\n")
    return f"\n{_attribution(header(original, 'From'), header(original, 'Date'), language)}\n" + "".join(
        f"> {line}\n" for line in lines
    )


def _attribution(writer: str, date: str, language: str) -> str:
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return f"{writer} {'skrev' if language == 'nb' else 'wrote'}:"
    if language == "nb":
        return f"Den {at.day}. {_MONTHS[at.month - 1]} {at.year} kl. {at:%H:%M} skrev {writer}:"
    return f"On {at:%a, %d %b %Y at %H:%M}, {writer} wrote:"
