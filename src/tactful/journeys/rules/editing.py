"""Editing a journey: each act takes a definition and gives the next one. Pure.

Nothing is ever left dangling: a way that led to what was taken out leads to what came after it, ids stay
unique, and a journey always has a step. What an act cuts off from the beginning goes with it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from tactful.journeys.rules.edges import (
    BEGIN,
    GOAL,
    Edge,
    all_edges,
    edge_of,
    reached,
    slots,
    target_of,
    turned,
)
from tactful.journeys.rules.flow import Line, Place, Spot, every_line, lay_out, members, spot_of
from tactful.journeys.types import END, NOTHING, Definition, Exit, Step

__all__ = [
    "NotPossible",
    "add",
    "can_copy",
    "copy",
    "fresh_id",
    "heir",
    "lead",
    "move",
    "place_of",
    "place_text",
    "places",
    "remove",
    "replaced",
    "step_of_id",
    "tidied",
]


class NotPossible(ValueError):
    """The act does not fit the journey as it stands now. ``code``: gone, inside, nowhere, full, last."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


MOST_STEPS = 200


def place_text(place: Place) -> str:
    """A place as a form carries it."""
    return "~".join(map(str, place))


def place_of(definition: Definition, text: str) -> Place:
    """Raises ``NotPossible`` for a place that is not there, or is one point of the flow no longer."""
    edges = tuple(edge for part in text.split("~") if (edge := edge_of(part)) is not None)
    goals = {target_of(definition, edge) for edge in edges}
    if not edges or None in goals or len(goals) != 1:
        raise NotPossible("gone")
    return edges


def places(definition: Definition) -> list[tuple[Place, Spot]]:
    """Every place at which something can be put, with the line before which it is."""
    return [(spot.line.place, spot) for spot in every_line(lay_out(definition)) if spot.line.place]


def step_of_id(definition: Definition, step_id: str) -> Step:
    for step in definition.steps:
        if step.id == step_id:
            return step
    raise NotPossible("gone")


def fresh_id(definition: Definition, wish: str) -> str:
    """An id like ``wish`` that no step has."""
    taken = {END, *(step.id for step in definition.steps)}
    base = (wish or "step")[:50].strip("-") or "step"
    names = (base, *(f"{base}-{number}" for number in range(2, MOST_STEPS + 3)))
    return next(name for name in names if name not in taken)


def add(definition: Definition, step: Step, place: Place) -> Definition:
    """``step`` (whose id must be fresh) put at a place; those of its ways that lead nowhere yet, and the
    one to the step that stands there, are its author's to say."""
    if len(definition.steps) >= MOST_STEPS:
        raise NotPossible("full")
    if step.id in {each.id for each in definition.steps}:
        raise NotPossible("twice")
    grown = replace(definition, steps=(*definition.steps, step))
    return _seated(lead(grown, place, step.id), (step.id,))


def lead(definition: Definition, place: Place, target: str) -> Definition:
    """All ways of a place turned to ``target``: a step, or END."""
    if target not in (END, NOTHING):
        step_of_id(definition, target)
    for edge in place:
        definition = _turn(definition, edge, target)
    return definition


def move(definition: Definition, step_id: str, place: Place) -> Definition:
    """A step, with its columns, to another place. Ways that name the step from afar still do."""
    spot = _spot(definition, step_id)
    own, came, after = set(members(spot.line)), spot.line.place, spot.after
    if after is None:
        raise NotPossible("nowhere")
    out, rest = after.place, heir(definition, step_id)
    if any(edge.step in own and edge not in out for edge in place) or 0 < len({*out} & {*place}) < len(out):
        raise NotPossible("inside")
    if set(place) in (set(came), set(out)):
        return definition
    definition = lead(definition, came, rest)
    # Whoever would have come out of the step comes now from where its readers came.
    place = (*(edge for edge in place if edge not in out), *(came if set(out) & set(place) else ()))
    goes = target_of(definition, place[0])
    goes = rest if goes is None or goes in own else goes
    definition = lead(lead(definition, place, step_id), out, goes)
    return _seated(definition, _in_order(definition, own))


def replaced(definition: Definition, step: Step) -> Definition:
    """Another step of the same id in its place; what it no longer leads to goes."""
    before = reached(definition)
    steps = tuple(step if each.id == step.id else each for each in definition.steps)
    return tidied(replace(definition, steps=steps), before)


def can_copy(spot: Spot) -> bool:
    """What ends the journey is not doubled: nothing would ever come to the second."""
    return spot.after is not None


