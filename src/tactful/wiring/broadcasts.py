"""What broadcasts are told of the house; what the gate would say of an audience; how one looks."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tactful.broadcasts import queries
from tactful.broadcasts.actions import House
from tactful.broadcasts.rules.fields import variables
from tactful.broadcasts.rules.when import begins_at
from tactful.broadcasts.rules.words import SAMPLES, mail_source
from tactful.broadcasts.types import Plan, Words
from tactful.channels import queries as channels
from tactful.channels.types import Channel, OutboundMessage, Outcome, SendResult
from tactful.contacts import queries as contacts
from tactful.content.types import MailAddress, MailSource
from tactful.delivery import queries as outbox
from tactful.delivery.types import DueMessage
from tactful.gate.rules.check import Sitting
from tactful.gate.types import Author, CapUsage, Facts, GateRequest, Reason, VerdictKind
from tactful.segments import queries as segments
from tactful.touchpoints.types import Line, MessageClass, TouchpointView
from tactful.wiring.gate_facts import gate_facts, settings_of
from tactful.wiring.letters import cap_scopes, fact_sources
from tactful.wiring.mail import open_transport
from tactful.wiring.reading import Reading
from tactful.wiring.segments import ALLOWED, moment_at
from tactful.wiring.sender_check import complaints_of
from tactful.wiring.written import MailWords, mail_of_draft, words_of_draft

WHOLE: Final = 2_000  # an audience up to here is asked one by one
SAMPLE: Final = 500
NAMED: Final = 20  # of those who would not get it, for each reason
WEEK: Final = timedelta(days=6)


def house_at(now: datetime) -> House:
    return House(ALLOWED, moment_at(now), unwanted=complaints_of(now).stops)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the gate would say. ``audience``: how many they are; ``asked``: of how many the gate was asked,
    all of them or a sample. ``held`` and ``refused``: by the code of the first reason; ``who``: the first
    ``NAMED`` of each, by verdict and code. ``languages``: of all, by what is known of each."""

    audience: int
    asked: int
    clear: int
    held: Mapping[str, int]
    refused: Mapping[str, int]
    who: Mapping[tuple[VerdictKind, str], Sequence[int]]
    languages: Mapping[str, int]

    @property
    def is_sample(self) -> bool:
        return self.asked < self.audience


