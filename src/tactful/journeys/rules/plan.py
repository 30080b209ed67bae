"""A definition made ready for walking: done once per version, kept, shared by all its enrolments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from tactful.journeys.rules.asking import (
    Given,
    Lookout,
    Question,
    Timing,
    given,
    lookout,
    names_of,
    question,
    timing,
)
from tactful.journeys.rules.conditions import refs
from tactful.journeys.rules.dates import DateEvent, date_events, starting_facts
from tactful.journeys.rules.entry_events import filter_of
from tactful.journeys.rules.graph import all_refs, delays, match_fields, rests, targets
from tactful.journeys.types import (
    CLIENT_REPLIED,
    Approval,
    Branch,
    DateEntry,
    Definition,
    RecurringEntry,
    Ref,
    Send,
    Source,
    StartJourney,
    Step,
    Task,
    Wait,
    WaitFor,
    Webhook,
)

__all__ = ["Lookout", "Node", "Plan", "Question", "Timing", "compile_plan", "entry_names", "question"]

S = TypeVar("S", bound=Step)


@dataclass(frozen=True, slots=True)
class Node(Generic[S]):
    """A step and all that can be worked out about it beforehand."""

    step: S
    question: Question | None = None  # still true
    timing: Timing | None = None  # how long it waits, or within what time it should be done
    latest: Timing | None = None
    lookout: Lookout | None = None
    arms: tuple[tuple[Question, str], ...] = ()
    given: Given | None = None  # what another system or journey is told


@dataclass(frozen=True, slots=True)
class Plan:
    """``listens``: names of the events that can move an enrolment; the driver feeds no others.
    ``ahead``: step -> names of the facts that walking from it to the next rest may want;
    ``behind``: step -> the same for what comes after it, to be loaded with the batch.
    ``moving``: names of the dates from which something counts; ``date_events``: the events that tell of
    them. ``starting``: for one that begins at a moment, the names of the facts that say when and if;
    ``margin``: so long before that date its first mail must have gone."""

    definition: Definition
    first: str
    nodes: Mapping[str, Node[Any]]
    listens: frozenset[str]
    key_field: str
    goal: Lookout | None
    exit_events: tuple[Lookout, ...]
    exit_question: Question | None
    entry_fields: tuple[str, ...]
    event_fields: tuple[str, ...]
    ahead: Mapping[str, tuple[str, ...]]
    behind: Mapping[str, tuple[str, ...]]
    moving: frozenset[str]
    date_events: Mapping[str, DateEvent]
    starting: tuple[str, ...]
    entry_question: Question | None
    margin: timedelta


def compile_plan(definition: Definition) -> Plan:
    """The plan of a valid definition (``rules.definition`` makes no others)."""
    moving = _moving(definition)
    steps = {step.id: step for step in definition.steps}
    nodes = {ident: _in_time(_node(step, moving), steps) for ident, step in steps.items()}
    events = date_events(moving, definition.entry.key)
    leaving = _leaving(definition)
    exits = tuple(lookout(rule.watch) for rule in definition.exits if rule.watch)
    goal = lookout(definition.goal.watch) if definition.goal else None
    ahead = {step_id: _ahead(nodes, step_id) for step_id in nodes}
    used = (*all_refs(definition), *_asked_at_the_start(definition))
    return Plan(
        definition=definition,
        first=definition.steps[0].id,
        nodes=MappingProxyType(nodes),
        listens=_listens(definition, nodes.values(), (*exits, *([goal] if goal else []))) | set(events),
        key_field=definition.entry.key,
        goal=goal,
        exit_events=exits,
        exit_question=leaving,
        entry_fields=_fields(used, Source.ENTRY, (definition.entry.key, *match_fields(definition))),
        event_fields=_fields(used, Source.EVENT, ()),
        ahead=ahead,
        behind={step_id: _behind(nodes[step_id].step, ahead, leaving) for step_id in nodes},
        moving=moving,
        date_events=MappingProxyType(events),
        starting=_starting(definition),
        entry_question=question(filter_of(definition.entry)),
        margin=_margin(_entry_date(definition), definition.steps[0]),
    )


def _in_time(node: Node[Any], steps: Mapping[str, Step]) -> Node[Any]:
    """A wait before a date is over early enough for the mail that comes next."""
    timing, until = node.timing, node.timing.delay.until if node.timing else None
    if timing is None or not timing.pulls or not isinstance(until, Ref):
        return node
    return replace(node, timing=replace(timing, margin=_margin(names_of([until]), steps.get(node.step.next))))


def _entry_date(definition: Definition) -> tuple[str, ...]:
    return (definition.entry.of,) if isinstance(definition.entry, DateEntry) else ()


def _margin(names: tuple[str, ...], following: Step | None) -> timedelta:
    """How long before the date of this name a step that sends must have sent."""
    latest = following.latest if isinstance(following, Send) else None
    if latest is None or not names or not isinstance(latest.until, Ref):
        return timedelta()
    return latest.earlier if names_of([latest.until]) == names else timedelta()


def _leaving(definition: Definition) -> Question | None:
    """Any of the exit conditions, as one question."""
    parts = [part for rule in definition.exits if (part := question(rule.condition))]
    if not parts:
        return None
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    return Question(names, lambda values: any(part.evaluate(values) for part in parts))


def _node(step: Step, moving: frozenset[str]) -> Node[Any]:
    make = _NODES.get(type(step))
    return Node(step) if make is None else make(step, moving)


_NODES: Mapping[type, Callable[[Any, frozenset[str]], Node[Any]]] = {
    Send: lambda step, moving: Node(
        step, question=question(step.still_true), latest=timing(step.latest, moving)
    ),
    Task: lambda step, moving: Node(
        step, question=question(step.still_true), timing=timing(step.within, moving)
    ),
    Approval: lambda step, moving: Node(step, timing=timing(step.within, moving)),
    Wait: lambda step, moving: Node(step, timing=timing(step.delay, moving, pulls=True)),
    WaitFor: lambda step, moving: Node(step, timing=timing(step.up_to, moving), lookout=lookout(step.watch)),
    Branch: lambda step, _: Node(step, arms=tuple(_arms(step))),
    Webhook: lambda step, moving: Node(step, timing=timing(step.up_to, moving), given=given(step.body)),
    StartJourney: lambda step, _: Node(step, given=given(step.data)),
}


def _arms(step: Branch) -> Iterator[tuple[Question, str]]:
    for arm in step.arms:
        asked = question(arm.condition)
        if asked is not None:
            yield asked, arm.next


def _moving(definition: Definition) -> frozenset[str]:
    """Names of the dates from which something counts."""
    waits = (delay.until for step in definition.steps for delay in delays(step))
    names = set(names_of(until for until in waits if isinstance(until, Ref)))
    return frozenset(names | ({definition.entry.of} if isinstance(definition.entry, DateEntry) else set()))


def _starting(definition: Definition) -> tuple[str, ...]:
    """Facts that are asked when the moment of a beginning has come."""
    entry = definition.entry
    if not isinstance(entry, DateEntry | RecurringEntry):
        return ()
    asked = names_of(refs(entry.condition))
    return tuple(dict.fromkeys((*starting_facts(entry), *asked)))


def _asked_at_the_start(definition: Definition) -> Iterator[Ref]:
    """A journey with a date asks its filter later than it is begun: what the filter asks must be kept."""
    return refs(filter_of(definition.entry)) if _starting(definition) else iter(())


def _listens(
    definition: Definition, nodes: Iterable[Node[Any]], around: tuple[Lookout, ...]
) -> frozenset[str]:
    names = {look.event for look in around} | {node.lookout.event for node in nodes if node.lookout}
    return frozenset(names | ({CLIENT_REPLIED} if definition.stop_on_reply else set()))


def _node_names(node: Node[Any]) -> Iterator[str]:
    for part in (node.question, node.timing, node.latest, node.given, *(ask for ask, _ in node.arms)):
        if part is not None:
            yield from part.names


def _ahead(nodes: Mapping[str, Node[Any]], start: str) -> tuple[str, ...]:
    """What may be wanted from entering ``start`` until time may pass. A step with a still-true condition
    may be skipped, so the walk looks past it."""
    names: dict[str, None] = {}
    todo, seen = [start], {start}
    while todo:
        node = nodes[todo.pop()]
        names.update(dict.fromkeys(_node_names(node)))
        if rests(node.step) and node.question is None:
            continue
        fresh = [goes for goes in targets(node.step) if goes in nodes and goes not in seen]
        seen.update(fresh)
        todo.extend(fresh)
    return tuple(names)


def _behind(step: Step, ahead: Mapping[str, tuple[str, ...]], leaving: Question | None) -> tuple[str, ...]:
    names = dict.fromkeys(leaving.names if leaving else ())
    for goes in targets(step):
        names.update(dict.fromkeys(ahead.get(goes, ())))
    return tuple(names)


def _fields(used: tuple[Ref, ...], source: Source, also: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*filter(None, also), *(ref.name for ref in used if ref.source is source)]))


def entry_names(definition: Definition) -> tuple[str, ...]:
    """Facts that the filter of the entry wants."""
    return names_of(refs(filter_of(definition.entry)))
