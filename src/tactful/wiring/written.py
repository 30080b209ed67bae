"""What a message says, for our own eyes: rebuilt from its template and the values that were fixed.

Before the first handoff nothing is fixed; then it is read as it would leave now. The letterhead around
the words is today's. The personal links of the footer are left out: they belong to the client.
"""

import email
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.policy import default

from django.conf import settings

from tactful.channels.types import Channel
from tactful.contacts import queries as contacts
from tactful.content import queries as content
from tactful.content.queries import NoTemplate
from tactful.content.rules.compile import compile_mail
from tactful.content.templates_seed import automatic_label, footer_words
from tactful.content.types import (
    Brand,
    FooterWords,
    MailAddress,
    MailEnvelope,
    MailLinks,
    MailRefused,
    MailSource,
    TemplateRefused,
    Unsubscribe,
)
from tactful.delivery.queries import Dispatch
from tactful.delivery.types import OWN_LINE, DueMessage
from tactful.foundation.ids import new_id
from tactful.foundation.queries import business_at
from tactful.foundation.types import Business
from tactful.gate.types import Author, GateRequest
from tactful.touchpoints.types import Line, MessageClass, Purpose
from tactful.wiring.letters import A_PERSON, look_of, variables
from tactful.wiring.reading import Reading

logger = logging.getLogger(__name__)

FOOTER = "\n\n-- \n"


@dataclass(frozen=True, slots=True)
class MailWords:
    """``text``: without the footer. ``html``: the whole mail, empty for a person's plain words."""

    subject: str
    text: str
    html: str = ""


def words_of(rows: Sequence[Dispatch], now: datetime) -> dict[int, MailWords]:
    """By message id; one that cannot be built, or was erased with its client, is left out. A few queries,
    however many rows."""
    rows = [row for row in rows if not row.message.is_erased]
    unsent = [row for row in rows if row.fixed is None and row.message.template]
    own = variables([due_of(row) for row in unsent], now, Reading()) if unsent else {}
    people = contacts.people({row.contact_id for row in unsent})
    house = business_at(now)
    desk = _Desk(house, now)
    found: dict[int, MailWords] = {}
    for row in rows:
        person = people.get(row.contact_id)
        language = (row.fixed or {}).get("l") or row.message.language or (person.language if person else "")
        fixed = row.fixed or {}
        name = fixed.get("n") or (person.name if person else "")
        head = {"business": house.name, "sender_name": house.name, "name": name}
        values = {**head, **(fixed.get("v") or own.get(row.pk, {})), **row.message.variables}
        words = _words(row, language or house.language, values, desk)
        if words is not None:
            found[row.pk] = words
    return found


def words_of_draft(source: MailSource, values: Mapping[str, str], now: datetime) -> MailWords:
    """Of words that are not kept as a template yet. Raises ``TemplateRefused`` and ``MailRefused``."""
    return _read(mail_of_draft(source, values, MailAddress("somebody@example.invalid"), now))


def mail_of_draft(
    source: MailSource, values: Mapping[str, str], who: MailAddress, now: datetime, sender: str = ""
) -> bytes:
    """The whole mail, in wire form. Its personal links lead home: nobody's tokens are in it."""
    house, language = business_at(now), source.language
    desk = _Desk(house, now)
    us = MailAddress(sender or who.address, house.brand.sender or house.name)
    envelope = desk.envelope(language)._replace(to=who, sender=us, message_id=f"<{new_id()}@example.invalid>")
    shown = {"business": house.name, "sender_name": house.name, **values}
    return compile_mail(source, desk.brand(language)).build(envelope, shown)


def _words(row: Dispatch, language: str, values: Mapping[str, str], desk: "_Desk") -> MailWords | None:
    message = row.message
    if not message.template:
        return MailWords(message.subject, message.body)
    try:
        version = row.template_version or desk.version(message.template, language)
        compiled = content.compiled_with_line if OWN_LINE in values else content.compiled
        mail = compiled(version, desk.brand(language)).build(desk.envelope(language), values)
    except (NoTemplate, MailRefused, TemplateRefused):
        logger.info("The words of message %s cannot be shown.", row.pk, exc_info=True)
        return None
    return _read(mail)


def _read(mail: bytes) -> MailWords:
    parsed = email.message_from_bytes(mail, policy=default)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    text = plain.get_content() if plain is not None else ""
    words = text.replace("\r\n", "\n").partition(FOOTER)[0].strip()
    return MailWords(str(parsed["Subject"]), words, html.get_content() if html is not None else "")


@dataclass(slots=True)
class _Desk:
    """What the mails of one page share."""

    house: Business
    now: datetime
    versions: dict[tuple[str, str], int] = field(default_factory=dict)

    def version(self, slug: str, language: str) -> int:
        key = (slug, language)
        if key not in self.versions:
            self.versions[key] = content.live_version(slug, language).id
        return self.versions[key]

    def brand(self, language: str) -> Brand:
        words = footer_words(language)
        footer = FooterWords(words.why, words.preferences, words.unsubscribe)
        return Brand(self.house.name, self.house.address, footer, **look_of(self.house))

    def envelope(self, language: str) -> MailEnvelope:
        nobody, home = MailAddress("somebody@example.invalid"), settings.BASE_URL
        return MailEnvelope(
            to=nobody,
            sender=nobody,
            date=self.now,
            message_id="<shown@example.invalid>",
            automatic_label=automatic_label(language, self.house.name, A_PERSON[language == "nb"]),
            links=MailLinks(home, home),
            unsubscribe=Unsubscribe(home, nobody.address),
        )


def due_of(row: Dispatch) -> DueMessage:
    message = row.message
    request = GateRequest(
        message_id=row.pk,
        contact_id=row.contact_id,
        author=Author(row.author),
        line=Line(row.line),
        message_class=MessageClass(message.message_class),
        purpose=Purpose(message.purpose),
        channel=Channel(message.channel),
        due_at=message.due_at,
        latest_at=message.latest_at,
        touchpoint_id=message.touchpoint_id,
        seen=row.seen_by is not None,
    )
    return DueMessage(
        id=row.pk,
        contact_id=row.contact_id,
        request=request,
        condition=message.condition,
        cause_kind=message.cause_kind,
        cause_id=message.cause_id,
        cause_visit=message.cause_visit,
        touchpoint_id=message.touchpoint_id,
        account_id=row.account_id,
        template=message.template,
        language=message.language,
        variables=message.variables,
    )