def foresee(plan: Plan, now: datetime) -> Foresight | None:
    """By what is known now, at the hour when it would begin. None while nobody or no place is chosen."""
    tree, touchpoint = queries.tree_of(plan, ALLOWED), queries.touchpoint_of(plan)
    if tree is None or touchpoint is None:
        return None
    who = segments.who(tree, ALLOWED, moment_at(now), segments.library(ALLOWED))
    asked = who if len(who) <= WHOLE else who[:: max(1, len(who) // SAMPLE)][:SAMPLE]
    at = begins_at(plan.schedule, now, plan.delay_minutes)
    found: dict[VerdictKind, Counter[str]] = {kind: Counter() for kind in VerdictKind}
    named: dict[tuple[VerdictKind, str], list[int]] = defaultdict(list)
    for contact, kind, reason in _verdicts(asked, touchpoint, at):
        code = str(reason.code) if reason else ""
        found[kind][code] += 1
        if kind is not VerdictKind.CLEAR and len(named[kind, code]) < NAMED:
            named[kind, code].append(contact)
    held, refused = (dict(found[kind].most_common()) for kind in (VerdictKind.HOLD, VerdictKind.REFUSE))
    clear = len(asked) - sum(held.values()) - sum(refused.values())
    return Foresight(len(who), len(asked), clear, held, refused, named, contacts.languages(who))


def _verdicts(
    contact_ids: Sequence[int], touchpoint: TouchpointView, at: datetime
) -> Iterator[tuple[int, VerdictKind, Reason | None]]:
    """Nothing is reserved and nothing is written."""
    reading = Reading()
    sitting = Sitting(settings_of(reading.house(at)), at)
    for start in range(0, len(contact_ids), SAMPLE):
        messages = [_asked(contact, touchpoint, at) for contact in contact_ids[start : start + SAMPLE]]
        facts = gate_facts(messages, at, reading)
        used = _used([message.contact_id for message in messages], at, reading)
        for message in messages:
            known: Facts = facts[message.id]._replace(caps=used.get(message.contact_id, CapUsage()))
            verdict = sitting.check(message.request, known)
            yield message.contact_id, verdict.kind, verdict.reasons[0] if verdict.reasons else None


def _asked(contact: int, touchpoint: TouchpointView, at: datetime) -> DueMessage:
    """A message that nobody ever writes down."""
    request = GateRequest(
        contact, contact, Author.PERSON_BULK, touchpoint.line, touchpoint.message_class,
        touchpoint.message_class.purpose, Channel.MAIL, at,
    )  # fmt: skip
    return DueMessage(contact, contact, request, {}, "broadcast", None, None, touchpoint.id, None, "", "", {})


def _used(ids: Sequence[int], at: datetime, reading: Reading) -> dict[int, CapUsage]:
    scopes = cap_scopes(ids, at, reading)
    if not scopes:
        return {}
    taken = outbox.used_places(ids, min(scope.day for scope in scopes.values()) - WEEK)
    return {
        contact: CapUsage(
            days.get(scopes[contact].day, 0),
            sum(used for day, used in days.items() if timedelta() <= scopes[contact].day - day <= WEEK),
        )
        for contact, days in taken.items()
        if contact in scopes
    }


def as_seen(words: Words, language: str, contact_id: int | None, now: datetime) -> MailWords:
    """How it looks to a client, or to an invented one. Raises ``TemplateRefused`` and ``MailRefused``."""
    return words_of_draft(mail_source(words, language), values_of(contact_id, now, variables(words)), now)


def letter_as_seen(mail: MailSource, contact_id: int | None, now: datetime) -> MailWords:
    """A letter as it is written now; what no client has, shows its sample. Raises as ``as_seen`` does."""
    return words_of_draft(mail, _with_samples(mail, contact_id, now), now)


def _with_samples(mail: MailSource, contact_id: int | None, now: datetime) -> Mapping[str, str]:
    samples = {each.name: each.sample or each.default or f"({each.name})" for each in mail.variables}
    return {**samples, **values_of(contact_id, now)} if contact_id else samples


def values_of(
    contact_id: int | None, now: datetime, own: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """``own``: variables of the message, as broadcasts give them."""
    person = contacts.clients([contact_id]).get(contact_id) if contact_id else None
    if person is None:
        return {name: SAMPLES[name] for name in ("given_name", "company")}
    message = _asked(person.id, _NOWHERE, now)._replace(variables=own or {})
    return fact_sources().variables([message], now).get(message.id, {})


_NOWHERE = TouchpointView(0, "", 0, Line.UNDECIDED, MessageClass.MARKETING, None, "", "")


class _NoJournal:
    """A test mail to ourselves is nobody's message: it needs no journal."""

    def begin(self, ident: int, attempt: int) -> None:
        """Nothing to note."""

    def answer(self, result: SendResult) -> None:
        """Nothing to note."""


def send_test(words: Words, language: str, to: MailAddress, now: datetime) -> str:
    """As ``send_draft``."""
    return send_draft(mail_source(words, language), values_of(None, now), to, now)


def send_letter_test(mail: MailSource, contact_id: int | None, to: MailAddress, now: datetime) -> str:
    """As ``send_draft``."""
    return send_draft(mail, _with_samples(mail, contact_id, now), to, now)


def send_draft(source: MailSource, values: Mapping[str, str], to: MailAddress, now: datetime) -> str:
    """To one of ours, outside the outbox and outside a transaction. Answers "" if the server took it, else
    what it said. Raises ``TemplateRefused`` and ``MailRefused``."""
    account = channels.main_account("mail")
    if account is None:
        return "no account"
    mail = mail_of_draft(source, values, to, now, account.address)
    transport = open_transport(account.id)
    try:
        message = OutboundMessage(1, 1, account.address, to.address, (mail,))
        (result,) = transport.send_many([message], _NoJournal())
    finally:
        transport.close()
    return "" if result.outcome is Outcome.SENT else result.detail or str(result.outcome)
