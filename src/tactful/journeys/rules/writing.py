"""From dataclasses to the document, in the one order that we write. What is left out has its default."""

from collections.abc import Callable
from typing import Any

from tactful.journeys.rules.reading_parts import Doc
from tactful.journeys.rules.writing_entries import entry_document
from tactful.journeys.rules.writing_parts import (
    condition_document,
    delay_document,
    filled,
    maybe,
    ref_document,
    text_document,
    values_document,
    watch_document,
)
from tactful.journeys.types import (
    END,
    FORMAT,
    Approval,
    Branch,
    Definition,
    Exit,
    ExitRule,
    Goal,
    Reentry,
    Send,
    Share,
    Split,
    StartJourney,
    Step,
    StopJourney,
    Tag,
    Task,
    Update,
    Variable,
    Wait,
    WaitFor,
    Webhook,
)

__all__ = ["condition_document", "document_of"]


def document_of(definition: Definition) -> Doc:
    steps = definition.steps
    below = [*(step.id for step in steps[1:]), ""]
    reentry = definition.reentry
    return filled(
        format=FORMAT,
        slug=definition.slug,
        name=text_document(definition.name),
        about=maybe(text_document, definition.about),
        entry=entry_document(definition.entry),
        reentry=None if reentry == Reentry() else _reentry(reentry),
        goal=maybe(_goal, definition.goal),
        exit_when=[_exit_rule(rule) for rule in definition.exits] or None,
        stop_on_reply=None if definition.stop_on_reply else False,
        priority=None if definition.priority == 50 else definition.priority,
        names={name: text_document(words) for name, words in definition.names.items()} or None,
        steps=[_step(step, after) for step, after in zip(steps, below, strict=True)],
    )


def _reentry(reentry: Reentry) -> Doc:
    return filled(mode=reentry.mode.value, cooldown_days=reentry.cooldown.days or None)


def _goal(goal: Goal) -> Doc:
    return {**watch_document(goal.watch), **filled(next=None if goal.next == END else goal.next)}


def _exit_rule(rule: ExitRule) -> Doc:
    if rule.watch is not None:
        return watch_document(rule.watch)
    return filled(**{"if": maybe(condition_document, rule.condition)})


def _step(step: Step, below: str) -> Doc:
    kind, write = _STEPS[type(step)]
    return {"id": step.id, "kind": kind, **write(step, below)}


def _unless(name: str, below: str) -> str | None:
    return None if name == below else name


def _send(step: Send, below: str) -> Doc:
    return filled(
        touchpoint=step.touchpoint,
        template=step.template,
        variables={each.name: _variable(each) for each in step.variables} or None,
        still_true=maybe(condition_document, step.still_true),
        latest=maybe(delay_document, step.latest),
        allow=sorted(check.value for check in step.allow) or None,
        if_not_sent=step.if_not_sent,
        next=_unless(step.next, below),
    )


def _variable(variable: Variable) -> Doc:
    return {**ref_document(variable.ref), **filled(default=maybe(text_document, variable.default))}


def _wait(step: Wait, below: str) -> Doc:
    return filled(delay=delay_document(step.delay), next=_unless(step.next, below))


def _wait_for(step: WaitFor, below: str) -> Doc:
    goes = filled(next=_unless(step.next, below), otherwise=_unless(step.otherwise, below))
    return {**watch_document(step.watch), "up_to": delay_document(step.up_to), **goes}


def _branch(step: Branch, below: str) -> Doc:
    arms = [{"if": condition_document(arm.condition), "next": arm.next} for arm in step.arms]
    return filled(arms=arms, otherwise=_unless(step.next, below))


def _task(step: Task, below: str) -> Doc:
    answers = [{"id": each.id, "name": text_document(each.name), "next": each.next} for each in step.answers]
    return filled(
        task=step.kind.value,
        title=text_document(step.title),
        owner=step.owner or None,
        still_true=maybe(condition_document, step.still_true),
        answers=answers or None,
        within=maybe(delay_document, step.within),
        otherwise=step.otherwise,
        next=_unless(step.next, below),
    )


def _update(step: Update, below: str) -> Doc:
    return filled(set=dict(step.set), next=_unless(step.next, below))


def _tag(step: Tag, below: str) -> Doc:
    goes = _unless(step.next, below)
    return filled(add=list(step.add) or None, remove=list(step.remove) or None, next=goes)


def _split(step: Split, _: str) -> Doc:
    return {"shares": [_share(share) for share in step.shares]}


def _share(share: Share) -> Doc:
    name = maybe(text_document, share.name)
    return filled(weight=share.weight, name=name, hold_out=share.hold_out or None, next=share.next)


def _approval(step: Approval, below: str) -> Doc:
    return filled(
        title=text_document(step.title),
        owner=step.owner or None,
        if_refused=_unless(step.if_refused, END),
        within=maybe(delay_document, step.within),
        otherwise=step.otherwise,
        next=_unless(step.next, below),
    )


def _webhook(step: Webhook, below: str) -> Doc:
    return filled(
        url=step.url,
        body=values_document(step.body) or None,
        up_to=maybe(delay_document, step.up_to),
        if_failed=step.if_failed,
        next=_unless(step.next, below),
    )


def _start(step: StartJourney, below: str) -> Doc:
    given = values_document(step.data) or None
    return filled(journey=step.journey, **{"with": given}, next=_unless(step.next, below))


def _stop(step: StopJourney, below: str) -> Doc:
    return filled(journey=step.journey, next=_unless(step.next, below))


def _exit(step: Exit, _: str) -> Doc:
    return filled(reason=maybe(text_document, step.reason))


_STEPS: dict[type, tuple[str, Callable[[Any, str], Doc]]] = {
    Send: ("send", _send),
    Wait: ("wait", _wait),
    WaitFor: ("wait_for", _wait_for),
    Branch: ("branch", _branch),
    Task: ("task", _task),
    Approval: ("approval", _approval),
    Update: ("update", _update),
    Tag: ("tag", _tag),
    Split: ("split", _split),
    Webhook: ("webhook", _webhook),
    StartJourney: ("start_journey", _start),
    StopJourney: ("stop_journey", _stop),
    Exit: ("exit", _exit),
}
