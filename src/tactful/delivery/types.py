"""What goes into the outbox, and what delivery asks of the house around it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, Self

from tactful.channels.types import Channel, OutboundMessage, SendResult
from tactful.content.rules.form import Form
from tactful.content.types import MailEnvelope
from tactful.gate.types import Author, Facts, GateRequest, GateSettings
from tactful.touchpoints.types import Line, MessageClass, Purpose

NOTHING: Mapping[str, Any] = MappingProxyType({})


class NewMessage(NamedTuple):
    """One message to one contact, on one channel.

    ``dedupe_key``: purpose + entity + step visit, or broadcast + contact; the second one with the same
    key is ignored. ``touchpoint_rev`` and ``line`` as they stand now. ``lane``: ``None`` follows from
    author and class. ``account_id``: ``None`` is the first enabled account of the channel. A person's
    words come with ``approved_by`` and ``approved_hash`` (``rules.words``); rather use
    ``actions.approve_and_send``. The remaining fields are those of ``models.Message``.
    """

    contact_id: int
    dedupe_key: str
    message_class: MessageClass
    purpose: Purpose
    due_at: datetime
    cause_kind: str
    cause_id: int | None = None
    cause_visit: int | None = None
    author: Author = Author.AUTOMATION
    line: Line = Line.UNDECIDED
    touchpoint_id: int | None = None
    touchpoint_rev: int | None = None
    channel: Channel = Channel.MAIL
    template: str = ""
    language: str = ""
    variables: Mapping[str, str] = NOTHING
    subject: str = ""
    body: str = ""
    may_merge: bool = False
    latest_at: datetime | None = None
    condition: Mapping[str, Any] = NOTHING
    topics: Sequence[str] = ()
    allow: Sequence[str] = ()
    conversation_id: int | None = None
    in_reply_to: str = ""
    references: str = ""
    is_auto_reply: bool = False
    not_before: datetime | None = None
    lane: int | None = None
    account_id: int | None = None
    approved_by: int | None = None
    approved_hash: bytes | None = None


class DueMessage(NamedTuple):
    """A message as the claim reads it. ``request`` is what the gate is asked."""

    id: int
    contact_id: int
    request: GateRequest
    condition: Mapping[str, Any]
    cause_kind: str
    cause_id: int | None
    cause_visit: int | None
    touchpoint_id: int | None
    account_id: int | None
    template: str
    language: str
    variables: Mapping[str, str]


class CapScope(NamedTuple):
    """``day``: the client's calendar day. ``day_ends_at``: the first moment of the next one, UTC."""

    day: date
    day_ends_at: datetime
    household_id: int | None = None
    company_id: int | None = None


class Recipient(NamedTuple):
    address: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Everything around the words that is the same for many mails of one account and language.

    ``reply_to``, ``return_path`` and ``unsubscribe_mailto``: addresses with ``{token}`` in the local
    part; ``why``, ``preferences`` and ``unsubscribe``: links with ``{token}``. ``domain``: right side
    of Message-IDs. ``values``: what every template may say besides a client's own values. ``brand``:
    what a template is compiled with, opaque here. ``unsubscribe_mailto``: "" where mail to plus addresses
    does not arrive. ``repeat_id``: the Message-ID stands in References too, where it survives a provider that
    gives the mail another one, and comes back with every answer.
    """

    sender_address: str
    sender_name: str
    domain: str
    reply_to: str
    return_path: str
    automatic_label: str
    why: str
    preferences: str
    unsubscribe: str
    unsubscribe_mailto: str
    repeat_id: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    brand: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        return cls(**body)


class Compiled(Protocol):
    """A template version or a person's words, ready to be built; ``content.rules`` makes them.

    ``form``: for many mails on one letterhead, or None where each is built on its own.
    """

    def form(self, pattern: MailEnvelope, shared: Mapping[str, str]) -> Form | None: ...

    def build(self, envelope: MailEnvelope, values: Mapping[str, str]) -> bytes:
        """The mail in wire form, CRLF, dot-safe, the same bytes for the same input."""
        ...


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """``takes_also``: the template has a place (the list ``also``) for the words of merged messages."""

    version_id: int
    language: str
    takes_also: bool = False


OWN_LINE: Final = "personal_line"  # what a person adds to a message of automation


@dataclass(frozen=True, slots=True)
class FactSources:
    """What the floors above and beside tell delivery; ``wiring`` builds it, ``config`` hands it over.

    Each function may ask the database a few times, never once per message. ``now`` is business time.

    ``gate_facts``: per message id. ``Facts.caps`` is ignored, delivery keeps the caps. What cannot be
    read is ``UNKNOWN``; a message that is left out of the answer is tried again later.
    ``cap_scopes``: per contact id, for every id. ``recipients``: per contact id, usable addresses only.
    ``variables``: personal fields per message id, read once, at the first handoff.
    ``template``: the live version for a slug and a language. ``compiled``: a version in a letterhead,
    cached by the source; ``with_line``: the same with a person's own line (the variable ``OWN_LINE``) on
    top. ``words``: a person's subject and text in a language, ready to be built.
    ``letterhead``: of an account in a language. ``renew``: for sources that remember what they have
    read, new ones, which a worker takes for each batch.
    """

    gate_settings: Callable[[datetime], GateSettings]
    gate_facts: Callable[[Sequence[DueMessage], datetime], Mapping[int, Facts]]
    cap_scopes: Callable[[Sequence[int], datetime], Mapping[int, CapScope]]
    recipients: Callable[[Sequence[int], Channel, datetime], Mapping[int, Recipient]]
    variables: Callable[[Sequence[DueMessage], datetime], Mapping[int, Mapping[str, str]]]
    template: Callable[[str, str], TemplateChoice]
    compiled: Callable[[int, Letterhead], Compiled]
    words: Callable[[str, str, str], Compiled]
    letterhead: Callable[[int, str, datetime], Letterhead]
    renew: "Callable[[], FactSources] | None" = None
    with_line: Callable[[int, Letterhead], Compiled] | None = None

    def fresh(self) -> "FactSources":
        return self.renew() if self.renew else self


class Journal(Protocol):
    """What a transport writes: ``begin`` before the final dot, ``answer`` after the reply."""

    def begin(self, ident: int, attempt: int) -> None: ...

    def answer(self, result: SendResult) -> None: ...


class JournalReading(Protocol):
    """``answers``: (id, attempt) -> result, or ``None`` where the dot may be out and no reply is known.
    Unless ``trusted``, every row that the worker had marked is ambiguous. ``torn``: a last line without
    an end."""

    @property
    def answers(self) -> Mapping[tuple[int, int], SendResult | None]: ...

    @property
    def trusted(self) -> bool: ...

    @property
    def torn(self) -> str: ...


class WorkerJournal(Journal, Protocol):
    """A worker's own journal, locked while the process lives. ``clear``: all entries are applied."""

    def state(self) -> JournalReading: ...

    def clear(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Journals:
    """How phase journals are kept (``channels.mail.journal``). ``read`` raises ``busy`` while the
    writer lives."""

    open: Callable[[Path], WorkerJournal]
    read: Callable[[Path], JournalReading]
    busy: type[Exception]


class Transport(Protocol):
    """One account's way to its provider (``channels.mail.smtp.SmtpConnection``)."""

    def send_many(self, messages: Iterable[OutboundMessage], journal: Journal) -> Iterator[SendResult]: ...

    def close(self) -> None: ...


OpenTransport = Callable[[int], Transport]  # account id -> transport
