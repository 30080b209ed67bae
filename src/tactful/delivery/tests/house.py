"""A small house around the outbox: clients, a line, an account, facts that a test can change, and a
provider in memory that behaves as told."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from typing import Any

from tactful.channels.mail.journal import JournalBusy, PhaseJournal, read_journal
from tactful.channels.models import Account
from tactful.channels.types import Channel, OutboundMessage, Outcome, SendResult
from tactful.contacts.models import Contact
from tactful.content.types import MailEnvelope
from tactful.delivery.actions import enqueue
from tactful.delivery.claim import claim
from tactful.delivery.handoff import Hand, send_batch
from tactful.delivery.models import Dispatch, Worker
from tactful.delivery.recovery import this_machine
from tactful.delivery.render import open_desk
from tactful.delivery.types import (
    CapScope,
    Compiled,
    DueMessage,
    FactSources,
    Journal,
    Journals,
    Letterhead,
    NewMessage,
    Recipient,
    TemplateChoice,
)
from tactful.foundation.clock import business_now, machine_now
from tactful.foundation.ids import new_id
from tactful.foundation.models import Instance
from tactful.foundation.secrets import key_ring
from tactful.gate.types import (
    AddressState,
    BasisFact,
    BasisKind,
    CapUsage,
    ChannelFact,
    ConditionFact,
    Facts,
    GateSettings,
    PlaceFact,
    SensitiveFact,
)
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.touchpoints.types import Line, MessageClass, Purpose

ALWAYS_OPEN = GateSettings(quiet_weekdays=frozenset(), quiet_holidays=False, quiet_from=datetime.min.time(),
                           quiet_to=datetime.min.time())  # fmt: skip
CLEAR = Facts(
    address=AddressState.USABLE,
    basis=BasisFact(BasisKind.CONSENT, receipt_id=77),
    condition=ConditionFact(holds=True),
    talks=(),
    debts=(),
    moods=(),
    place=PlaceFact(("Europe/Oslo",), "NO"),
    caps=CapUsage(),
    channel=ChannelFact(),
    sensitive=SensitiveFact(),
    standing=(),
)
HEAD = Letterhead(
    sender_address="post@fjord.example",
    sender_name="Fjordkontoret",
    domain="fjord.example",
    reply_to="post+{token}@fjord.example",
    return_path="post+{token}@fjord.example",
    automatic_label="Sent automatically.",
    why="https://fjord.example/why/{token}",
    preferences="https://fjord.example/preferences/{token}",
    unsubscribe="https://fjord.example/unsubscribe/{token}",
    unsubscribe_mailto="post+{token}@fjord.example",
    brand={"business": "Fjordkontoret"},
)
JOURNALS = Journals(open=PhaseJournal, read=read_journal, busy=JournalBusy)


class Plain:
    """A template whose mails can be read back by a test."""

    def __init__(self, name: str) -> None:
        self.name = name

    def form(self, pattern: MailEnvelope, shared: Mapping[str, str]) -> None:
        return None

    def build(self, envelope: MailEnvelope, values: Mapping[str, str]) -> bytes:
        lines = [
            f"From: {envelope.sender.name} <{envelope.sender.address}>",
            f"To: {envelope.to.address}",
            f"Message-ID: {envelope.message_id}",
            f"Date: {envelope.date.isoformat()}",
            f"Auto-Submitted: {envelope.auto_submitted}",
            "",
            self.name,
            *(f"{key}={value}" for key, value in sorted(values.items())),
        ]
        return "\r\n".join(lines).encode("ascii", "backslashreplace") + b"\r\n"


@dataclass
class House:
    """Facts by contact where a test has changed them; templates by slug."""

    settings: GateSettings = ALWAYS_OPEN
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    unreadable: bool = False
    names: dict[int, str] = field(default_factory=dict)
    takes_also: bool = False
    head: Letterhead = HEAD
    broken: set[str] = field(default_factory=set)

    def sources(self) -> FactSources:
        return FactSources(
            gate_settings=lambda now: self.settings,
            gate_facts=self._facts,
            cap_scopes=self._scopes,
            recipients=self._recipients,
            variables=self._variables,
            template=lambda slug, language: TemplateChoice(_number(slug), language, self.takes_also),
            compiled=self._compiled,
            words=lambda subject, text, language: Plain(f"{subject}: {text}"),
            letterhead=lambda account, language, now: self.head,
        )

    def set(self, contact: int, **facts: Any) -> None:
        self.changed.setdefault(contact, {}).update(facts)

    def _facts(self, messages: Sequence[DueMessage], now: datetime) -> Mapping[int, Facts]:
        if self.unreadable:
            return {}
        return {due.id: CLEAR._replace(**self.changed.get(due.contact_id, {})) for due in messages}

    def _scopes(self, contacts: Sequence[int], now: datetime) -> Mapping[int, CapScope]:
        found = Contact.objects.filter(pk__in=contacts).values_list("pk", "household_id", "company_id")
        ends = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        return {pk: CapScope(now.date(), ends, household, company) for pk, household, company in found}

    def _recipients(
        self, contacts: Sequence[int], channel: Channel, now: datetime
    ) -> Mapping[int, Recipient]:
        return {pk: Recipient(f"c{pk}@client.example", f"Client {pk}", "nb") for pk in contacts}

    def _variables(self, messages: Sequence[DueMessage], now: datetime) -> Mapping[int, Mapping[str, str]]:
        return {
            due.id: {"name": self.names.get(due.contact_id, f"Client {due.contact_id}")} for due in messages
        }

    def _compiled(self, version: int, head: Letterhead) -> Compiled:
        return _Broken() if version in map(_number, self.broken) else Plain(f"version {version}")


class _Broken:
    def form(self, pattern: MailEnvelope, shared: Mapping[str, str]) -> None:
        return None

    def build(self, envelope: MailEnvelope, values: Mapping[str, str]) -> bytes:
        raise ValueError("This template cannot be built.")


def _number(slug: str) -> int:
    return 1000 + sum(map(ord, slug))


@dataclass
class Provider:
    """Shared by all transports of a test. ``plan``: outcome by recipient or for everybody."""

    accepted: list[OutboundMessage] = field(default_factory=list)
    plan: Callable[[OutboundMessage], SendResult | None] = lambda message: None
    before: Callable[[OutboundMessage], None] = lambda message: None
    after: Callable[[OutboundMessage], None] = lambda message: None
    lock: Lock = field(default_factory=Lock)

    def open(self, account: int) -> "Wire":
        return Wire(self)

    def copies(self) -> Counter[int]:
        return Counter(message.ident for message in self.accepted)


class Wire:
    """Journals like the real transport: ``B`` before the dot, ``A`` after the reply."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def send_many(self, messages: Iterable[OutboundMessage], journal: Journal) -> Iterator[SendResult]:
        for message in messages:
            result = self.provider.plan(message)
            if result is not None and result.outcome not in (Outcome.AMBIGUOUS, Outcome.SENT):
                yield result
                continue
            self.provider.before(message)
            journal.begin(message.ident, message.attempt)
            with self.provider.lock:
                self.provider.accepted.append(message)
            if result is None or result.outcome is Outcome.SENT:
                result = SendResult(message.ident, message.attempt, Outcome.SENT, 250, provider_id="Q1")
            self.provider.after(message)
            journal.answer(result)
            yield result

    def close(self) -> None:
        """Nothing to close."""


