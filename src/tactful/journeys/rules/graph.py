"""What leads where in a definition, and what it asks: for plans, checks and sentences."""

from collections.abc import Iterator

from tactful.journeys.rules.conditions import refs
from tactful.journeys.types import (
    Branch,
    Definition,
    Delay,
    Ref,
    Send,
    Split,
    Step,
    Task,
    Wait,
    WaitFor,
    Watch,
)


def targets(step: Step) -> tuple[str, ...]:
    """Every step that may follow, END and NOTHING among them."""
    return tuple(dict.fromkeys(_targets(step)))


def rests(step: Step) -> bool:
    """Whether time may pass at this step."""
    return isinstance(step, Send | Wait | WaitFor | Task)


def _targets(step: Step) -> Iterator[str]:
    if isinstance(step, Split):
        yield from (share.next for share in step.shares)
        return
    if isinstance(step, Branch):
        yield from (arm.next for arm in step.arms)
    if isinstance(step, Task):
        yield from (answer.next for answer in step.answers)
    if isinstance(step, Task | WaitFor) and step.otherwise is not None:
        yield step.otherwise
    yield step.next
    if isinstance(step, Send) and step.if_not_sent is not None:
        yield step.if_not_sent


def _watches(definition: Definition) -> Iterator[Watch]:
    if definition.goal:
        yield definition.goal.watch
    yield from (rule.watch for rule in definition.exits if rule.watch)
    yield from (step.watch for step in definition.steps if isinstance(step, WaitFor))


def match_fields(definition: Definition) -> Iterator[str]:
    for watch in _watches(definition):
        yield from watch.match


def all_refs(definition: Definition) -> Iterator[Ref]:
    for watch in _watches(definition):
        yield from refs(watch.condition)
    for rule in definition.exits:
        yield from refs(rule.condition)
    for step in definition.steps:
        yield from _step_refs(step)


def _step_refs(step: Step) -> Iterator[Ref]:
    if isinstance(step, Send | Task):
        yield from refs(step.still_true)
    if isinstance(step, Send):
        yield from (variable.ref for variable in step.variables)
    if isinstance(step, Branch):
        for arm in step.arms:
            yield from refs(arm.condition)
    for delay in _delays(step):
        if isinstance(delay.until, Ref):
            yield delay.until


def _delays(step: Step) -> Iterator[Delay]:
    match step:
        case Wait(delay=delay) | WaitFor(up_to=delay):
            yield delay
        case Send(latest=Delay() as delay) | Task(within=Delay() as delay):
            yield delay
        case _:
            return
