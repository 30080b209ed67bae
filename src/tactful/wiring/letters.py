"""Who a mail is from and to, and what stands in it: the house's side of delivery."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from tactful.channels import queries as channels
from tactful.channels.types import Channel
from tactful.contacts.types import Client, PlaceState
from tactful.content import queries as content
from tactful.content.actions import compiled_for_good
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
from tactful.foundation.types import Business
from tactful.kernel.zones import local_day, next_day_start
from tactful.wiring.gate_facts import gate_facts, settings_of
from tactful.wiring.object_facts import load
from tactful.wiring.reading import Reading

FACT_VARIABLE = "@"
DEFAULT_VARIABLE = "~"  # as ``journeys.effects`` writes them
UNKNOWN_LANGUAGE = "en"
A_PERSON = ("A person", "Et menneske")


def fact_sources() -> FactSources:
    """Everything that delivery asks of the house. It remembers what it has read: one for each batch."""
    reading = Reading()
    return FactSources(
        gate_settings=lambda now: settings_of(reading.house(now)),
        gate_facts=lambda messages, now: gate_facts(messages, now, reading),
        cap_scopes=lambda ids, now: cap_scopes(ids, now, reading),
        recipients=lambda ids, channel, now: recipients(ids, channel, now, reading),
        variables=lambda messages, now: variables(messages, now, reading),
        template=template,
        compiled=compiled,
        words=words,
        letterhead=lambda account, language, now: letterhead(account, language, reading.house(now)),
        renew=fact_sources,
        with_line=with_line,
    )


def cap_scopes(contact_ids: Sequence[int], now: datetime, reading: Reading) -> dict[int, CapScope]:
    """The client's calendar day, and whose caps count besides their own."""
    scopes: dict[PlaceState, CapScope] = {}
    found: dict[int, CapScope] = {}
    for ident, client in reading.clients(contact_ids).items():
        place = client.place
        if place not in scopes:
            day, ends = local_day(now, place.zones[0]), next_day_start(now, place.zones)
            scopes[place] = CapScope(day, ends, place.household_id, place.company_id)
        found[ident] = scopes[place]
    return found


def recipients(
    contact_ids: Sequence[int], channel: Channel, now: datetime, reading: Reading
) -> dict[int, Recipient]:
    """Usable addresses only."""
    house = reading.house(now).language
    people = reading.clients(contact_ids)
    return {
        ident: tuple.__new__(
            Recipient, (view.address, (person := people[ident]).name, person.language or house)
        )
        for ident, view in reading.addresses(contact_ids, channel, now).items()
        if view.state == "usable"
    }


def variables(
    messages: Sequence[DueMessage], now: datetime, reading: Reading
) -> dict[int, Mapping[str, str]]:
    """The client's own values for each message, and the facts that its cause has named."""
    people = reading.clients([message.contact_id for message in messages])
    asking = [message for message in messages if _asks(tuple(message.variables))]
    keys = {
        (message.contact_id, key)
        for message in asking
        for name, key in message.variables.items()
        if name.startswith(FACT_VARIABLE)
    }
    facts = load(sorted(keys), now) if keys else {}
    house = reading.house(now).language
    own: dict[int, Mapping[str, str]] = {
        message.id: _own(person)
        for message in messages
        if (person := people.get(message.contact_id)) is not None
    }
    for message in asking:
        person = people.get(message.contact_id)
        if person is not None:
            language = message.language or person.language or house
            own[message.id] = {**own[message.id], **_named(message, facts, language)}
    return own


@lru_cache(maxsize=1024)
def _asks(names: tuple[str, ...]) -> bool:
    """Whether some of these variables are facts or words for where there is none, not plain values."""
    return any(name.startswith((FACT_VARIABLE, DEFAULT_VARIABLE)) for name in names)


def _own(person: Client) -> dict[str, str]:
    """Few, for each mail keeps its own; what is the same for many stands in the letterhead."""
    _, name, given_name, _, company, manager, _ = person
    values = {"given_name": given_name or (name.split() or [""])[0]}
    if company:
        values["company"] = company
    if manager:
        values["sender_name"] = manager
    return values


def _named(message: DueMessage, facts: Mapping[tuple[int, str], object], language: str) -> dict[str, str]:
    """Facts as they stand now, and the journey's own words where nothing is known. What the message
    itself brings along is not repeated here."""
    default = DEFAULT_VARIABLE + ("nb:" if language.startswith(("nb", "no", "nn")) else "en:")
    values: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for name, value in message.variables.items():
        if name.startswith(FACT_VARIABLE):
            fact = facts.get((message.contact_id, value))
            if written := as_written(fact, language):
                values[name.removeprefix(FACT_VARIABLE)] = written
        elif name.startswith(default) and name.removeprefix(default) not in message.variables:
            defaults[name.removeprefix(default)] = value
    return defaults | values


