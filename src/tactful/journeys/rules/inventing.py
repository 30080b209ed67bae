"""What can be invented for a journey: the events that it hears, the facts that it asks, and values with
which it would begin and go on. Pure; for simulations by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tactful.journeys.rules.conditions import fact_name
from tactful.journeys.rules.dates import CANCELLED, DATED, MOVED, of_client
from tactful.journeys.rules.entry_events import START_WANTED, entry_event, filter_of
from tactful.journeys.rules.freezing import fact_names
from tactful.journeys.rules.plan import Plan
from tactful.journeys.types import (
    CALENDAR_FACT,
    CLIENT_REPLIED,
    QUIET_FACT,
    AllOf,
    AnyOf,
    Branch,
    Compare,
    Condition,
    DateEntry,
    Definition,
    ManualEntry,
    Not,
    Op,
    RecurringEntry,
    Scalar,
    Send,
    Source,
    Task,
    WaitFor,
)

KEY: Final = "1"  # of the object that an invented story is about
YES_NO, NUMBER, MOMENT, DAY, WORDS = "yes_no", "number", "moment", "day", "words"


@dataclass(frozen=True, slots=True)
class Field:
    """``kind``: yes_no, number, moment, day or words. ``sample``: a value with which it goes on."""

    name: str
    kind: str
    sample: Scalar = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An event. ``role``: begins, moves, off (of a date), goal, leaves or waited."""

    event: str
    role: str
    fields: tuple[Field, ...] = ()


def begins_by_calendar(definition: Definition) -> bool:
    entry = definition.entry
    return isinstance(entry, RecurringEntry) or (isinstance(entry, DateEntry) and of_client(entry.of))


def beginning(plan: Plan) -> Offer | None:
    """The event that begins it; None for what begins by the calendar."""
    definition = plan.definition
    entry = definition.entry
    if begins_by_calendar(definition):
        return None
    if isinstance(entry, DateEntry):
        return Offer(f"{entry.of.split('.')[0]}.{DATED}", "begins", _of_object(plan))
    if isinstance(entry, ManualEntry):
        return Offer(START_WANTED, "begins", _asked_of_events(plan, Source.ENTRY))
    own = _asked_of(filter_of(entry), Source.EVENT)
    asked = {field.name: field for field in (*own, *_asked_of_events(plan, Source.ENTRY))}
    return Offer(entry_event(definition) or "", "begins", tuple(asked.values()))


def offers(plan: Plan) -> tuple[Offer, ...]:
    """Every event that it hears, the beginning first; replies are not among them."""
    definition = plan.definition
    first = beginning(plan)
    found: dict[str, Offer] = {first.event: first} if first else {}
    watches = [("goal", definition.goal.watch)] if definition.goal else []
    watches += [("leaves", rule.watch) for rule in definition.exits if rule.watch]
    watches += [("waited", step.watch) for step in definition.steps if isinstance(step, WaitFor)]
    for name, date in plan.date_events.items():
        if date.verb in (MOVED, CANCELLED) and date.kind:
            fields = _moving(plan, date.kind) if date.verb == MOVED else ()
            found.setdefault(name, Offer(name, "moves" if date.verb == MOVED else "off", fields))
    for role, watch in watches:
        if watch.event != CLIENT_REPLIED:
            fields = _asked_of(watch.condition, Source.EVENT)
            found.setdefault(watch.event, Offer(watch.event, role, fields))
    return tuple(found.values())


def asked_facts(plan: Plan) -> tuple[Field, ...]:
    """Facts that it asks and that no event of these tells."""
    kinds = _kinds(plan.definition)
    told = _told_kind(plan)
    names = [name for name in fact_names(plan) if name not in (CALENDAR_FACT, QUIET_FACT)]
    entry = plan.definition.entry
    if isinstance(entry, DateEntry) and of_client(entry.of) and entry.of not in names:
        names.append(entry.of)
    return tuple(
        _field(name, kinds, plan) for name in sorted(names) if not told or name.split(".")[0] != told
    )


