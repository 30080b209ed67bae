"""What there is to choose from while a journey is edited, in the reader's words."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from tactful.broadcasts.rules.fields import FACT as COMPUTED
from tactful.content import queries as content
from tactful.journeys import queries, recipes
from tactful.journeys.rules.conditions import refs
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.entry_events import events_of, filter_of
from tactful.journeys.rules.graph import all_refs, match_fields
from tactful.journeys.sentences import steps_said
from tactful.journeys.types import (
    CALENDAR_FACT,
    DateEntry,
    Definition,
    ManualEntry,
    Source,
    Task,
    Text,
    WaitFor,
)
from tactful.segments import queries as segments
from tactful.touchpoints.queries import on_the_map
from tactful.touchpoints.types import Line
from tactful.tracking import queries as tracking
from tactful.web.forms.journey.controls import Choice
from tactful.web.forms.journey.house import House
from tactful.web.forms.journey.traffic import Traffic
from tactful.web.visit import Visit
from tactful.wiring.segments import ALLOWED

KNOWN_FACTS: Mapping[str, tuple[str, str]] = {
    "contact.consent.marketing": ("the client has agreed to advertising", "kunden har sagt ja til reklame"),
    "contact.language": ("the client’s language", "kundens språk"),  # noqa: RUF001
    "contact.tier": ("how important the client is", "hvor viktig kunden er"),
    "contact.complained_lately": ("the client complained lately", "kunden har klaget nylig"),
    "contact.bereaved": ("somebody close to the client has died", "noen nær kunden er død"),
    "documents.missing": ("documents are missing", "dokumenter mangler"),
    "documents.complete": ("all documents are here", "alle dokumenter er her"),
    "documents.missing_list": ("the documents that are missing", "dokumentene som mangler"),
    "documents.wanted_list": ("the documents that we ask for", "dokumentene vi ber om"),
    "documents.received_list": ("the documents that have come", "dokumentene som har kommet"),
    "documents.upload_url": ("the link for handing documents in", "lenken for å sende inn dokumenter"),
    "engagement.matter": ("what the work is about", "hva arbeidet gjelder"),
    "engagement.title": ("the name of the work", "navnet på arbeidet"),
    "engagement.deadline": ("the deadline of the work", "fristen for arbeidet"),
    "engagement.open": ("the work is under way", "arbeidet er i gang"),
    "engagement.year": ("the year of the work", "året arbeidet gjelder"),
}
KNOWN_EVENTS: Mapping[str, tuple[str, str]] = {
    "reply.received": ("the client answers us", "kunden svarer oss"),
    "complaint.opened": ("the client complains", "kunden klager"),
    "documents.complete": ("all documents are here", "alle dokumenter er her"),
    "appointment.dated": ("an appointment is made", "en timeavtale blir lagt inn"),
    "contact.created": ("we have a new client", "vi får en ny kunde"),
    "mail.opened": ("a mail is opened", "en e-post åpnes"),
    "mail.clicked": ("a link in a mail is clicked", "en lenke i en e-post åpnes"),
}

KNOWN_DATES: Mapping[str, tuple[str, str]] = {
    "contact.attribute.birthday": ("the client’s birthday", "kundens bursdag"),  # noqa: RUF001
    "contact.attribute.client_since": ("the day they became a client", "dagen de ble kunde"),
    "appointment.starts_at": ("the start of the appointment", "starten på timeavtalen"),
}
KNOWN_KEYS: Mapping[str, tuple[str, str]] = {
    "appointment": ("appointment", "timeavtale"),
    "engagement": ("piece of work", "oppdrag"),
    "order": ("order", "bestilling"),
    "quote": ("quote", "tilbud"),
}


def house_of(definition: Definition, visit: Visit) -> House:
    """Names that the journey itself gives come first."""
    others = list(_live())
    known = [*_from_recipes(), *others, definition]
    names = {name: words for each in known for name, words in each.names.items()}
    nb = visit.language == "nb"
    return House(
        language=visit.language,
        touchpoints=tuple(_touchpoints(nb)),
        templates=tuple(Choice(row.slug, row.name_nb if nb else row.name_en) for row in content.templates()),
        journeys=tuple(_journeys(others, definition, visit)),
        segments=tuple(_segments()),
        people=tuple(
            Choice(f"person:{user.email}", user.name)
            for user in visit.staff.values()
            if user.is_active and not user.is_helper
        ),
        events=_called(KNOWN_EVENTS, {name for each in known for name in _events(each)}, names),
        facts=_called(_known_facts(), {name for each in known for name in _facts(each)}, names)
        | {name: words for name, words in names.items() if name in _fields(definition)},
        fields=_fields(definition),
        attributes=tuple(sorted({name for each in known for name in _attributes(each)})),
        steps=tuple(_steps(definition, visit.language)),
        answers=tuple(_answers(definition, visit.language)),
        key=definition.entry.key,
        dates=_called(
            KNOWN_DATES, {each.entry.of for each in known if isinstance(each.entry, DateEntry)}, names
        ),
        keys=_called(KNOWN_KEYS, {each.entry.key for each in known if each.entry.key}, names),
        traffic=Traffic(tuple(sorted({*events_of(definition.entry), *_events(definition)}))),
    )


def _known_facts() -> dict[str, tuple[str, str]]:
    """Ours, and what is computed of events as its maker has called it."""
    return {**KNOWN_FACTS} | {COMPUTED + row.key: (row.label, row.label) for row in tracking.properties()}


def _live() -> Iterator[Definition]:
    for line in queries.all_journeys():
        found = queries.live_plan(line.journey.slug)
        if found is not None and found[1] is not None:
            yield found[1].definition


@lru_cache(maxsize=1)
def _from_recipes() -> tuple[Definition, ...]:
    """The recipes never change while the program runs."""
    return tuple(read(recipes.text(slug)) for slug in recipes.names())


def _touchpoints(nb: bool) -> Iterator[Choice]:
    groups = {
        Line.STRUCTURAL: _("Structural: automation may write"),
        Line.JUDGEMENT: _("Judgement: only people write"),
    }
    rows = [(row, row.current.line if row.current else "") for row in on_the_map()]
    for row, line in sorted(rows, key=lambda each: (each[1] != Line.STRUCTURAL, each[1], each[0].name_en)):
        group = groups.get(line, _("Not decided yet"))  # type: ignore[call-overload]
        yield Choice(row.slug, row.name_nb if nb else row.name_en, group)


def _journeys(others: Iterable[Definition], own: Definition, visit: Visit) -> Iterator[Choice]:
    told, rest = _("They begin when told"), _("They begin by themselves")
    for each in others:
        if each.slug != own.slug:
            group = told if isinstance(each.entry, ManualEntry) else rest
            yield Choice(each.slug, each.name.in_language(visit.language) or each.slug, group)


def _segments() -> Iterator[Choice]:
    """A journey hears only of who comes into one that is kept up to date."""
    for each in segments.listed(ALLOWED):
        group = _("Kept up to date") if each.row.live_since else _("Not kept up to date: it begins nothing")
        yield Choice(each.row.slug, each.row.name, group)


def _called(
    ours: Mapping[str, tuple[str, str]], seen: Iterable[str], names: Mapping[str, Text]
) -> dict[str, Text]:
    found = {name: Text(*words) for name, words in ours.items()}
    found |= {name: names.get(name, Text(name, name)) for name in seen if name not in found}
    return found | {name: names[name] for name in found if name in names}


def _events(definition: Definition) -> Iterator[str]:
    if not isinstance(definition.entry, ManualEntry):
        yield from (name for name in events_of(definition.entry) if not name.startswith("contact."))
    watches = [rule.watch for rule in definition.exits]
    watches += [step.watch for step in definition.steps if isinstance(step, WaitFor)]
    yield from (watch.event for watch in watches if watch)
    if definition.goal:
        yield definition.goal.watch.event


def _facts(definition: Definition) -> Iterator[str]:
    for ref in (*all_refs(definition), *refs(filter_of(definition.entry))):
        if ref.source is Source.FACT and ref.name != CALENDAR_FACT:
            yield ref.name


def _attributes(definition: Definition) -> Iterator[str]:
    for ref in (*all_refs(definition), *refs(filter_of(definition.entry))):
        if ref.source is Source.ATTRIBUTE:
            yield ref.name


def _fields(definition: Definition) -> tuple[str, ...]:
    """Of the events that the journey hears."""
    named = [ref.name for ref in all_refs(definition) if ref.source in (Source.ENTRY, Source.EVENT)]
    named += [ref.name for ref in refs(filter_of(definition.entry)) if ref.source is Source.ENTRY]
    key = (definition.entry.key,) if definition.entry.key else ()
    return tuple(dict.fromkeys((*key, *match_fields(definition), *named)))


def _steps(definition: Definition, language: str) -> Iterator[Choice]:
    yield Choice("end", _("the journey ends"))
    said = steps_said(definition, language)
    for number, step in enumerate(definition.steps, 1):
        yield Choice(
            step.id, _("step %(number)d: %(words)s") % {"number": number, "words": said[step.id].line}
        )


def _answers(definition: Definition, language: str) -> Iterator[Choice]:
    for number, step in enumerate(definition.steps, 1):
        if isinstance(step, Task) and step.answers:
            title = step.title.in_language(language)
            yield Choice(step.id, _("step %(number)d: %(words)s") % {"number": number, "words": title})
