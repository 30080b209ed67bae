"""``step``: one enrolment, one stimulus, and what follows from it. Pure.

The live driver, the simulator, the replay of the past and the tests all run this function. A stimulus
that does not fit the state any more (a duplicate, an outcome of an earlier visit, an event from before
the wait) gives the very same state back, so nothing is undone and nothing happens twice (R21).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tactful.journeys.rules.conditions import fact_key, same
from tactful.journeys.rules.handling import moved_to, pick, transferred
from tactful.journeys.rules.moves import (
    Advance,
    Ask,
    CallAnswered,
    Due,
    Entered,
    Event,
    Facts,
    MoveTo,
    Outcome,
    Phase,
    Released,
    SendOutcome,
    State,
    Stimulus,
    Stop,
    TaskAnswered,
    Transfer,
)
from tactful.journeys.rules.plan import Lookout, Plan
from tactful.journeys.rules.postpone import begin_on_time, called_back, told_of_date
from tactful.journeys.rules.run import Missing, Run, Unread
from tactful.journeys.rules.walk import REFUSED, walk
from tactful.journeys.types import CLIENT_REPLIED, END, Approval, Send, Step, Task, Wait, WaitFor, Webhook

_NOT_SENT = frozenset({Outcome.REFUSED, Outcome.EXPIRED, Outcome.DEAD})
_SEEN_KEPT = 16


def step(plan: Plan, state: State, stimulus: Stimulus, facts: Facts, now: datetime) -> Advance | Ask:
    """Move ``state`` as far as ``stimulus`` takes it, until it rests or ends.

    ``facts``: what is known by key; ``Ask`` names what is missing: load it, add it, call again (at most
    8 rounds). ``now``: the business clock, aware UTC. Raises nothing for data; ``KeyError`` for a state
    whose step this version does not have.
    """
    if state.phase is Phase.ENDED:
        return Advance(state)
    try:
        return _HANDLERS[type(stimulus)](plan, state, stimulus, facts, now)
    except Missing as need:
        return Ask(need.keys)
    except Unread as fact:
        return Advance(state, unread=fact.keys)


def begin(plan: Plan, state: State, entered: Entered) -> State:
    """A ready row that is due at once: for drivers that insert many and let the next claim walk them.
    Keeps only the fields of ``data`` that the definition asks."""
    at, data = entered.at, entered.data
    context: dict[str, Any] = {"entered": at.isoformat(), "entry": pick(plan.entry_fields, data)}
    if entered.event_id is not None:
        context["seen"] = [entered.event_id]
    if plan.event_fields:
        context["event"] = pick(plan.event_fields, data)
    if entered.depth:
        context["depth"] = entered.depth
    return State(
        state.journey_id, state.contact_id, state.entry_key, due_at=at, wait_since=at, context=context
    )


def wanted(plan: Plan, state: State) -> tuple[str, ...]:
    """Keys that moving on from here may ask: load them with the batch and most calls need no ``Ask``."""
    if state.phase is Phase.ENDED:
        return ()
    names = plan.behind.get(state.step, ()) if state.step else (*plan.starting, *plan.ahead[plan.first])
    suffix = suffix_of(plan, state)
    return tuple(fact_key(name, suffix) for name in names)


def suffix_of(plan: Plan, state: State) -> str:
    return f":{plan.key_field}={state.entry_key}" if plan.key_field else ""


def _entered(plan: Plan, state: State, stimulus: Entered, facts: Facts, now: datetime) -> Advance:
    if state.visit:
        return Advance(state)
    ready = begin(plan, state, stimulus)
    return walk(Run(plan, ready, facts, now, stimulus.at), plan.first)


def _due(plan: Plan, state: State, _: Due, facts: Facts, now: datetime) -> Advance:
    if state.due_at is None or state.due_at > now:
        return Advance(state)
    run = Run(plan, state, facts, now, state.due_at)
    if state.phase is not Phase.READY:
        return _time_is_up(run, plan.nodes[state.step].step)
    return begin_on_time(run) if plan.starting else walk(run, plan.first)


def _time_is_up(run: Run, here: Step) -> Advance:
    if isinstance(here, Wait):
        return walk(run.leave("due"), here.next)
    if isinstance(here, WaitFor):
        return walk(run.leave("timeout"), here.otherwise)
    if isinstance(here, Webhook):
        return walk(run.leave("timeout"), _failing(here))
    if isinstance(here, Task | Approval) and here.otherwise is not None:
        return walk(run.interrupt("timeout").leave("timeout"), here.otherwise)
    return Advance(run.state)


def _outcome(plan: Plan, state: State, stimulus: SendOutcome, facts: Facts, now: datetime) -> Advance:
    here = _sending(plan, state, stimulus.visit)
    if here is None:
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at)
    if run.context.get("moved") == state.visit:
        again = called_back(run, here, stimulus.outcome)
        if again is not None:
            return again
    run.leave(stimulus.outcome.value)
    failed = stimulus.outcome in _NOT_SENT and stimulus.check != "still_true"
    goes = here.if_not_sent if failed else None
    return walk(run, here.next if goes is None else goes)


def _released(plan: Plan, state: State, stimulus: Released, facts: Facts, now: datetime) -> Advance:
    """The old message goes, the step is walked again; its latest moment counts from the first time."""
    here = _sending(plan, state, stimulus.visit)
    if here is None:
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at).interrupt("recompute").leave("recompute")
    run.since = state.wait_since or run.at
    return walk(run, here.id)


def _sending(plan: Plan, state: State, visit: int) -> Send | None:
    if state.phase is not Phase.SENDING or state.visit != visit:
        return None
    here = plan.nodes[state.step].step
    return here if isinstance(here, Send) else None


def _answered(plan: Plan, state: State, stimulus: TaskAnswered, facts: Facts, now: datetime) -> Advance:
    if state.phase is not Phase.TASK or state.visit != stimulus.visit:
        return Advance(state)
    here = plan.nodes[state.step].step
    if isinstance(here, Approval):
        goes = here.if_refused if stimulus.answer == REFUSED else here.next
    elif isinstance(here, Task):
        goes = next((answer.next for answer in here.answers if answer.id == stimulus.answer), here.next)
    else:
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at)
    run.remember(answers={**run.context.get("answers", {}), here.id: stimulus.answer})
    return walk(run.leave(f"answer:{stimulus.answer}"), goes)


def _called(plan: Plan, state: State, stimulus: CallAnswered, facts: Facts, now: datetime) -> Advance:
    if state.phase is not Phase.CALLING or state.visit != stimulus.visit:
        return Advance(state)
    here = plan.nodes[state.step].step
    if not isinstance(here, Webhook):
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at)
    if plan.event_fields:
        run.remember(event=pick(plan.event_fields, stimulus.data))
    if stimulus.ok:
        return walk(run.leave("answered"), here.next)
    return walk(run.leave("failed"), _failing(here))


def _failing(here: Webhook) -> str:
    return here.next if here.if_failed is None else here.if_failed


def _stop(plan: Plan, state: State, stimulus: Stop, facts: Facts, now: datetime) -> Advance:
    return Run(plan, state, facts, now, stimulus.at).quit(stimulus.reason)


def _event(plan: Plan, state: State, stimulus: Event, facts: Facts, now: datetime) -> Advance:
    answer = _heard(plan, state, stimulus, facts, now)
    if answer.state is state and stimulus.name in plan.date_events:
        return told_of_date(plan, state, stimulus, facts, now)
    return answer


def _heard(plan: Plan, state: State, stimulus: Event, facts: Facts, now: datetime) -> Advance:
    if stimulus.name not in plan.listens or _is_old(state, stimulus):
        return Advance(state)
    run = Run(plan, state, facts, now, stimulus.at)
    if stimulus.name == CLIENT_REPLIED and plan.definition.stop_on_reply:
        return run.quit("reply")
    if any(_fits(run, look, stimulus) for look in plan.exit_events):
        return run.quit("exit")
    if plan.goal and not run.context.get("goal") and _fits(run, plan.goal, stimulus):
        return _goal(plan, run, stimulus)
    return _awaited(plan, run, stimulus)


def _goal(plan: Plan, run: Run, event: Event) -> Advance:
    _use(plan, run, event)
    run.remember(goal=True)
    run.record("journey.goal_reached")
    goal = plan.definition.goal
    return walk(run.interrupt("goal").leave("goal"), goal.next if goal else END, asking_exits=False)


def _awaited(plan: Plan, run: Run, event: Event) -> Advance:
    state = run.state
    if state.phase is not Phase.WAITING_EVENT or event.name != state.wait_event:
        return Advance(state)
    here = plan.nodes[state.step]
    too_early = state.wait_since is not None and event.at < state.wait_since
    if too_early or here.lookout is None or not _fits(run, here.lookout, event):
        return Advance(state)
    _use(plan, run, event)
    return walk(run.leave("event"), here.step.next)


def _is_old(state: State, event: Event) -> bool:
    """Used already, or from before this client began here."""
    context = state.context
    if not context or event.id in context.get("seen", ()):
        return True
    return event.at < datetime.fromisoformat(context["entered"])


def _fits(run: Run, look: Lookout, event: Event) -> bool:
    if look.event != event.name:
        return False
    entry = run.context["entry"]
    for name in look.match:
        expected = entry.get(name)
        if expected is None or not same(event.data.get(name), expected):
            return False
    return look.question is None or run.holds(look.question, event.data)


def _use(plan: Plan, run: Run, event: Event) -> None:
    """Remember that this event has moved us, and what of it the definition asks."""
    seen = [*run.context.get("seen", ()), event.id][-_SEEN_KEPT:]
    run.remember(seen=seen)
    if plan.event_fields:
        run.remember(event=pick(plan.event_fields, event.data))


_HANDLERS: dict[type, Callable[[Plan, State, Any, Facts, datetime], Advance]] = {
    Entered: _entered,
    Due: _due,
    Event: _event,
    SendOutcome: _outcome,
    TaskAnswered: _answered,
    CallAnswered: _called,
    Released: _released,
    Stop: _stop,
    MoveTo: moved_to,
    Transfer: transferred,
}