def answer(outcome: Outcome, code: int | None = None, **more: Any) -> Callable[[OutboundMessage], SendResult]:
    return lambda message: SendResult(message.ident, message.attempt, outcome, code, **more)


@dataclass(frozen=True)
class Drawn:
    touchpoint: int
    revision: int


def make_touchpoint(line: Line = Line.STRUCTURAL) -> Drawn:
    point = Touchpoint.objects.create(
        slug=f"t{new_id()}", name_en="Reminder", name_nb="Påminnelse", phase="working", position=1,
        message_class="relationship",
    )  # fmt: skip
    return Drawn(point.pk, move_line(point.pk, line))


def move_line(touchpoint: int, line: Line) -> int:
    revision = TouchpointRevision.objects.create(touchpoint_id=touchpoint, line=line, at=business_now())
    Touchpoint.objects.filter(pk=touchpoint).update(current=revision)
    return revision.pk


def make_contacts(count: int, **fields: Any) -> list[int]:
    now = business_now()
    rows = [
        Contact(id=new_id(), name="Kari", sort_key="kari", created_at=now, **fields) for _ in range(count)
    ]
    return [row.pk for row in Contact.objects.bulk_create(rows)]


def make_account(**fields: Any) -> int:
    return Account.objects.create(channel="mail", name="Post", address="post@fjord.example", **fields).pk


