"""Who a mail is from and to, and what stands in it: the house's side of delivery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from tactful.channels import queries as channels
from tactful.channels.types import Channel
from tactful.contacts import queries as contacts
from tactful.contacts.types import Person
from tactful.content import queries as content
from tactful.content.rules.person_mail import build_person_mail
from tactful.content.templates_seed import automatic_label, footer_words
from tactful.content.types import Brand, FooterWords, MailEnvelope, PersonMail
from tactful.delivery.types import (
    CapScope,
    Compiled,
    DueMessage,
    FactSources,
    Letterhead,
    Recipient,
    TemplateChoice,
)
from tactful.foundation.clock import business_now
from tactful.foundation.queries import business_at
from tactful.kernel.zones import local_day, next_day_start
from tactful.wiring.gate_facts import gate_facts, gate_settings
from tactful.wiring.object_facts import load

FACT_VARIABLE = "@"
DEFAULT_VARIABLE = "~"  # as ``journeys.effects`` writes them
UNKNOWN_LANGUAGE = "en"
A_PERSON = ("A person", "Et menneske")


def fact_sources() -> FactSources:
    """Everything that delivery asks of the house."""
    return FactSources(
        gate_settings=gate_settings,
        gate_facts=gate_facts,
        cap_scopes=cap_scopes,
        recipients=recipients,
        variables=variables,
        template=template,
        compiled=compiled,
        words=words,
        letterhead=letterhead,
    )


def cap_scopes(contact_ids: Sequence[int], now: datetime) -> dict[int, CapScope]:
    """The client's calendar day, and whose caps count besides their own."""
    places = contacts.place_facts(contact_ids)
    days: dict[tuple[str, ...], tuple[object, datetime]] = {}
    scopes: dict[int, CapScope] = {}
    for ident, place in places.items():
        if place.zones not in days:
            days[place.zones] = (local_day(now, place.zones[0]), next_day_start(now, place.zones))
        day, ends = days[place.zones]
        scopes[ident] = CapScope(day, ends, place.household_id, place.company_id)  # type: ignore[arg-type]
    return scopes


def recipients(contact_ids: Sequence[int], channel: Channel) -> dict[int, Recipient]:
    """Usable addresses only."""
    now = business_now()
    people = contacts.people(contact_ids)
    house = business_at(now).language
    views = contacts.address_facts_at(contact_ids, channel, now)
    return {
        ident: Recipient(view.address, people[ident].name, people[ident].language or house)
        for ident, view in views.items()
        if view.state == "usable" and ident in people
    }


def variables(messages: Sequence[DueMessage], now: datetime) -> dict[int, Mapping[str, str]]:
    """The values of each message: the client's own, and the facts that its cause has named."""
    people = contacts.people({message.contact_id for message in messages})
    keys = {
        (message.contact_id, key)
        for message in messages
        for name, key in message.variables.items()
        if name.startswith(FACT_VARIABLE)
    }
    facts = load(sorted(keys), now) if keys else {}
    house = business_at(now)
    return {
        message.id: _own(people[message.contact_id], house.name)
        | _named(message, facts, message.language or people[message.contact_id].language or house.language)
        for message in messages
        if message.contact_id in people
    }


def _own(person: Person, business: str) -> dict[str, str]:
    return {
        "given_name": person.given_name,
        "name": person.name,
        "company": person.company,
        "business": business,
        "sender_name": person.manager or business,
    }


def _named(message: DueMessage, facts: Mapping[tuple[int, str], object], language: str) -> dict[str, str]:
    """Values that are known, facts as they stand now, and the journey's own words where there is neither."""
    default = DEFAULT_VARIABLE + ("nb:" if language.startswith(("nb", "no", "nn")) else "en:")
    values: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for name, value in message.variables.items():
        if name.startswith(FACT_VARIABLE):
            fact = facts.get((message.contact_id, value))
            if isinstance(fact, str) and fact:
                values[name.removeprefix(FACT_VARIABLE)] = fact
        elif name.startswith(default):
            defaults[name.removeprefix(default)] = value
        elif not name.startswith(DEFAULT_VARIABLE):
            values[name] = value
    return defaults | values


def template(slug: str, language: str) -> TemplateChoice:
    row = content.live_version(slug, language)
    declared = {variable["name"] for variable in row.variables.get("declared", ())}
    return TemplateChoice(row.id, row.language, takes_also="also" in declared)


def compiled(version_id: int, head: Letterhead) -> Compiled:
    return content.compiled(version_id, _brand(head))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A person's words as delivery builds them: nothing is put in and nothing is patched."""

    mail: PersonMail

    def build(self, envelope: MailEnvelope, _values: Mapping[str, str]) -> bytes:
        return build_person_mail(self.mail, envelope)


def words(subject: str, text: str, language: str) -> Compiled:
    return OwnWords(PersonMail(subject, text, language or UNKNOWN_LANGUAGE))


def letterhead(account_id: int, language: str, now: datetime) -> Letterhead:
    """Of an account in a language: addresses with a place for the token, links, and the honest label."""
    house = business_at(now)
    account = channels.account(account_id)
    local, _at, domain = account.address.rpartition("@")
    plus = f"{local}+{{token}}@{domain}"
    portal = f"{settings.BASE_URL}/c"
    footer = footer_words(language)
    return Letterhead(
        sender_address=account.address,
        sender_name=account.sender_name or house.name,
        domain=domain,
        reply_to=plus,
        return_path=plus,
        automatic_label=automatic_label(language, house.name, A_PERSON[language == "nb"]),
        why=f"{portal}/why/{{token}}/",
        preferences=f"{portal}/preferences/{{token}}/",
        unsubscribe=f"{portal}/unsubscribe/{{token}}/",
        unsubscribe_mailto=plus,
        brand={
            "business": house.name,
            "postal_address": house.address,
            "why": footer.why,
            "preferences": footer.preferences,
            "unsubscribe": footer.unsubscribe,
        },
    )


def _brand(head: Letterhead) -> Brand:
    given = head.brand
    footer = FooterWords(given["why"], given["preferences"], given["unsubscribe"])
    return Brand(given["business"], given["postal_address"], footer)
