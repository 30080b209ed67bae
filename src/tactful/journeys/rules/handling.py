"""What a person does to those who walk a journey: on to another step, or over to another version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tactful.journeys.rules.moves import Advance, Facts, MoveTo, Phase, State, Transfer
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.run import Run
from tactful.journeys.rules.walk import walk
from tactful.journeys.types import Send, Step, Task, Wait, WaitFor

_UNDER_WAY: Mapping[Phase, type[Send] | type[Task]] = {Phase.SENDING: Send, Phase.TASK: Task}
_WAITS = {Phase.WAITING, Phase.WAITING_EVENT}


def after_skipping(step: Step) -> str:
    """Where a client goes whose step is skipped: what time alone would have brought."""
    return step.otherwise if isinstance(step, WaitFor) else step.next


def moved_to(plan: Plan, state: State, stimulus: MoveTo, facts: Facts, now: datetime) -> Advance:
    """What was under way at the old step is called back. A person's order asks no exit condition."""
    if state.visit != stimulus.visit:
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at).interrupt(stimulus.result).leave(stimulus.result)
    return walk(run, stimulus.step, asking_exits=False)


def transferred(plan: Plan, state: State, stimulus: Transfer, facts: Facts, now: datetime) -> Advance:
    """A message or task under way stays what it is if the new step is one too; a wait counts on from when
    it began. Everything else is called back, and the new step begins now."""
    context = {**state.context, "entry": pick(plan.entry_fields, stimulus.data)}
    if state.phase is Phase.READY:
        return Advance(replace(state, context=context))
    step = plan.nodes[stimulus.step].step
    under_way = _UNDER_WAY.get(state.phase)
    if under_way is not None and isinstance(step, under_way):
        timed = isinstance(step, Task) and step.otherwise is not None
        due_at = state.due_at if timed else None
        return Advance(replace(state, step=step.id, due_at=due_at, context=context))
    run = Run(plan, state, facts, now, stimulus.at).interrupt("moved").leave("moved")
    run.context = context
    if state.phase in _WAITS and isinstance(step, Wait | WaitFor) and state.wait_since is not None:
        run.since = state.wait_since
    return walk(run, step.id, asking_exits=False)


def pick(names: tuple[str, ...], data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an event that a definition asks."""
    return {name: data[name] for name in names if name in data}
