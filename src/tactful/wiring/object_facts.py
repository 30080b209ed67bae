"""Facts by key, for journeys, still-true conditions and the values of templates: one vocabulary.

A key is a name and, for facts about an object, what it is about: ``documents.missing:engagement=17``.
Each row of ``READERS`` reads one family of keys, up to the dot, for many contacts at once. A key that nobody
knows, or whose object is gone, is UNKNOWN: it never clears and moves nobody.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import DatabaseError, transaction

from tactful.broadcasts.rules.fields import FACT as COMPUTED
from tactful.contacts import queries as contacts
from tactful.engagements import queries as engagements
from tactful.engagements.types import EngagementState, EngagementView, WantedDocument
from tactful.foundation.queries import business_at
from tactful.foundation.secrets import key_ring
from tactful.foundation.types import Business
from tactful.gate.types import UNKNOWN, GateSettings
from tactful.inbox import queries as inbox
from tactful.journeys import queries as journeys
from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.types import CALENDAR_FACT
from tactful.kernel.calendars import is_holiday
from tactful.kernel.tokens import sign
from tactful.tracking import queries as tracking

logger = logging.getLogger(__name__)

CONSENT_FACT = "contact.consent.marketing"
DOCUMENTS_TOKEN = "documents"  # noqa: S105, the purpose of a token, not a token
MONTHS = {
    "nb": [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}

Wanted = Sequence[tuple[int, str]]  # (contact id, key)
Values = dict[tuple[int, str], Any]


@dataclass(frozen=True)
class Moment:
    """What is the same for all of one operation; the house is read once, and only if somebody asks."""

    now: datetime

    @cached_property
    def house(self) -> Business:
        return business_at(self.now)

    @property
    def mood_days(self) -> int:
        return int(self.house.gate.get("mood_days", GateSettings().mood_days))


def load(wanted: Wanted, now: datetime) -> Values:
    """The value of each (contact, key); what could not be read is UNKNOWN."""
    found: Values = dict.fromkeys(wanted, UNKNOWN)
    moment, families = Moment(now), defaultdict[Reader, list[tuple[int, str]]](list)
    for each in wanted:
        families[READERS.get(each[1].partition(".")[0], _of_objects)].append(each)
    for reader, mine in families.items():
        found.update(_tried(reader, mine, moment))
    return found


def _tried(reader: "Reader", wanted: Wanted, moment: Moment) -> Values:
    try:
        with transaction.atomic():
            return reader(wanted, moment)
    except DatabaseError:
        logger.exception("Facts could not be read: %s …", wanted[0][1])
        return {}


def _of_contacts(wanted: Wanted, moment: Moment) -> Values:
    ids = {contact for contact, _ in wanted}
    people = contacts.people(ids)
    values: Values = _delicate([each for each in wanted if each[1] in DELICATE], people, moment)
    values |= _consents([each for each in wanted if each[1] == CONSENT_FACT], moment)
    values |= _computed([each for each in wanted if each[1].startswith(COMPUTED)], people, moment)
    for contact, key in wanted:
        if key == CONSENT_FACT or key.startswith(COMPUTED):
            continue
        person = people.get(contact)
        if person is None:
            continue
        name = key.removeprefix("contact.")
        if name.startswith("attribute."):
            values[contact, key] = person.attributes.get(name.removeprefix("attribute."))
        elif key in DELICATE:
            continue
        elif name == "language":
            values[contact, key] = person.language or moment.house.language
        else:
            values[contact, key] = {"tier": person.tier, "name": person.name}.get(name, UNKNOWN)
    return values


COMPLAINED, BEREAVED = "contact.complained_lately", "contact.bereaved"
DELICATE = frozenset({COMPLAINED, BEREAVED})


def _delicate(wanted: Wanted, people: Collection[int], moment: Moment) -> Values:
    """What nobody should be asked, greeted or wooed after. "Lately" is as long as the gate minds a mood."""
    ids = sorted({contact for contact, _ in wanted if contact in people})
    if not ids:
        return {}
    talks = inbox.talks_at(ids, moment.now, moment.mood_days)
    flags = contacts.flags_at(ids, moment.now)
    complained = {ident for ident in ids if any(talk.kind == "complaint" for talk in talks.get(ident, ()))}
    bereaved = {ident for ident in ids if "bereaved" in flags.get(ident, ())}
    found = {COMPLAINED: complained, BEREAVED: bereaved}
    return {(contact, key): contact in found[key] for contact, key in wanted if contact in people}


def _computed(wanted: Wanted, people: Collection[int], moment: Moment) -> Values:
    """None for a client without such events; a property that is not there is UNKNOWN."""
    if not wanted:
        return {}
    known = set(tracking.properties().values_list("key", flat=True))
    found = tracking.computed_values({contact for contact, _ in wanted}, moment.now)
    return {
        (contact, key): found.get(contact, {}).get(name)
        for contact, key in wanted
        if contact in people and (name := key.removeprefix(COMPUTED)) in known
    }


def _consents(wanted: Wanted, moment: Moment) -> Values:
    """Whether advertising by mail has a basis and nothing against it; the gate looks again at each send."""
    if not wanted:
        return {}
    known = contacts.basis_facts_at({contact for contact, _ in wanted}, "marketing", "mail", moment.now)
    return {
        (contact, key): state.kind != "none" and not (state.objected or state.withdrawn or state.restricted)
        for contact, key in wanted
        if (state := known.get(contact)) is not None
    }


def _calendars(wanted: Wanted, _moment: Moment) -> Values:
    places = contacts.place_facts([contact for contact, _ in wanted])
    return {
        (contact, key): calendar_of(place.zones[0], place.country, place.subdivision)
        for contact, key in wanted
        if key == CALENDAR_FACT and (place := places.get(contact)) is not None
    }


@lru_cache(maxsize=1024)
def calendar_of(zone: str, country: str, subdivision: str) -> Calendar:
    return ZoneCalendar(zone, lambda day: is_holiday(day, country, subdivision))


def _of_objects(wanted: Wanted, moment: Moment) -> Values:
    """``visit.starts_at:visit=7``: what events have told of objects for which the house has no table.
    None when the object is off, UNKNOWN when nobody has told of it or it is another client's."""
    asked = [(contact, key, *_object_of(key)) for contact, key in wanted]
    known = journeys.object_facts({named for *_, named, _ in asked}, moment.now)
    values: Values = {}
    for contact, key, named, field in asked:
        found = known.get(named)
        if found is not None and found.contact_id == contact:
            values[contact, key] = found.fields.get(field)
    return values


