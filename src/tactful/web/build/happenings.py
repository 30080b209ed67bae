"""What may happen in an invented story, in words, and as the document that a stored test keeps.

Each is a code: ``event:<name>`` for what the journey hears, ``fact:<name>`` for something that becomes
different, ``task:<step>:<answer>`` for a person's answer, and the plain ones of ``PLAIN``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tactful.journeys.rules.conditions import fact_key
from tactful.journeys.rules.inventing import (
    DAY,
    KEY,
    MOMENT,
    NUMBER,
    YES_NO,
    Field,
    asked_facts,
    begins_by_calendar,
    event_data,
    offers,
)
from tactful.journeys.rules.plan import Plan
from tactful.journeys.types import Definition
from tactful.web.trial import Happening, Trial
from tactful.web.types import Text
from tactful.web.words import capital

EVENT, FACT, TASK = "event:", "fact:", "task:"


@dataclass(frozen=True, slots=True)
class Kind:
    """``sign``: a glyph of a person, or an icon. ``events``: what the house would record, by name."""

    words: Callable[[], str]
    sign: str
    events: tuple[str, ...] = ()


PLAIN: Final[Mapping[str, Kind]] = {
    "client.writes": Kind(
        lambda: _("The client writes to us"),
        "client",
        ("reply.received", "conversation.opened", "question.asked"),
    ),
    "we.answer": Kind(
        lambda: _("We answer, and close the conversation"),
        "person",
        ("question.answered", "conversation.closed"),
    ),
    "client.complains": Kind(lambda: _("The client complains"), "client", ("complaint.opened",)),
    "we.settle": Kind(lambda: _("We settle the complaint"), "person", ("complaint.closed",)),
    "consent.ends": Kind(lambda: _("The client says no to news and offers"), "client", ("basis.withdrawn",)),
    "address.bounces": Kind(lambda: _("The mail address stops working"), "x"),
    "client.mourns": Kind(lambda: _("We learn that the client is in mourning"), "note"),
    "we.hold": Kind(lambda: _("We hold everything to this client"), "person"),
    "we.release": Kind(lambda: _("We let messages go again"), "person", ("hold.released",)),
}
HOUSE_EVENTS: Final[Mapping[str, Callable[[], str]]] = {
    "reply.received": lambda: _("the client writes to us"),
    "question.asked": lambda: _("the client asks something"),
    "question.answered": lambda: _("we have answered"),
    "conversation.opened": lambda: _("a conversation begins"),
    "conversation.closed": lambda: _("the conversation is closed"),
    "complaint.opened": lambda: _("the client complains"),
    "complaint.closed": lambda: _("the complaint is settled"),
    "handoff.taken": lambda: _("a person takes over"),
    "handoff.returned": lambda: _("a person hands back"),
    "promise.made": lambda: _("we promise something"),
    "promise.kept": lambda: _("the promise is kept"),
    "hold.released": lambda: _("messages may go again"),
    "basis.withdrawn": lambda: _("the client says no to news and offers"),
    "contact.created": lambda: _("somebody becomes a client"),
    "contact.updated": lambda: _("something about the client changes"),
    "journey.start_wanted": lambda: _("a person begins the journey"),
}


def event_words(name: str, definition: Definition, language: str) -> str:
    named = definition.names.get(name)
    if named is not None:
        return named.in_language(language)
    return HOUSE_EVENTS[name]() if name in HOUSE_EVENTS else name


def fact_words(name: str, definition: Definition, language: str) -> str:
    named = definition.names.get(name.partition(":")[0])
    return named.in_language(language) if named else name


def value_words(field: Field | None, value: Any) -> str:
    if isinstance(value, bool) or (field is not None and field.kind == YES_NO):
        return _("yes") if value in (True, "yes") else _("no")
    return str(value)


def sentence(happening: Happening, plan: Plan, language: str) -> Text:
    """What happens, beginning with a capital."""
    definition, what = plan.definition, happening.what
    if what in PLAIN:
        return PLAIN[what].words()
    if what.startswith(EVENT):
        return capital(event_words(what.removeprefix(EVENT), definition, language))
    if what.startswith(FACT):
        name = what.removeprefix(FACT)
        field = next((each for each in asked_facts(plan) if each.name == name), None)
        value = dict(happening.data).get("value", "")
        words = {"what": fact_words(name, definition, language), "value": value_words(field, value)}
        return capital(_("%(what)s: from now on %(value)s") % words)
    if what.startswith(TASK):
        answer = what.removeprefix(TASK).partition(":")[2]
        return (
            _("A person does the task: %(answer)s") % {"answer": answer}
            if answer
            else _("A person does the task")
        )
    return what


def sign(happening: Happening) -> str:
    if happening.what in PLAIN:
        return PLAIN[happening.what].sign
    return "person" if happening.what.startswith(TASK) else "right"


def fields_of(what: str, plan: Plan) -> tuple[Field, ...]:
    """What is asked beside the moment."""
    if what.startswith(EVENT):
        name = what.removeprefix(EVENT)
        return next((each.fields for each in offers(plan) if each.event == name), ())
    if what.startswith(FACT):
        name = what.removeprefix(FACT)
        found = next((each for each in asked_facts(plan) if each.name == name), None)
        return (Field("value", found.kind, found.sample),) if found else ()
    return ()


def document_of(trial: Trial, plan: Plan, base: Mapping[str, Any]) -> dict[str, Any]:
    """The story as ``rules.given`` reads it. ``base``: the client and the house."""
    zone = str(trial.since.tzinfo)
    asked = asked_facts(plan)
    fresh = {fact_key(each.name, _suffix(plan)): each for each in asked}
    known = {row["fact"] for row in base.get("facts", ())}
    typed = dict(trial.facts)
    facts = [row for row in base.get("facts", ()) if row["fact"] not in fresh or row["fact"] in known]
    for key, field in fresh.items():
        if field.name in typed or key not in known:
            facts = [row for row in facts if row["fact"] != key]
            value = read_value(field, typed.get(field.name), zone, field.sample)
            if value is not None and value != "":
                facts.append({"fact": key, "value": value})
    document = dict(base) | {"facts": facts, "until": trial.until.isoformat()}
    document["events"] = [*base.get("events", ()), *_events(trial, plan, zone)]
    document["replies"] = list(_replies(trial))
    if begins_by_calendar(plan.definition):
        document["since"] = trial.since.isoformat()
    for happening in trial.happenings:
        _apply(happening, document, plan, zone)
    return {name: part for name, part in document.items() if part not in ([], {})}


def _suffix(plan: Plan) -> str:
    return f":{plan.key_field}={KEY}" if plan.key_field else ""


def _events(trial: Trial, plan: Plan, zone: str) -> Iterable[dict[str, Any]]:
    for each in trial.happenings:
        names: tuple[str, ...] = PLAIN[each.what].events if each.what in PLAIN else ()
        data: dict[str, Any] = {}
        if each.what.startswith(EVENT):
            names = (each.what.removeprefix(EVENT),)
            given = dict(each.data)
            typed = {
                field.name: value
                for field in fields_of(each.what, plan)
                if (value := read_value(field, given.get(field.name), zone, field.sample)) not in (None, "")
            }
            data = event_data(plan, names[0], typed)
        for name in names:
            yield {"name": name, "at": each.at.isoformat(), "data": data}


def _replies(trial: Trial) -> Iterable[dict[str, Any]]:
    for each in trial.happenings:
        if each.what.startswith(TASK):
            step, _colon, answer = each.what.removeprefix(TASK).partition(":")
            yield {"at": each.at.isoformat(), "step": step, "answer": answer}


def _apply(happening: Happening, document: dict[str, Any], plan: Plan, zone: str) -> None:
    """What changes about the client or the house at this moment."""
    at = happening.at.isoformat()
    if happening.what == "consent.ends":
        ends = [row | {"to": at} if row["purpose"] == "marketing" else row for row in document["grounds"]]
        document["grounds"] = [*ends, {"purpose": "marketing", "kind": "withdrawn", "from": at}]
    elif happening.what == "address.bounces":
        against = {"from": at, "scope": "all", "reason": "hard_bounce"}
        rows = document.get("addresses") or [{}]
        document["addresses"] = [row | {"against": [*row.get("against", ()), against]} for row in rows]
    elif happening.what == "client.mourns":
        document["flags"] = [*document.get("flags", ()), {"key": "bereaved", "from": at}]
    elif happening.what == "we.hold":
        document["orders"] = [*document.get("orders", ()), {"scope": "contact", "from": at}]
    elif happening.what == "we.release":
        document["orders"] = [
            row if row.get("to") else row | {"to": at} for row in document.get("orders", ())
        ]
    elif happening.what.startswith(FACT):
        _change_fact(happening, document, plan, zone)


def _change_fact(happening: Happening, document: dict[str, Any], plan: Plan, zone: str) -> None:
    name, at = happening.what.removeprefix(FACT), happening.at.isoformat()
    field = next((each for each in asked_facts(plan) if each.name == name), None)
    if field is None:
        return
    key = fact_key(name, _suffix(plan))
    value = read_value(field, dict(happening.data).get("value"), zone, None)
    rows = [
        row | {"to": at} if row["fact"] == key and not row.get("to") else row for row in document["facts"]
    ]
    document["facts"] = [*rows, {"fact": key, "value": value, "from": at}]


def read_value(field: Field, typed: str | None, zone: str, otherwise: Any) -> Any:
    """A value as the journey asks it, from what was typed."""
    if typed is None:
        return otherwise
    if field.kind == YES_NO:
        return typed == "yes"
    if field.kind == NUMBER:
        return _number(typed)
    if field.kind == MOMENT:
        return _moment(typed, zone)
    return typed[:10] if field.kind == DAY else typed


def _number(typed: str) -> float | str:
    try:
        value = float(typed)
    except ValueError:
        return typed
    if not isfinite(value):
        return typed
    return int(value) if value == int(value) else value


def _moment(typed: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return ""
    return (at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at).isoformat()
