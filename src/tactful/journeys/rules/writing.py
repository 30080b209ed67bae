"""From dataclasses to the document, in the one order that we write. What is left out has its default."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tactful.journeys.rules.reading import WEEKDAYS, Doc
from tactful.journeys.types import (
    ANY_DAY,
    END,
    FORMAT,
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Branch,
    Compare,
    Condition,
    DateEntry,
    Definition,
    Delay,
    Entry,
    EventEntry,
    Exit,
    ExitRule,
    Goal,
    Not,
    Op,
    Reentry,
    Ref,
    Send,
    Split,
    Step,
    Tag,
    Task,
    Text,
    Update,
    Variable,
    Wait,
    WaitFor,
    Watch,
)


def document_of(definition: Definition) -> Doc:
    steps = definition.steps
    below = [*(step.id for step in steps[1:]), ""]
    reentry = definition.reentry
    return _filled(
        format=FORMAT,
        slug=definition.slug,
        name=_text(definition.name),
        about=_maybe(_text, definition.about),
        entry=_entry(definition.entry),
        reentry=None if reentry == Reentry() else _reentry(reentry),
        goal=_maybe(_goal, definition.goal),
        exit_when=[_exit_rule(rule) for rule in definition.exits] or None,
        stop_on_reply=None if definition.stop_on_reply else False,
        priority=None if definition.priority == 50 else definition.priority,
        names={name: _text(words) for name, words in definition.names.items()} or None,
        steps=[_step(step, after) for step, after in zip(steps, below, strict=True)],
    )


def condition_document(condition: Condition) -> Doc:
    """A condition as it stands in the document: what is kept with a message, and read again."""
    return _CONDITIONS[type(condition)](condition)


def ref_document(ref: Ref) -> Doc:
    return {ref.source.value: ref.name}


def _filled(**parts: Any) -> Doc:
    return {name: value for name, value in parts.items() if value is not None}


def _maybe(write: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else write(value)


def _text(text: Text) -> Doc:
    return {"en": text.en, "nb": text.nb}


def _compare(node: Compare) -> Doc:
    if node.op is Op.HOLDS:
        return ref_document(node.ref)
    value = list(node.value) if isinstance(node.value, tuple) else node.value
    return {**ref_document(node.ref), node.op.value: value}


_CONDITIONS: dict[type, Callable[[Any], Doc]] = {
    AllOf: lambda node: {"all": [condition_document(part) for part in node.of]},
    AnyOf: lambda node: {"any": [condition_document(part) for part in node.of]},
    Not: lambda node: {"not": condition_document(node.of)},
    Compare: _compare,
}


def _elapsed(elapsed: timedelta) -> Doc | None:
    hours, minutes = divmod(int(elapsed.total_seconds()) // 60, 60)
    return _filled(hours=hours or None, minutes=minutes or None) or None


def _delay(delay: Delay) -> Doc:
    until = delay.until
    no_length = not (delay.days or delay.working_days or delay.until or delay.at or delay.on != ANY_DAY)
    return _filled(
        days=delay.days or None,
        **(_elapsed(delay.elapsed) or ({"hours": 0} if no_length else {})),
        working_days=delay.working_days or None,
        until=until.isoformat() if isinstance(until, date) else _maybe(ref_document, until),
        earlier=_elapsed(delay.earlier),
        at=None if delay.at is None else delay.at.strftime("%H:%M"),
        weekdays=_weekdays(delay),
    )


def _weekdays(delay: Delay) -> str | list[str] | None:
    if delay.on == ANY_DAY:
        return None
    return "working" if delay.on == WORKING_DAYS else [WEEKDAYS[day] for day in sorted(delay.on.weekdays)]


def _entry(entry: Entry) -> Doc:
    key = entry.key or None
    if isinstance(entry, EventEntry):
        condition = _maybe(condition_document, entry.condition)
        return _filled(event=entry.event, **_filled(**{"if": condition}), key=key)
    if isinstance(entry, DateEntry):
        return _filled(date=entry.of, earlier=_elapsed(entry.earlier), key=key)
    return _filled(manual=True, key=key)


def _reentry(reentry: Reentry) -> Doc:
    return _filled(mode=reentry.mode.value, cooldown_days=reentry.cooldown.days or None)


def _watch(watch: Watch) -> Doc:
    condition = _maybe(condition_document, watch.condition)
    return _filled(event=watch.event, match=list(watch.match) or None, **_filled(**{"if": condition}))


def _goal(goal: Goal) -> Doc:
    return {**_watch(goal.watch), **_filled(next=None if goal.next == END else goal.next)}


def _exit_rule(rule: ExitRule) -> Doc:
    if rule.watch is not None:
        return _watch(rule.watch)
    return _filled(**{"if": _maybe(condition_document, rule.condition)})


def _step(step: Step, below: str) -> Doc:
    kind, write = _STEPS[type(step)]
    return {"id": step.id, "kind": kind, **write(step, below)}


def _unless(name: str, below: str) -> str | None:
    return None if name == below else name


def _send(step: Send, below: str) -> Doc:
    return _filled(
        touchpoint=step.touchpoint,
        template=step.template,
        variables={each.name: _variable(each) for each in step.variables} or None,
        still_true=_maybe(condition_document, step.still_true),
        latest=_maybe(_delay, step.latest),
        allow=sorted(check.value for check in step.allow) or None,
        if_not_sent=step.if_not_sent,
        next=_unless(step.next, below),
    )


def _variable(variable: Variable) -> Doc:
    return {**ref_document(variable.ref), **_filled(default=_maybe(_text, variable.default))}


def _wait(step: Wait, below: str) -> Doc:
    return _filled(delay=_delay(step.delay), next=_unless(step.next, below))


def _wait_for(step: WaitFor, below: str) -> Doc:
    goes = _filled(next=_unless(step.next, below), otherwise=_unless(step.otherwise, below))
    return {**_watch(step.watch), "up_to": _delay(step.up_to), **goes}


def _branch(step: Branch, below: str) -> Doc:
    arms = [{"if": condition_document(arm.condition), "next": arm.next} for arm in step.arms]
    return _filled(arms=arms, otherwise=_unless(step.next, below))


def _task(step: Task, below: str) -> Doc:
    answers = [{"id": each.id, "name": _text(each.name), "next": each.next} for each in step.answers]
    return _filled(
        task=step.kind.value,
        title=_text(step.title),
        owner=step.owner or None,
        still_true=_maybe(condition_document, step.still_true),
        answers=answers or None,
        within=_maybe(_delay, step.within),
        otherwise=step.otherwise,
        next=_unless(step.next, below),
    )


def _update(step: Update, below: str) -> Doc:
    return _filled(set=dict(step.set), next=_unless(step.next, below))


def _tag(step: Tag, below: str) -> Doc:
    goes = _unless(step.next, below)
    return _filled(add=list(step.add) or None, remove=list(step.remove) or None, next=goes)


def _split(step: Split, _: str) -> Doc:
    return {"shares": [{"weight": share.weight, "next": share.next} for share in step.shares]}


def _exit(step: Exit, _: str) -> Doc:
    return _filled(reason=_maybe(_text, step.reason))


_STEPS: dict[type, tuple[str, Callable[[Any, str], Doc]]] = {
    Send: ("send", _send),
    Wait: ("wait", _wait),
    WaitFor: ("wait_for", _wait_for),
    Branch: ("branch", _branch),
    Task: ("task", _task),
    Update: ("update", _update),
    Tag: ("tag", _tag),
    Split: ("split", _split),
    Exit: ("exit", _exit),
}