def _object_of(key: str) -> tuple[tuple[str, str], str]:
    """((kind, key of the object), field)."""
    name, _, about = key.partition(":")
    kind, _, ident = about.partition("=")
    owner, _, field = name.partition(".")
    return (kind if kind == owner else "", ident), field


def _of_engagements(wanted: Wanted, moment: Moment) -> Values:
    asked = [(contact, key, _about(key), key.partition(":")[0]) for contact, key in wanted]
    ids = {ident for _, _, ident, _ in asked if ident is not None}
    in_words = {contact for contact, _, _, name in asked if name in IN_WORDS}
    if not in_words:
        states = engagements.states(ids, moment.now)
        return {
            (contact, key): TRUTHS[name](state)
            for contact, key, ident, name in asked
            if (state := states.get(ident or 0)) and state.contact_id == contact and name in TRUTHS
        }
    views, languages = engagements.views(ids, moment.now), _languages(in_words, moment)
    values: Values = {}
    for contact, key, ident, name in asked:
        view = views.get(ident or 0)
        if view is None or view.contact_id != contact:
            continue
        if name in TRUTHS:
            values[contact, key] = TRUTHS[name](view)
        elif name in IN_WORDS:
            values[contact, key] = IN_WORDS[name](view, languages[contact])
    return values


def _about(key: str) -> int | None:
    kind, _, ident = key.partition(":")[2].partition("=")
    return int(ident) if kind == "engagement" and ident.isdigit() else None


def _languages(ids: set[int], moment: Moment) -> dict[int, str]:
    people = contacts.people(ids) if ids else {}
    return {
        ident: (people[ident].language if ident in people else "") or moment.house.language for ident in ids
    }


def _names(documents: Sequence[WantedDocument], language: str) -> str:
    return "\n".join(document.name(language) for document in documents)


def _matter(view: EngagementView, language: str) -> str:
    """The title as it stands in a sentence: "the annual accounts for 2025"."""
    title = view.title(language)
    return title[:1].lower() + title[1:]


def upload_url(engagement_id: int) -> str:
    """The personal link under which a client hands documents in."""
    return f"{settings.BASE_URL}/c/documents/{sign(key_ring(), DOCUMENTS_TOKEN, engagement_id)}/"


def written_date(day: date | None, language: str) -> str:
    """``9. april 2026`` or ``9 April 2026``; an empty text for no date."""
    if day is None:
        return ""
    norwegian = language.startswith(("nb", "no", "nn"))
    month = MONTHS["nb" if norwegian else "en"][day.month - 1]
    return f"{day.day}. {month} {day.year}" if norwegian else f"{day.day} {month} {day.year}"


TRUTHS: Mapping[str, Callable[[EngagementState | EngagementView], Any]] = {
    "documents.missing": lambda state: state.is_open and state.misses,
    "documents.complete": lambda state: not state.misses,
    "documents.upload_url": lambda state: upload_url(state.id),
    "engagement.year": lambda state: str(state.year or ""),
    "engagement.open": lambda state: state.is_open,
}
IN_WORDS: Mapping[str, Callable[[EngagementView, str], str]] = {
    "documents.missing_list": lambda view, language: _names(view.missing, language),
    "documents.wanted_list": lambda view, language: _names(view.documents, language),
    "documents.received_list": lambda view, language: _names(view.received, language),
    "engagement.matter": _matter,
    "engagement.title": lambda view, language: view.title(language),
    "engagement.deadline": lambda view, language: written_date(view.due_on, language),
}
Reader: TypeAlias = Callable[[Wanted, Moment], Values]
READERS: Mapping[str, Reader] = {
    "contact": _of_contacts,
    "calendar": _calendars,
    "documents": _of_engagements,
    "engagement": _of_engagements,
}