def event_data(plan: Plan, event: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of an invented event: those given, the key, and those that must match the beginning."""
    key = {plan.key_field: KEY} if plan.key_field else {}
    watches = [plan.goal, *plan.exit_events, *(node.lookout for node in plan.nodes.values())]
    matching = {name: KEY for look in watches if look is not None for name in look.match}
    if event == START_WANTED:
        return {"start": plan.definition.slug, "data": matching | key | given}
    return matching | key | given


def _told_kind(plan: Plan) -> str:
    """The object whose values events tell, if the journey hears of one."""
    entry = plan.definition.entry
    if isinstance(entry, DateEntry) and not of_client(entry.of):
        return entry.of.split(".")[0]
    return next((date.kind for date in plan.date_events.values() if date.kind), "")


def _of_object(plan: Plan) -> tuple[Field, ...]:
    kind, kinds = _told_kind(plan), _kinds(plan.definition)
    names = [name for name in (*plan.moving, *fact_names(plan)) if name.split(".")[0] == kind]
    fields = (_field(name, kinds, plan) for name in dict.fromkeys(names))
    return tuple(Field(each.name.split(".", 1)[1], each.kind, each.sample) for each in fields)


def _moving(plan: Plan, kind: str) -> tuple[Field, ...]:
    names = [name for name in sorted(plan.moving) if name.split(".")[0] == kind]
    return tuple(Field(name.split(".", 1)[1], MOMENT) for name in names)


def _field(name: str, kinds: dict[str, Field], plan: Plan) -> Field:
    if name in plan.moving:
        return Field(name, DAY if of_client(name) else MOMENT)
    return kinds.get(name, Field(name, WORDS))


def _kinds(definition: Definition) -> dict[str, Field]:
    """What each fact is, by how it is asked; the first question decides."""
    found: dict[str, Field] = {}
    for condition, wanted in _conditions(definition):
        for node, sign in _compares(condition, wanted):
            name = fact_name(node.ref)
            if name is not None:
                found.setdefault(name, _asked(name, node, sign))
    return found


def _asked_of(condition: Condition | None, source: Source) -> tuple[Field, ...]:
    nodes = [pair for pair in _compares(condition, True) if pair[0].ref.source is source]
    fields = {node.ref.name: _asked(node.ref.name, node, sign) for node, sign in nodes}
    return tuple(fields.values())


def _asked_of_events(plan: Plan, source: Source) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for condition, wanted in _conditions(plan.definition):
        for node, sign in _compares(condition, wanted):
            if node.ref.source is source:
                found.setdefault(node.ref.name, _asked(node.ref.name, node, sign))
    return tuple(found.values())


def _conditions(definition: Definition) -> Iterator[tuple[Condition | None, bool]]:
    """With whether it should hold for the journey to go on."""
    yield filter_of(definition.entry), True
    for step in definition.steps:
        if isinstance(step, Send | Task):
            yield step.still_true, True
        for arm in step.arms if isinstance(step, Branch) else ():
            yield arm.condition, True
    for rule in definition.exits:
        yield rule.condition, False


def _compares(condition: Condition | None, wanted: bool) -> Iterator[tuple[Compare, bool]]:
    match condition:
        case Compare():
            yield condition, wanted
        case Not(of=inner):
            yield from _compares(inner, not wanted)
        case AllOf(of=parts) | AnyOf(of=parts):
            for part in parts:
                yield from _compares(part, wanted)


def _asked(name: str, node: Compare, wanted: bool) -> Field:
    value = node.value[0] if isinstance(node.value, tuple) and node.value else node.value
    if node.op is Op.HOLDS or isinstance(value, bool):
        holds = wanted if node.op is Op.HOLDS else value is wanted
        return Field(name, YES_NO, holds)
    if isinstance(value, int | float):
        return Field(name, NUMBER, _number(node.op, value, wanted))
    is_value = wanted is (node.op in (Op.IS, Op.ONE_OF, Op.CONTAINS))
    return Field(name, WORDS, str(value) if is_value and isinstance(value, str) else "")


def _number(op: Op, value: float, wanted: bool) -> float:
    more = {Op.MORE_THAN: 1, Op.LESS_THAN: -1}.get(op, 0)
    if wanted:
        return value + more
    return value + {Op.AT_LEAST: -1, Op.AT_MOST: 1, Op.IS: 1, Op.ONE_OF: 1}.get(op, 0)