def as_written(fact: object, language: str) -> str:
    """A text or a number as it stands in a letter; "" for whatever is neither."""
    if isinstance(fact, str):
        return fact
    if isinstance(fact, bool) or not isinstance(fact, int | float):
        return ""
    text = f"{fact:,}" if isinstance(fact, int) else f"{fact:,.2f}"
    if language.startswith(("nb", "no", "nn")):
        return text.translate({ord(","): "\u00a0", ord("."): ","})
    return text


def template(slug: str, language: str) -> TemplateChoice:
    row = content.live_version(slug, language)
    declared = {variable["name"] for variable in row.variables.get("declared", ())}
    return TemplateChoice(row.id, row.language, takes_also="also" in declared)


def compiled(version_id: int, head: Letterhead) -> Compiled:
    return compiled_for_good(version_id, _brand(head), _frame(head))


def with_line(version_id: int, head: Letterhead) -> Compiled:
    return compiled_for_good(version_id, _brand(head), _frame(head), own_line=True)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A person's words as delivery builds them: nothing is put in and nothing is patched."""

    mail: PersonMail

    def form(self, _pattern: MailEnvelope, _shared: Mapping[str, str]) -> None:
        return None

    def build(self, envelope: MailEnvelope, _values: Mapping[str, str]) -> bytes:
        return build_person_mail(self.mail, envelope)


def words(subject: str, text: str, language: str) -> Compiled:
    return OwnWords(PersonMail(subject, text, language or UNKNOWN_LANGUAGE))


def letterhead(account_id: int, language: str, house: Business) -> Letterhead:
    """Of an account in a language: addresses with a place for the token, links, and the honest label."""
    account = channels.account(account_id)
    local, _at, domain = account.address.rpartition("@")
    seen = account.settings.get("trial", {})
    with_token = f"{local}+{{token}}@{domain}"
    plus = with_token if seen.get("plus", True) else account.address
    portal = f"{settings.BASE_URL}/c"
    footer = footer_words(language)
    return Letterhead(
        sender_address=account.address,
        sender_name=account.sender_name or house.brand.sender or house.name,
        domain=domain,
        reply_to=plus,
        return_path=plus,
        automatic_label=automatic_label(language, house.name, A_PERSON[language == "nb"]),
        why=f"{portal}/why/{{token}}/",
        preferences=f"{portal}/preferences/{{token}}/",
        unsubscribe=f"{portal}/unsubscribe/{{token}}/",
        unsubscribe_mailto=plus if plus is with_token else "",
        repeat_id=not (seen.get("plus", True) and seen.get("message_id", True)),
        values={"business": house.name, "sender_name": house.name},
        brand={
            "business": house.name,
            "postal_address": house.address,
            "why": footer.why,
            "preferences": footer.preferences,
            "unsubscribe": footer.unsubscribe,
            **look_of(house),
        },
    )


def _frame(head: Letterhead) -> str:
    """Of the letterhead as it is stored, not of what this program makes of it."""
    body = json.dumps(dict(head.brand), sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


def _brand(head: Letterhead) -> Brand:
    given = head.brand
    footer = FooterWords(given["why"], given["preferences"], given["unsubscribe"])
    look = {name: given[name] for name in ("accent", "button", "logo", "signature") if given.get(name)}
    return Brand(given["business"], given["postal_address"], footer, **look)


def look_of(house: Business) -> dict[str, str]:
    """The chosen colour, logo and signature; what was not chosen is not named. The logo's address is the same
    in every mail, so fetching it says nothing of whom it was sent to."""
    chosen = house.brand
    logo = f"{settings.BASE_URL}{logo_path(house)}" if chosen.logo else ""
    found = {"accent": chosen.accent, "button": chosen.accent, "logo": logo, "signature": chosen.signature}
    return {name: value for name, value in found.items() if value}


def picture_url(stored: str, kind: str) -> str:
    """Whole, for it is read in a mail; the same in every mail, as the logo's."""
    return f"{settings.BASE_URL}/c/picture/{stored}.{kind}"


def logo_path(house: Business) -> str:
    return f"/c/logo/{house.brand.logo}.{house.brand.logo_kind}" if house.brand.logo else ""
