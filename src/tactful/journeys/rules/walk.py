"""Walking from step to step: either a step rests (an ``Advance``) or it names the next one."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tactful.journeys.rules.moves import (
    AddTag,
    Advance,
    CallWebhook,
    EnqueueSend,
    OpenTask,
    Phase,
    RemoveTag,
    StartOther,
    StopOther,
    UpdateContact,
)
from tactful.journeys.rules.plan import Node
from tactful.journeys.rules.run import Run
from tactful.journeys.types import (
    END,
    NOTHING,
    Answer,
    Approval,
    Branch,
    Exit,
    Send,
    Split,
    StartJourney,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Text,
    Update,
    Wait,
    WaitFor,
    Webhook,
)

APPROVED, REFUSED = "approved", "refused"
COMES_LAST = 20  # priority, of 100
_OVER = frozenset({END, NOTHING})
DEEPEST = 5  # journeys that begin one another
YES_OR_NO = (
    Answer(APPROVED, Text("Yes", "Ja"), NOTHING),
    Answer(REFUSED, Text("No", "Nei"), NOTHING),
)
MOST_HOPS = 100  # steps without a rest; check J003 forbids the circles that would reach it


def walk(run: Run, target: str, asking_exits: bool = True) -> Advance:
    """Go on from ``target`` until time must pass or nothing follows."""
    run.start = target
    leaving = run.plan.exit_question
    if leaving is not None and asking_exits and run.holds(leaving):
        return run.end("exit")
    for _ in range(MOST_HOPS):
        if target in _OVER:
            return run.end("goal" if run.context.get("goal") else "completed")
        node = run.plan.nodes[target]
        run.step, run.visit = target, run.visit + 1
        entered = _ENTER[type(node.step)](run, node)
        if isinstance(entered, Advance):
            return entered
        target, run.since = entered, run.at
    return run.end("circles")


def _send(run: Run, node: Node[Send]) -> Advance | str:
    step = node.step
    if node.question is not None and not run.holds(node.question):
        return run.skip("not_true", step.next)
    latest = None if node.latest is None else run.over_at(node.latest)
    run.effects.append(
        EnqueueSend(
            run.visit,
            step.touchpoint,
            step.template,
            run.at,
            latest,
            step.still_true,
            step.allow,
            step.variables,
            run.about(),
        )
    )
    return run.rest(Phase.SENDING)


def _wait(run: Run, node: Node[Wait]) -> Advance:
    """Rests even if it is over already, so that a day of downtime is walked in small steps."""
    due = _timed(run, node)
    if node.timing is not None and node.timing.moves:
        run.remember(anchor=node.step.id)
    return run.skip_to_end("no_date") if due is None else run.rest(Phase.WAITING, due)


def _wait_for(run: Run, node: Node[WaitFor]) -> Advance:
    due = _timed(run, node)
    return run.skip_to_end("no_date") if due is None else run.rest(Phase.WAITING_EVENT, due, node)


def _timed(run: Run, node: Node[Any]) -> datetime | None:
    return None if node.timing is None else run.over_at(node.timing)


def _branch(run: Run, node: Node[Branch]) -> str:
    for number, (question, goes) in enumerate(node.arms):
        if run.holds(question):
            return run.skip(f"arm:{number}", goes)
    return run.skip("otherwise", node.step.next)


def _task(run: Run, node: Node[Task]) -> Advance | str:
    step = node.step
    if node.question is not None and not run.holds(node.question):
        return run.skip("not_true", step.next)
    within, passes = _timed(run, node), _may_pass(run, step.otherwise)
    run.effects.append(
        OpenTask(run.visit, step.kind, step.owner, step.title, within, step.answers, run.about(), passes)
    )
    return run.rest(Phase.TASK, within if step.otherwise is not None else None)


def _may_pass(run: Run, goes: str | None) -> bool:
    """Two words of whoever wrote it: the journey comes last, and just ends if nobody does it in time."""
    if run.plan.definition.priority > COMES_LAST:
        return False
    return goes in _OVER or (goes is not None and isinstance(run.plan.nodes[goes].step, Exit))


def _approval(run: Run, node: Node[Approval]) -> Advance:
    step, within = node.step, _timed(run, node)
    run.effects.append(
        OpenTask(run.visit, TaskKind.APPROVE, step.owner, step.title, within, YES_OR_NO, run.about())
    )
    return run.rest(Phase.TASK, within if step.otherwise is not None else None)


def _webhook(run: Run, node: Node[Webhook]) -> Advance | str:
    step, body = node.step, _given(run, node)
    due = _timed(run, node)
    if node.timing is not None and due is None:
        return run.skip_to_end("no_date")
    run.effects.append(CallWebhook(run.visit, step.url, body, node.timing is not None, run.about()))
    return run.skip("called", step.next) if due is None else run.rest(Phase.CALLING, due)


def _start(run: Run, node: Node[StartJourney]) -> str:
    """What begins itself through others, without end, is found by check J013; this stops what is not."""
    depth = run.context.get("depth", 0) + 1
    if depth > DEEPEST:
        return run.skip("too_deep", node.step.next)
    key = run.plan.key_field
    data = ({key: run.state.entry_key} if key else {}) | _given(run, node)
    run.effects.append(StartOther(run.visit, node.step.journey, data, depth))
    return run.skip("done", node.step.next)


def _stop(run: Run, node: Node[StopJourney]) -> str:
    run.effects.append(StopOther(run.visit, node.step.journey, run.state.entry_key))
    return run.skip("done", node.step.next)


def _given(run: Run, node: Node[Any]) -> dict[str, Any]:
    if node.given is None:
        return {}
    run.need(node.given.names)
    return node.given.read(run.values())


def _update(run: Run, node: Node[Update]) -> str:
    """What is set here counts at once for the steps that follow in the same walk."""
    run.effects.append(UpdateContact(run.visit, node.step.set))
    changed = {f"contact.attribute.{name}": value for name, value in node.step.set.items()}
    run.facts = {**run.facts, **changed}
    return run.skip("done", node.step.next)


def _tag(run: Run, node: Node[Tag]) -> str:
    run.effects.extend(RemoveTag(run.visit, tag) for tag in node.step.remove)
    run.effects.extend(AddTag(run.visit, tag) for tag in node.step.add)
    return run.skip("done", node.step.next)


def _split(run: Run, node: Node[Split]) -> str:
    step, state = node.step, run.state
    who = f"{state.journey_id}\0{state.contact_id}\0{state.entry_key}\0{step.id}"
    digest = hashlib.blake2b(who.encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") % sum(share.weight for share in step.shares)
    for number, share in enumerate(step.shares):
        place -= share.weight
        if place < 0:
            return run.skip(f"share:{number}", share.next)
    raise AssertionError("the place lies within the weights")


def _exit(run: Run, _: Node[Exit]) -> str:
    return run.skip("exit", END)


_ENTER: dict[type, Callable[[Run, Node[Any]], Advance | str]] = {
    Send: _send,
    Wait: _wait,
    WaitFor: _wait_for,
    Branch: _branch,
    Task: _task,
    Approval: _approval,
    Update: _update,
    Tag: _tag,
    Split: _split,
    Webhook: _webhook,
    StartJourney: _start,
    StopJourney: _stop,
    Exit: _exit,
}
