"""What leads where in a definition, and what it asks: for plans, checks and sentences."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from tactful.journeys.rules.conditions import refs
from tactful.journeys.types import (
    Approval,
    Branch,
    Definition,
    Delay,
    Ref,
    Send,
    Split,
    StartJourney,
    Step,
    Task,
    Values,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)


def targets(step: Step) -> tuple[str, ...]:
    """Every step that may follow, END and NOTHING among them."""
    return tuple(dict.fromkeys(_targets(step)))


def rests(step: Step) -> bool:
    """Whether time may pass at this step."""
    return isinstance(step, Send | Wait | WaitFor | Task | Approval) or waits_for_answer(step)


def waits_for_answer(step: Step) -> bool:
    return isinstance(step, Webhook) and step.up_to is not None


def _targets(step: Step) -> Iterator[str]:
    if isinstance(step, Split):
        yield from (share.next for share in step.shares)
        return
    if isinstance(step, Branch):
        yield from (arm.next for arm in step.arms)
    if isinstance(step, Task):
        yield from (answer.next for answer in step.answers)
    if isinstance(step, Task | WaitFor | Approval) and step.otherwise is not None:
        yield step.otherwise
    if isinstance(step, Approval):
        yield step.if_refused
    if isinstance(step, Webhook) and step.if_failed is not None:
        yield step.if_failed
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
    for arm in step.arms if isinstance(step, Branch) else ():
        yield from refs(arm.condition)
    if isinstance(step, Webhook | StartJourney):
        yield from value_refs(step.body if isinstance(step, Webhook) else step.data)
    for delay in delays(step):
        if isinstance(delay.until, Ref):
            yield delay.until


def value_refs(values: Values) -> Iterator[Ref]:
    return (value for value in values.values() if isinstance(value, Ref))


def delays(step: Step) -> Iterator[Delay]:
    match step:
        case Wait(delay=delay) | WaitFor(up_to=delay):
            yield delay
        case Send(latest=Delay() as delay) | Task(within=Delay() as delay):
            yield delay
        case Approval(within=Delay() as delay) | Webhook(up_to=Delay() as delay):
            yield delay
        case _:
            return


def called_hosts(definition: Definition) -> frozenset[str]:
    """Other systems that its steps tell of clients, as ``shop.example`` or ``shop.example:8443``."""
    return frozenset(urlsplit(step.url).netloc for step in definition.steps if isinstance(step, Webhook))