def copy(definition: Definition, step_id: str) -> tuple[Definition, str]:
    """The same again right after it, columns and all; and the id of the new step."""
    spot = _spot(definition, step_id)
    if spot.after is None:
        raise NotPossible("nowhere")
    own = _in_order(definition, members(spot.line))
    if len(definition.steps) + len(own) > MOST_STEPS:
        raise NotPossible("full")
    names: dict[str, str] = {}
    steps = list(definition.steps)
    for name in own:
        names[name] = fresh_id(replace(definition, steps=tuple(steps)), name)
        steps.append(replace(step_of_id(definition, name), id=names[name]))
    doubled = replace(definition, steps=tuple(_renamed(step, names) for step in steps))
    grown = replace(doubled, steps=(*definition.steps, *doubled.steps[len(definition.steps) :]))
    return _seated(lead(grown, spot.after.place, names[step_id]), tuple(names.values())), names[step_id]


def remove(definition: Definition, step_id: str) -> Definition:
    """Without a step; what led to it leads to what came after it. Of a step with columns, what stands in
    them goes too, but for the way that it would take if nothing else fits."""
    first = definition.steps[0]
    if first.id == step_id and isinstance(first, Exit):
        raise NotPossible("last")
    goes, seen = heir(definition, step_id), reached(definition)
    before = seen if step_id in seen else set(members(_spot(definition, step_id).line))
    for edge, target in list(all_edges(definition)):
        if target == step_id and edge.step != step_id:
            definition = _turn(definition, edge, goes)
    kept = tuple(step for step in definition.steps if step.id != step_id)
    return tidied(replace(definition, steps=kept), before - {step_id})


def heir(definition: Definition, step_id: str) -> str:
    """Where those go on who would have come to a step."""
    spot = _spot(definition, step_id)
    ways = slots(step_of_id(definition, step_id))
    otherwise = ways.get("next", next(iter(ways.values()), END))
    found = otherwise if spot.after is None else spot.after.target
    return END if found == step_id else found


def tidied(definition: Definition, before: Collection[str]) -> Definition:
    """Without the steps that could be reached ``before`` and cannot any more."""
    now = reached(definition)
    lost = {step.id for step in definition.steps if step.id in before and step.id not in now}
    kept = tuple(step for step in definition.steps if step.id not in lost)
    for edge, target in list(all_edges(replace(definition, steps=kept))):
        if target in lost:
            definition = _turn(definition, edge, END)
    by_id = {step.id: step for step in definition.steps}
    return replace(definition, steps=tuple(by_id[step.id] for step in kept))


def _spot(definition: Definition, step_id: str) -> Spot:
    spot = spot_of(lay_out(definition), step_id)
    if spot is None:
        raise NotPossible("gone")
    return spot


def _turn(definition: Definition, edge: Edge, target: str) -> Definition:
    if edge == BEGIN:
        return _beginning(definition, target)
    if edge == GOAL:
        if definition.goal is None:
            raise NotPossible("gone")
        return replace(definition, goal=replace(definition.goal, next=target))
    if edge.slot not in slots(step_of_id(definition, edge.step)):
        raise NotPossible("gone")
    steps = (turned(step, edge.slot, target) if step.id == edge.step else step for step in definition.steps)
    return replace(definition, steps=tuple(steps))


def _beginning(definition: Definition, target: str) -> Definition:
    """The first step of the document is where it begins; an end stands there as a step of its own."""
    if target in (END, NOTHING):
        end = Exit(fresh_id(definition, "done"))
        return replace(definition, steps=(end, *definition.steps))
    first = step_of_id(definition, target)
    return replace(definition, steps=(first, *(step for step in definition.steps if step.id != target)))


def _seated(definition: Definition, names: Collection[str]) -> Definition:
    """With the steps of these names in the document where a reader meets them; the others stay in order.
    The first stays the first: it is where the journey begins."""
    read = list(dict.fromkeys(name for strand in lay_out(definition) for name in _names(strand.lines)))
    moved = [name for name in read if name in names]
    by_id = {step.id: step for step in definition.steps}
    order = [step.id for step in definition.steps if step.id not in names]
    for name in moved:
        number = read.index(name)
        before = read[number - 1] if number else None
        order.insert(order.index(before) + 1 if before in order else 0, name)
    return replace(definition, steps=tuple(by_id[name] for name in order))


def _names(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        yield from members(line)


def _in_order(definition: Definition, names: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names)
    return tuple(step.id for step in definition.steps if step.id in wanted)


def _renamed(step: Step, names: Mapping[str, str]) -> Step:
    """Ways inside what is copied lead to the copies; an answer is asked of the copy that took it."""
    for slot, target in slots(step).items():
        if target in names:
            step = turned(step, slot, names[target])
    return step
