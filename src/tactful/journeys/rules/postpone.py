"""What a date that becomes known, moves or dies does to one enrolment (R28).

The facts say where the date is now; the event only says that it is time to look. So an event told twice,
late or out of order changes nothing that is already right.
"""

from dataclasses import replace
from datetime import datetime

from tactful.journeys.rules.conditions import fact_key
from tactful.journeys.rules.dates import CANCELLED, GRACE, Start, of_client, start_of, starting_facts
from tactful.journeys.rules.moves import Advance, CancelMessages, Event, Facts, Outcome, Phase, State
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.run import Run
from tactful.journeys.rules.walk import walk
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, DateEntry, RecurringEntry, Send

_MOVED = "moved"


def begin_on_time(run: Run) -> Advance:
    """The moment of a beginning has come: is it still the moment, and does the filter hold?"""
    start = _starting(run)
    if start is None:
        return run.end("no_date")
    if start.at > run.now:
        return run.stand_by(start.at)
    if start.until <= run.now:
        return run.end("date_passed")
    asked = run.plan.entry_question
    if asked is not None and not run.holds(asked):
        return run.end("not_true")
    return walk(run, run.plan.first)


def told_of_date(plan: Plan, state: State, event: Event, facts: Facts, now: datetime) -> Advance:
    """An event of ``plan.date_events`` for this enrolment."""
    tells = plan.date_events[event.name]
    if tells.kind and str(event.data.get(tells.kind)) != state.entry_key:
        return Advance(state)
    run = Run(plan, state, facts, now, event.at)
    relied = run.context.get("dates", {})
    names = tuple(name for name in plan.moving if name.startswith(f"{tells.kind}.") or of_client(name))
    run.need(names)
    known = {name: facts[fact_key(name, run.suffix)] for name in names}
    if tells.verb == CANCELLED and all(value is None for value in known.values()):
        return run.quit("cancelled")
    moved = {name: value for name, value in known.items() if name in relied and relied[name] != _text(value)}
    if not moved:
        return Advance(state)
    for name, value in moved.items():
        run.rely_on(name, value)
    return _moved(run)


def called_back(run: Run, here: Send, outcome: Outcome) -> Advance | None:
    """The message that was called back because its date has moved has come to its end, one way or the
    other. None: it had gone, and nothing is to be said again."""
    run.context = {name: value for name, value in run.context.items() if name != _MOVED}
    start = _starting(run) if isinstance(run.plan.definition.entry, DateEntry) else None
    result = _MOVED if outcome is Outcome.CANCELLED else outcome.value
    if start is not None and start.at > run.now:
        return run.leave(result).stand_by(start.at)
    anchor = run.context.get("anchor", "")
    timing = run.plan.nodes[anchor].timing if anchor in run.plan.nodes else None
    due = None if timing is None else run.over_at(timing, run.at)
    if due is not None and due > run.at:
        return walk(run.leave(result), anchor)
    if outcome is not Outcome.CANCELLED:
        return None
    run.leave(result).since = run.state.wait_since or run.at
    return walk(run, here.id)


def _moved(run: Run) -> Advance:
    """So far off that it would not have begun yet: it waits to begin again. Otherwise it stays where it
    is, and what it waits for is counted anew."""
    start = _starting(run) if isinstance(run.plan.definition.entry, DateEntry) else None
    phase = run.state.phase
    if phase is Phase.READY:
        if _by_calendar(run.plan):
            # As for one that is made now: how early a row stands ready shows in nothing.
            if not run.visit and (start is None or start.until <= run.now or start.at < run.now - GRACE):
                return run.vanish()
            run.at = run.now
        return run.end("no_date") if start is None else run.stand_by(start.at)
    far = start is not None and start.at > run.now
    if phase is Phase.SENDING:
        return _call_back(run, far)
    if far and start is not None:
        return run.interrupt(_MOVED).leave(_MOVED).stand_by(start.at)
    return _counted_anew(run)


def _call_back(run: Run, far: bool) -> Advance:
    """Only what became of the message tells whether it is said again, so that nothing is said twice."""
    latest = run.plan.nodes[run.step].latest
    depends = far or "anchor" in run.context or (latest is not None and latest.moves)
    if depends and run.context.get(_MOVED) != run.visit:
        run.effects.append(CancelMessages((run.visit,), _MOVED))
        run.remember(moved=run.visit)
    return _still(run)


def _counted_anew(run: Run) -> Advance:
    state, timing = run.state, run.plan.nodes[run.step].timing
    if timing is None or not timing.moves or state.due_at is None:
        return _still(run)
    due = run.over_at(timing, state.wait_since)
    if due is None:
        return run.quit("no_date")
    return replace(_still(run), state=replace(state, context=run.context, due_at=due))


def _still(run: Run) -> Advance:
    return Advance(replace(run.state, context=run.context), tuple(run.effects))


def _by_calendar(plan: Plan) -> bool:
    entry = plan.definition.entry
    return isinstance(entry, DateEntry) and of_client(entry.of)


def _starting(run: Run) -> Start | None:
    entry = run.plan.definition.entry
    assert isinstance(entry, DateEntry | RecurringEntry)
    run.need(starting_facts(entry))
    value = None
    if isinstance(entry, DateEntry):
        value = run.facts[fact_key(entry.of, run.suffix)]
        run.rely_on(entry.of, value)
    calendar, quiet = run.facts[CALENDAR_FACT], run.facts.get(QUIET_FACT)
    return start_of(entry, run.state.entry_key, value, calendar, quiet, run.plan.margin)


def scheduled(run_state: State, entry: DateEntry | RecurringEntry, value: object, start: Start) -> State:
    """A row that begins at ``start``, made out of one that would begin at once."""
    known = run_state.wait_since or start.at
    context = {**run_state.context, "entered": max(start.at, known).isoformat()}
    if isinstance(entry, DateEntry):
        context["dates"] = {entry.of: _text(value)}
    return replace(run_state, due_at=start.at, wait_since=known, context=context)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
