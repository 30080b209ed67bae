"""The page on which a journey is tried out: an invented story, and what comes of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.contacts import queries as contacts
from tactful.journeys import queries
from tactful.journeys.rules.given import NotGiven
from tactful.journeys.rules.inventing import (
    DAY,
    MOMENT,
    Field,
    asked_facts,
    beginning,
    begins_by_calendar,
    offers,
)
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.rules.tale import Fate, Tale
from tactful.journeys.types import Send
from tactful.journeys.wording import Words
from tactful.web.build.happenings import (
    EVENT,
    FACT,
    PLAIN,
    document_of,
    event_words,
    fact_words,
    fields_of,
    sentence,
    sign,
)
from tactful.web.build.path import Telling, path_of
from tactful.web.chosen import Chosen
from tactful.web.pages.trying import (
    FieldRow,
    HappeningRow,
    KeepForm,
    Option,
    OptionGroup,
    PathEntry,
    TryPage,
)
from tactful.web.trial import LATER, Happening, Trial
from tactful.web.types import Link, Text
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.trials import client_given, house_given

FOUND = 6  # clients that a search shows
SOON = timedelta(days=10)  # an invented date, from the beginning on


def first_moment(now: datetime, zone: str) -> datetime:
    """Ten in the morning of the next working day of the house."""
    at = now.astimezone(ZoneInfo(zone)).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )
    return at + timedelta(days=(7 - at.weekday()) % 7 if at.weekday() > 4 else 0)


def begun_by_itself(trial: Trial, chosen: Chosen) -> Trial:
    """A story that is new begins with what begins the journey."""
    plan = compile_plan(chosen.definition)
    dated = [field for field in asked_facts(plan) if field.kind in (DAY, MOMENT)]
    fresh = replace(trial, facts=tuple(_samples(dated, trial.since)))
    first = beginning(plan)
    if first is None:
        return fresh
    return fresh.with_one(EVENT + first.event, trial.since, data_for(EVENT + first.event, trial.since, plan))


def data_for(what: str, at: datetime, plan: Plan) -> tuple[tuple[str, str], ...]:
    """What stands in the fields of a happening that was just added."""
    return tuple(_samples(fields_of(what, plan), at))


def _samples(fields: Iterable[Field], at: datetime) -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.kind == "moment":
            yield field.name, (at + SOON).strftime("%Y-%m-%dT%H:%M")
        elif field.kind == "day":
            yield field.name, (at + SOON).strftime("%Y-%m-%d")
        else:
            yield field.name, _as_typed(field, field.sample)


def _as_typed(field: Field, value: Any) -> str:
    if field.kind == "yes_no":
        return "yes" if value else "no"
    return "" if value is None else str(value)


def story_document(trial: Trial, plan: Plan, visit: Visit) -> dict[str, Any]:
    """The whole story as ``rules.given`` reads it. Raises ``LookupError`` if the client is gone."""
    if trial.client is not None:
        base = client_given(plan, trial.client, visit.now)
        if base is None:
            raise LookupError(trial.client)
        return document_of(trial, plan, base)
    where = {"language": trial.language, "zone": visit.house.time_zone, "country": visit.house.country}
    grounds = [{"purpose": "service", "kind": "contract"}]
    grounds += [{"purpose": "marketing", "kind": "consent"}] if trial.consent else []
    base = {"client": where, "grounds": grounds, "house": house_given(visit.now)}
    return document_of(trial, plan, base)


def try_page(chosen: Chosen, trial: Trial, search: str, visit: Visit) -> TryPage:
    plan = compile_plan(chosen.definition)
    url = reverse("web:journey_try", args=[chosen.slug])
    tale, trouble = _told(plan, chosen, trial, visit)
    told = Telling(chosen.definition, tale, visit.reader, _names(trial, visit), trial, url, chosen.query)
    return TryPage(
        slug=chosen.slug,
        journey=chosen.definition.name.in_language(visit.language),
        title=chosen.title,
        note=chosen.note,
        sentence=_sentence(tale, trial),
        versions=tuple(_versions(chosen, trial, url)),
        hidden=tuple(chosen.query.items()),
        who=str(trial.client or ""),
        client=_client(trial),
        people=tuple(_people(search)),
        languages=_languages(trial),
        lengths=_lengths(trial),
        consent=trial.consent,
        since=trial.since.strftime("%Y-%m-%dT%H:%M"),
        facts=tuple(_facts(plan, trial, visit)),
        rows=tuple(_rows(plan, trial, visit)),
        groups=tuple(_groups(plan, visit)),
        laters=_laters(),
        path=path_of(told, _happened(plan, trial, visit)),
        trouble=trouble,
        keep=_keep(chosen, trial, tale, visit),
        search=search,
    )


def _told(plan: Plan, chosen: Chosen, trial: Trial, visit: Visit) -> tuple[Tale, Text]:
    try:
        document = story_document(trial, plan, visit)
        return queries.run_given(chosen.definition, document)[0], ""
    except NotGiven as error:
        return Tale(), str(error)
    except LookupError:
        return Tale(), _("This client is not here any more. Choose another, or invent one.")


def _names(trial: Trial, visit: Visit) -> Mapping[str, str]:
    found = contacts.people([trial.client]) if trial.client else {}
    return visit.names(next(iter(found.values())).given_name) if found else visit.names()


def _client(trial: Trial) -> Link | None:
    if trial.client is None:
        return None
    found = contacts.people([trial.client]).get(trial.client)
    return Link(
        found.name if found else _("Somebody who is gone"), reverse("web:client", args=[trial.client])
    )


def _people(search: str) -> Iterator[Option]:
    for line in contacts.search(search, limit=FOUND) if search else ():
        yield Option(str(line.id), f"{line.name}, {line.company}" if line.company else line.name)


def _versions(chosen: Chosen, trial: Trial, url: str) -> Iterator[Link]:
    """The same story on other versions: the live one first, then the newest."""
    journey = chosen.journey
    if journey is None or journey.live_version is None:
        return
    live = journey.live_version.number
    numbers = [live, *(number for number in range(live, max(0, live - 4), -1) if number != live)]
    for number in numbers:
        if number != chosen.version:
            more = {} if number == live else {"version": str(number)}
            text = _("Version %(version)d") % {"version": number}
            yield Link(text, f"{url}?{trial.query(more)}#path")


def _languages(trial: Trial) -> tuple[Option, ...]:
    names = (("nb", "Norsk"), ("en", "English"))
    return tuple(Option(code, name, code == trial.language) for code, name in names)


def _lengths(trial: Trial) -> tuple[Option, ...]:
    said = {
        14: _("two weeks"), 30: _("a month"), 90: _("three months"), 183: _("half a year"), 366: _("a year"),
    }  # fmt: skip
    return tuple(Option(str(days), text, days == trial.days) for days, text in said.items())


def _laters() -> tuple[Option, ...]:
    said = {
        "same": _("at the same moment"), "hour": _("an hour later"), "day": _("a day later"),
        "three": _("three days later"), "week": _("a week later"), "month": _("a month later"),
    }  # fmt: skip
    return tuple(Option(code, said[code], code == "day") for code in LATER)


def _facts(plan: Plan, trial: Trial, visit: Visit) -> Iterator[FieldRow]:
    typed = dict(trial.facts)
    for field in asked_facts(plan):
        label = fact_words(field.name, plan.definition, visit.language)
        value = typed.get(field.name, _as_typed(field, field.sample))
        if trial.client is not None and field.name.startswith("contact.") and field.name not in typed:
            continue  # known of the client
        yield FieldRow(f"f.{field.name}", label[:1].upper() + label[1:], field.kind, value)


def _rows(plan: Plan, trial: Trial, visit: Visit) -> Iterator[HappeningRow]:
    for place, each in enumerate(trial.happenings):
        given = dict(each.data)
        yield HappeningRow(
            place=place,
            what=each.what,
            text=sentence(each, plan, visit.language),
            sign=sign(each),
            at=each.at.strftime("%Y-%m-%dT%H:%M"),
            fields=tuple(
                FieldRow(
                    f"{place}.d.{field.name}",
                    _label(field.name, each, plan, visit),
                    field.kind,
                    given.get(field.name, _as_typed(field, field.sample)),
                )
                for field in fields_of(each.what, plan)
            ),
        )


def _label(name: str, happening: Happening, plan: Plan, visit: Visit) -> Text:
    if happening.what.startswith(FACT):
        return _("From now on")
    full = f"{happening.what.removeprefix(EVENT).split('.')[0]}.{name}"
    names = plan.definition.names
    found = names.get(full) or names.get(name)
    said = found.in_language(visit.language) if found else name.replace("_", " ")
    return said[:1].upper() + said[1:]


def _groups(plan: Plan, visit: Visit) -> Iterator[OptionGroup]:
    definition = plan.definition
    heard = [
        Option(EVENT + each.event, capital(event_words(each.event, definition, visit.language)))
        for each in sorted(offers(plan), key=lambda each: each.role == "begins")
    ]
    if heard:
        yield OptionGroup(_("What the journey listens to"), tuple(heard))
    client = [code for code in PLAIN if not code.startswith("we.")]
    ours = [code for code in PLAIN if code.startswith("we.")]
    yield OptionGroup(_("The client"), tuple(Option(code, PLAIN[code].words()) for code in client))
    yield OptionGroup(_("We"), tuple(Option(code, PLAIN[code].words()) for code in ours))
    facts = tuple(
        Option(
            FACT + each.name,
            _("%(what)s changes") % {"what": capital(fact_words(each.name, definition, visit.language))},
        )
        for each in asked_facts(plan)
    )
    if facts:
        yield OptionGroup(_("What is known"), facts)


def _happened(plan: Plan, trial: Trial, visit: Visit) -> Iterator[tuple[datetime, PathEntry]]:
    for each in trial.happenings:
        yield each.at, PathEntry("happening", sentence(each, plan, visit.language), each.at, sign=sign(each))


def _sentence(tale: Tale, trial: Trial) -> Text:
    begun = [walk for walk in tale.walks if walk.begun]
    if not trial.happenings and not begun:
        return _("Nothing happens yet. Add what happens, and see what comes of it.")
    if not begun:
        return _("In this story the journey does not begin.")
    sent = sum(each.fate is Fate.SENT for each in tale.sendings)
    held = sum(any(str(look.kind) == "hold" for look in each.looks) for each in tale.sendings)
    unsent = sum(each.fate in (Fate.REFUSED, Fate.EXPIRED, Fate.CANCELLED) for each in tale.sendings)
    parts = [ngettext("%(n)d message would be sent", "%(n)d messages would be sent", sent) % {"n": sent}]
    if held:
        parts.append(ngettext("%(n)d was held", "%(n)d were held", held) % {"n": held})
    if unsent:
        parts.append(ngettext("%(n)d would not go out", "%(n)d would not go out", unsent) % {"n": unsent})
    if tale.tasks:
        count = len(tale.tasks)
        parts.append(ngettext("%(n)d task for a person", "%(n)d tasks for a person", count) % {"n": count})
    return _("In this story: %(parts)s.") % {"parts": ", ".join(parts)}


def _keep(chosen: Chosen, trial: Trial, tale: Tale, visit: Visit) -> KeepForm | None:
    if chosen.journey is None or not visit.user.may_write or not any(walk.begun for walk in tale.walks):
        return None
    sent = {each.step for each in tale.sendings if each.fate is Fate.SENT}
    words = Words(chosen.definition.names, visit.language)
    sends = tuple(
        Option(step.id, words.name(step.template))
        for step in chosen.definition.steps
        if isinstance(step, Send) and step.id not in sent
    )
    return KeepForm(
        url=reverse("web:journey_tests", args=[chosen.slug]),
        story=trial.query(chosen.query),
        name=_suggested(trial, compile_plan(chosen.definition), visit),
        sends=sends,
    )


def _suggested(trial: Trial, plan: Plan, visit: Visit) -> Text:
    said = [str(sentence(each, plan, visit.language)) for each in trial.happenings[-2:]]
    if not said:
        return _("By the calendar") if begins_by_calendar(plan.definition) else ""
    return ", ".join([said[0], *(each[:1].lower() + each[1:] for each in said[1:])])[:160]
