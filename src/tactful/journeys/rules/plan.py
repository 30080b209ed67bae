"""A definition made ready for walking: done once per version, kept, shared by all its enrolments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from tactful.journeys.rules.conditions import (
    Evaluate,
    Values,
    compile_condition,
    fact_name,
    reader,
    refs,
)
from tactful.journeys.rules.delays import needs_calendar
from tactful.journeys.rules.graph import all_refs, match_fields, rests, targets
from tactful.journeys.types import (
    CALENDAR_FACT,
    CLIENT_REPLIED,
    Branch,
    Condition,
    Definition,
    Delay,
    EventEntry,
    Exit,
    Ref,
    Send,
    Source,
    Split,
    Step,
    Tag,
    Task,
    Update,
    Wait,
    WaitFor,
    Watch,
)

S = TypeVar("S", bound=Step)


@dataclass(frozen=True, slots=True)
class Question:
    """A condition with the names of the facts that it wants."""

    names: tuple[str, ...]
    evaluate: Evaluate


@dataclass(frozen=True, slots=True)
class Timing:
    """A delay with the names of the facts that it wants. ``read`` gets the value behind ``until``."""

    delay: Delay
    names: tuple[str, ...]
    read: Callable[[Values], Any] | None


@dataclass(frozen=True, slots=True)
class Lookout:
    """A watch, ready: ``question`` looks at the fields of the event in hand."""

    event: str
    match: tuple[str, ...]
    question: Question | None


@dataclass(frozen=True, slots=True)
class Node(Generic[S]):
    """A step and all that can be worked out about it beforehand."""

    step: S
    question: Question | None = None  # still true
    timing: Timing | None = None  # how long it waits, or within what time it should be done
    latest: Timing | None = None
    lookout: Lookout | None = None
    arms: tuple[tuple[Question, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``listens``: names of the events that can move an enrolment; the driver feeds no others.
    ``ahead``: step -> names of the facts that walking from it to the next rest may want;
    ``behind``: step -> the same for what comes after it, to be loaded with the batch."""

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


def compile_plan(definition: Definition) -> Plan:
    """The plan of a valid definition (``rules.definition`` makes no others)."""
    nodes = {step.id: _node(step) for step in definition.steps}
    leaving = _leaving(definition)
    exits = tuple(lookout(rule.watch) for rule in definition.exits if rule.watch)
    goal = lookout(definition.goal.watch) if definition.goal else None
    ahead = {step_id: _ahead(nodes, step_id) for step_id in nodes}
    used = tuple(all_refs(definition))
    return Plan(
        definition=definition,
        first=definition.steps[0].id,
        nodes=MappingProxyType(nodes),
        listens=_listens(definition, nodes.values(), (*exits, *([goal] if goal else []))),
        key_field=definition.entry.key,
        goal=goal,
        exit_events=exits,
        exit_question=leaving,
        entry_fields=_fields(used, Source.ENTRY, (definition.entry.key, *match_fields(definition))),
        event_fields=_fields(used, Source.EVENT, ()),
        ahead=ahead,
        behind={step_id: _behind(nodes[step_id].step, ahead, leaving) for step_id in nodes},
    )


def question(condition: Condition | None) -> Question | None:
    if condition is None:
        return None
    return Question(_names(refs(condition)), compile_condition(condition))


def lookout(watch: Watch) -> Lookout:
    return Lookout(watch.event, watch.match, question(watch.condition))


def timing(delay: Delay | None) -> Timing | None:
    if delay is None:
        return None
    names = (CALENDAR_FACT,) if needs_calendar(delay) else ()
    if isinstance(delay.until, Ref):
        return Timing(delay, (*names, *_names([delay.until])), reader(delay.until))
    day = delay.until
    return Timing(delay, names, None if day is None else lambda _: day)


def _leaving(definition: Definition) -> Question | None:
    """Any of the exit conditions, as one question."""
    parts = [part for rule in definition.exits if (part := question(rule.condition))]
    if not parts:
        return None
    names = tuple(dict.fromkeys(name for part in parts for name in part.names))
    return Question(names, lambda values: any(part.evaluate(values) for part in parts))


def _node(step: Step) -> Node[Any]:
    match step:
        case Send():
            return Node(step, question=question(step.still_true), latest=timing(step.latest))
        case Task():
            return Node(step, question=question(step.still_true), timing=timing(step.within))
        case Wait():
            return Node(step, timing=timing(step.delay))
        case WaitFor():
            return Node(step, timing=timing(step.up_to), lookout=lookout(step.watch))
        case Branch():
            asked = ((question(arm.condition), arm.next) for arm in step.arms)
            return Node(step, arms=tuple((ask, goes) for ask, goes in asked if ask is not None))
        case Update() | Tag() | Split() | Exit():
            return Node(step)


def _listens(
    definition: Definition, nodes: Iterable[Node[Any]], around: tuple[Lookout, ...]
) -> frozenset[str]:
    names = {look.event for look in around} | {node.lookout.event for node in nodes if node.lookout}
    return frozenset(names | ({CLIENT_REPLIED} if definition.stop_on_reply else set()))


def _node_names(node: Node[Any]) -> Iterator[str]:
    for part in (node.question, node.timing, node.latest, *(ask for ask, _ in node.arms)):
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


def _names(used: Iterable[Ref]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for ref in used if (name := fact_name(ref)) is not None))


def _fields(used: tuple[Ref, ...], source: Source, also: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*filter(None, also), *(ref.name for ref in used if ref.source is source)]))


def entry_names(definition: Definition) -> tuple[str, ...]:
    """Facts that the filter of the entry wants."""
    entry = definition.entry
    return _names(refs(entry.condition)) if isinstance(entry, EventEntry) else ()


def entry_event(definition: Definition) -> str | None:
    """The event that begins the journey, if an event does."""
    return definition.entry.event if isinstance(definition.entry, EventEntry) else None
