"""What goes into a channel and what comes out. Channels know no contacts and no journeys."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Channel(StrEnum):
    MAIL = "mail"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    CHAT = "chat"


class Outcome(StrEnum):
    """How one attempt ended; the retry classes of the outbox rules."""

    SENT = "sent"
    SAFE = "safe"  # nothing was handed over: DNS, connect, TLS, greeting
    ACCOUNT = "account"  # the provider refuses us: credentials; pause the account, burn no attempt
    TRANSIENT = "transient"
    RATE = "rate"
    HARD_ADDRESS = "hard_address"
    MAILBOX_FULL = "mailbox_full"
    POLICY = "policy"
    CONTENT = "content"
    AMBIGUOUS = "ambiguous"  # the final dot went out and no reply came
    POISON = "poison"  # our own exception while rendering or parsing


class OutboundMessage(NamedTuple):
    """One recipient, complete bytes.

    ``ident`` and ``attempt`` go into the phase journal. ``pieces`` put together are the finished message
    in wire form for its channel; for mail CRLF line ends, not yet dot-stuffed, without the final dot.
    ``ready``: seven bits but for letters in an address, the last line ended, and the same bytes before and
    after dot-stuffing, so that nobody need look again. ``must_arrive``: at most one such message of a
    worker may be between dot and reply.
    """

    ident: int
    attempt: int
    sender: str
    recipient: str
    pieces: Sequence[bytes]
    must_arrive: bool = False
    ready: bool = False
    needs_smtputf8: bool = False

    @property
    def payload(self) -> bytes:
        return b"".join(self.pieces)


OURS = "@"


def our_words(code: str, **params: str | int) -> str:
    """A detail that no server said: a code with parameters, which the edge says in the reader's language.

    >>> our_words("smtp.size", size=10)
    '@smtp.size {"size": 10}'
    """
    return f"{OURS}{code} {json.dumps(params, ensure_ascii=False)}"


class SendResult(NamedTuple):
    ident: int
    attempt: int
    outcome: Outcome
    code: int | None = None  # SMTP reply code or HTTP status
    enhanced: str = ""  # RFC 3463, e.g. "5.1.1"
    detail: str = ""  # the provider's words, at most 500 characters
    provider_id: str = ""
    retry_after: float | None = None  # seconds


class DeliveryEventKind(StrEnum):
    DELIVERED = "delivered"
    DELAYED = "delayed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """A provider's later word on a message: DSN (RFC 3464), ARF (RFC 5965), webhook."""

    kind: DeliveryEventKind
    recipient: str
    token: str = ""  # our return-path token, unverified
    message_id: str = ""  # the Message-ID that it speaks of, with brackets
    outcome: Outcome | None = None
    enhanced: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    file_name: str
    content_type: str
    content: bytes


class Authentication(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NONE = "none"  # nobody whom we trust has said anything


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message from outside, parsed and neutral. ``html`` is NOT yet sanitised."""

    provider_id: str  # unique per account; for mail Message-ID plus body hash
    sender: str  # address, lower-cased domain
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    text: str  # whole text part, or text made from the HTML part
    reply_text: str  # the newest words only, quoted text and signature trimmed
    html: str
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    plus_token: str = ""  # from our plus address, unverified
    attachments: tuple[Attachment, ...] = ()
    authentication: Authentication = Authentication.NONE
    automatic: bool = False  # RFC 3834, list, bulk, null sender
    out_of_office: bool = False
    returns_on: datetime | None = None  # the return date that an out-of-office names
    defects: tuple[str, ...] = field(default=())


class MailHost(StrEnum):
    """Who keeps a mailbox, as far as it decides how one signs in."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"  # Microsoft 365, a firm's own domain
    OUTLOOK = "outlook"  # Outlook.com, Hotmail, Live: private addresses
    ICLOUD = "icloud"
    YAHOO = "yahoo"
    FASTMAIL = "fastmail"
    PROTON = "proton"
    DOMENESHOP = "domeneshop"
    ONE = "one"
    TELENOR = "telenor"
    OTHER = "other"


class SignIn(StrEnum):
    PASSWORD = "password"  # noqa: S105
    APP_PASSWORD = "app_password"  # noqa: S105
    XOAUTH2 = "xoauth2"


class Caution(StrEnum):
    """What somebody should know before they connect; ``channels.sentences`` says it."""

    NO_IMAP_PASSWORD = "no_imap_password"  # noqa: S105
    SMTP_PASSWORD_ENDS = "smtp_password_ends"  # noqa: S105
    NO_AUTOMATED_MAIL = "no_automated_mail"
    PRIVATE_ADDRESS = "private_address"
    BRIDGE = "bridge"
    OTHER_USER_NAME = "other_user_name"
    FILTER = "filter"
    GUESSED = "guessed"


class FoundBy(StrEnum):
    ADDRESS = "address"
    MX = "mx"
    AUTOCONFIG = "autoconfig"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Server:
    """``security``: starttls or implicit_tls; nothing here is ever plain."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """How one address is reached. ``ways``: how one may sign in, the best first. ``user_in`` and
    ``user_out``: user names; "" where only the owner knows it."""

    address: str
    host: MailHost
    found_by: FoundBy
    incoming: Server | None
    outgoing: Server
    ways: tuple[SignIn, ...]
    user_in: str
    user_out: str
    cautions: tuple[Caution, ...] = ()
