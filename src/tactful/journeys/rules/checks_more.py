"""Checks that look at time, at the law, and at the other journeys of the house: J009, J010, J012, J013."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tactful.journeys.rules.among import begun_by, circles, pairs, told
from tactful.journeys.rules.conditions import refs
from tactful.journeys.rules.entry_events import filter_of
from tactful.journeys.rules.findings import Finding, Surroundings
from tactful.journeys.rules.pace import most_in_a_week
from tactful.journeys.types import (
    Branch,
    Compare,
    Definition,
    Exit,
    Op,
    Ref,
    SegmentEntry,
    Send,
    Source,
    StartJourney,
    Step,
)
from tactful.touchpoints.types import MessageClass

CONSENT = Compare(Ref(Source.FACT, "contact.consent.marketing"), Op.HOLDS)
"""May we send this client advertising: asked where a journey wants to."""

Found: TypeAlias = Iterator[Finding]


def too_many(definition: Definition, around: Surroundings) -> Found:
    count = most_in_a_week(definition, around)
    if count > around.weekly:
        params = {"count": str(count), "most": str(around.weekly)}
        yield Finding("J009", "too_many", stops=False, params=params)


def no_basis(definition: Definition, around: Surroundings) -> Found:
    """Asked, not forbidden: without a basis the gate refuses in any case, but then in silence, and those
    who got nothing walk on as if they had read it. Not where it asks, where it says what a refusal
    leads to, or where nothing follows."""
    if isinstance(definition.entry, SegmentEntry) or _asks_consent_before(definition):
        return
    steps = {step.id: step for step in definition.steps}
    for step in definition.steps:
        if isinstance(step, Send) and _is_marketing(step, around) and not _knows_of_refusal(step, steps):
            yield Finding("J010", "no_basis", step.id, stops=False)


def beside_others(definition: Definition, around: Surroundings) -> Found:
    for pair in pairs(definition, around):
        params = {"other": pair.second, **pair.params}
        yield Finding("J012", pair.why, pair.steps[0], stops=False, params=params)


def other_journeys(definition: Definition, around: Surroundings) -> Found:
    """What it begins must be there, must begin when told, and must not lead back here."""
    if around.journeys is None:
        return
    known = {**around.journeys, definition.slug: definition}
    around_here = next((way for way in circles(tuple(known.values())) if definition.slug in way), ())
    for step in begun_by(definition):
        if step.journey in around_here:
            way = " → ".join((*around_here, around_here[0]))
            yield Finding("J013", "begins_itself", step.id, params={"way": way})
            continue
        code = _wrong_about(known.get(step.journey), step, definition)
        if code:
            yield Finding("J013", code, step.id, params={"journey": step.journey})


def _wrong_about(other: Definition | None, step: StartJourney, definition: Definition) -> str:
    if other is None:
        return "no_journey"
    if not told(other):
        return "not_told"
    key = other.entry.key
    return "no_key" if key and key not in step.data and key != definition.entry.key else ""


def _is_marketing(step: Send, around: Surroundings) -> bool:
    view = around.touchpoints.get(step.touchpoint)
    return view is not None and view.message_class is MessageClass.MARKETING


def _knows_of_refusal(step: Send, steps: Mapping[str, Step]) -> bool:
    asks = any("consent" in ref.name for ref in refs(step.still_true))
    over = step.next not in steps or isinstance(steps[step.next], Exit)
    return asks or step.if_not_sent is not None or over


def _asks_consent_before(definition: Definition) -> bool:
    asked = [*refs(filter_of(definition.entry))]
    asked += [ref for rule in definition.exits for ref in refs(rule.condition)]
    for step in definition.steps:
        if isinstance(step, Branch):
            asked += [ref for arm in step.arms for ref in refs(arm.condition)]
    return any("consent" in ref.name for ref in asked)