def new_message(contact: int, line: Drawn, **changes: Any) -> NewMessage:
    message = NewMessage(
        contact_id=contact,
        dedupe_key=f"test:{new_id()}",
        message_class=MessageClass.REMINDER,
        purpose=Purpose.SERVICE,
        due_at=business_now(),
        cause_kind="broadcast",
        cause_id=1,
        line=Line.STRUCTURAL,
        touchpoint_id=line.touchpoint,
        touchpoint_rev=line.revision,
        template="reminder",
        variables={"what": "papers"},
    )
    return message._replace(**changes)


def queue(contacts: Sequence[int], line: Drawn, **changes: Any) -> list[int]:
    ids = enqueue([new_message(contact, line, **changes) for contact in contacts], now=business_now())
    return [ident for ident in ids if ident is not None]


class Clerk:
    """One worker without the loop: it lives until ``die`` or ``leave``."""

    def __init__(self, house: House, provider: Provider, folder: Path) -> None:
        self.house, self.provider = house, provider
        self.worker_id = new_id()
        self.path = folder / f"{self.worker_id}.journal"
        self.journal = PhaseJournal(self.path)
        Worker.objects.create(
            id=self.worker_id,
            machine=this_machine(),
            journal=str(self.path),
            started_at=machine_now(),
            lease_until=machine_now() + timedelta(seconds=20),
        )
        self.stop = Event()
        self.hand = Hand(self.worker_id, self.journal, provider.open, self.stop)

    def claim(self, limit: int = 500) -> Any:
        return claim(self.worker_id, self.house.sources(), business_now(), limit)

    def send(self, claimed: Any) -> None:
        if claimed is not None and claimed.items:
            desk = open_desk(claimed.items, self.house.sources(), key_ring(), business_now())
            send_batch(claimed, self.hand, desk)

    def turn(self, limit: int = 500) -> bool:
        claimed = self.claim(limit)
        self.send(claimed)
        return claimed is not None

    def leave(self) -> None:
        with suppress(OSError):
            self.journal.close()

    def die(self) -> None:
        """As a kill leaves it: the journal's lock is free, the lease has run out, nobody said goodbye."""
        with suppress(OSError):
            self.journal.close()
        Worker.objects.filter(id=self.worker_id).update(lease_until=machine_now() - timedelta(seconds=1))


def states(ids: Iterable[int]) -> Counter[str]:
    return Counter(Dispatch.objects.filter(pk__in=ids).values_list("state", flat=True))


def state(ident: int) -> str:
    return Dispatch.objects.get(pk=ident).state


def pass_time(by: timedelta) -> None:
    """The business clock only."""
    instance = Instance.objects.get(id=1)
    Instance.objects.filter(id=1).update(clock_shift=instance.clock_shift + by)


def due_at_once() -> None:
    """Back-off is machine time; a test does not wait for it."""
    Dispatch.objects.filter(retry_at__isnull=False).update(retry_at=business_now() - timedelta(days=400))
