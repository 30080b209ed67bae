"""The ways out of steps as things that can be named, read and turned elsewhere. Pure.

An edge is one way out: of the beginning, of the goal, or of a step by a slot such as ``next`` or ``arm-0``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from tactful.journeys.types import (
    END,
    Approval,
    Branch,
    Definition,
    Exit,
    Send,
    Split,
    Step,
    Task,
    WaitFor,
    Webhook,
)


class Edge(NamedTuple):
    """``step``: empty for the beginning and the goal."""

    step: str
    slot: str

    def __str__(self) -> str:
        return f"{self.step}.{self.slot}"


BEGIN: Final = Edge("", "begin")
GOAL: Final = Edge("", "goal")
NEXT, OTHERWISE, NOT_SENT = "next", "otherwise", "if_not_sent"
ARM, SHARE, ANSWER = "arm-", "share-", "answer-"

Slots = dict[str, str]


def edge_of(text: str) -> Edge | None:
    """What ``str`` of an edge gave; None for anything else."""
    step, dot, slot = text.partition(".")
    return Edge(step, slot) if dot and slot else None


def slots(step: Step) -> Slots:
    """Where each way out of a step leads, in the order in which a reader meets them."""
    return _SLOTS.get(type(step), _only_next)(step)


def main_slots(step: Step) -> Slots:
    """Without the way of what could not be sent, which stands beside the flow."""
    return {slot: goes for slot, goes in slots(step).items() if slot != NOT_SENT}


def _only_next(step: Step) -> Slots:
    return {NEXT: step.next}


def _maybe(step: Any, *names: str) -> Slots:
    return {name: goes for name in names if (goes := getattr(step, name)) is not None}


def _approval(step: Approval) -> Slots:
    return {NEXT: step.next, "if_refused": step.if_refused, **_maybe(step, OTHERWISE)}


def _task(step: Task) -> Slots:
    return {f"{ANSWER}{each.id}": each.next for each in step.answers} | {
        NEXT: step.next,
        **_maybe(step, OTHERWISE),
    }


_SLOTS: Mapping[type, Callable[[Any], Slots]] = {
    Branch: lambda step: (
        {f"{ARM}{place}": arm.next for place, arm in enumerate(step.arms)} | {NEXT: step.next}
    ),
    WaitFor: lambda step: {NEXT: step.next, OTHERWISE: step.otherwise},
    Task: _task,
    Approval: _approval,
    Split: lambda step: {f"{SHARE}{place}": share.next for place, share in enumerate(step.shares)},
    Webhook: lambda step: {NEXT: step.next, **_maybe(step, "if_failed")},
    Send: lambda step: {NEXT: step.next, **_maybe(step, NOT_SENT)},
    Exit: lambda _: {},
}


def turned(step: Step, slot: str, target: str) -> Step:
    """The step with one of its ways leading elsewhere."""
    if isinstance(step, Branch) and slot.startswith(ARM):
        place = int(slot.removeprefix(ARM))
        arms = (replace(arm, next=target) if n == place else arm for n, arm in enumerate(step.arms))
        return replace(step, arms=tuple(arms))
    if isinstance(step, Split):
        place = int(slot.removeprefix(SHARE))
        shares = (replace(each, next=target) if n == place else each for n, each in enumerate(step.shares))
        return replace(step, shares=tuple(shares))
    if isinstance(step, Task) and slot.startswith(ANSWER):
        ident = slot.removeprefix(ANSWER)
        answers = (replace(each, next=target) if each.id == ident else each for each in step.answers)
        return replace(step, answers=tuple(answers))
    changed: dict[str, Any] = {slot: target}
    return replace(step, **changed)


def all_edges(definition: Definition) -> Iterator[tuple[Edge, str]]:
    """Every way of a definition and where it leads, that of the beginning first."""
    yield BEGIN, definition.steps[0].id
    for step in definition.steps:
        yield from ((Edge(step.id, slot), goes) for slot, goes in slots(step).items())
    if definition.goal is not None:
        yield GOAL, definition.goal.next


def target_of(definition: Definition, edge: Edge) -> str | None:
    """Where an edge leads; None if there is no such edge."""
    return next((goes for each, goes in all_edges(definition) if each == edge), None)


def reached(definition: Definition) -> set[str]:
    """Ids of the steps to which a way leads from the beginning or the goal."""
    following = {step.id: list(slots(step).values()) for step in definition.steps}
    todo = [definition.steps[0].id, definition.goal.next if definition.goal else END]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in following and name not in seen:
            seen.add(name)
            todo.extend(following[name])
    return seen
