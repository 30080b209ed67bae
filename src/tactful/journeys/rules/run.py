"""One call of ``step`` in progress: the only thing in these rules that changes, and it never leaves them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.conditions import Values, fact_key
from tactful.journeys.rules.delays import over_at
from tactful.journeys.rules.moves import (
    NEVER_BEGUN,
    Advance,
    CancelMessages,
    CloseTask,
    Effect,
    Facts,
    Phase,
    RecordEvent,
    State,
    Visited,
)
from tactful.journeys.rules.plan import Node, Plan, Question, Timing
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, Ref


class Missing(Exception):
    """Facts that were not given."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys


class Unread(Exception):
    """Facts that were given as "could not be read"."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys


class Run:
    """``at``: the moment that this movement counts from; never before the last one, never after ``now``.
    ``since``: the same for the step being entered (a message thought over keeps its first)."""

    __slots__ = (
        "at", "context", "effects", "facts", "now", "plan", "since", "start", "state", "step", "suffix",
        "visit", "visits",
    )  # fmt: skip

    def __init__(self, plan: Plan, state: State, facts: Facts, now: datetime, at: datetime | None) -> None:
        moment = now if at is None or at > now else at
        last = state.wait_since
        self.plan, self.state, self.facts, self.now = plan, state, facts, now
        self.at = self.since = moment if last is None or moment > last else last
        self.context = state.context
        self.suffix = f":{plan.key_field}={state.entry_key}" if plan.key_field else ""
        self.step, self.visit, self.start = state.step, state.visit, ""
        self.effects: list[Effect] = []
        self.visits: list[Visited] = []

    # Knowing

    def need(self, names: tuple[str, ...]) -> None:
        """Raises ``Missing`` for facts not given, along with all that this walk may yet want."""
        facts, suffix = self.facts, self.suffix
        for name in names:
            key = fact_key(name, suffix)
            try:
                known = facts[key]
            except KeyError:
                likely = (*names, *self.plan.ahead.get(self.start, ()))
                keys = dict.fromkeys(fact_key(each, suffix) for each in likely)
                raise Missing(tuple(key for key in keys if key not in facts)) from None
            if known is UNKNOWN:
                raise Unread((key,))

    def holds(self, question: Question, event: Mapping[str, Any] | None = None) -> bool:
        self.need(question.names)
        return question.evaluate(self.values(event))

    def values(self, event: Mapping[str, Any] | None = None) -> Values:
        seen = self.context.get("event", {}) if event is None else event
        return Values(self.facts, self.suffix, self.context, seen)

    def over_at(self, timing: Timing, since: datetime | None = None) -> datetime | None:
        """``since``: counted from there, and not from the beginning of the step."""
        since = since or self.since
        if timing.names:
            self.need(timing.names)
        until = None if timing.read is None else timing.read(self.values())
        if timing.moves and isinstance(timing.delay.until, Ref):
            self.rely_on(timing.delay.until.name, until)
        due = over_at(timing.delay, since, self.facts.get(CALENDAR_FACT), until)
        quiet = self.facts.get(QUIET_FACT) if timing.pulls else None
        if due is None or quiet is None:
            return due
        pulled: datetime = quiet.pull_forward(due, due + timing.delay.earlier - timing.margin)
        return max(since, pulled)

    def rely_on(self, name: str, value: Any) -> None:
        """Remember the date from which something counts: only another one moves it."""
        self.remember(dates={**self.context.get("dates", {}), name: None if value is None else str(value)})

    def remember(self, **what: Any) -> None:
        self.context = {**self.context, **what}

    # Moving

    def leave(self, result: str) -> Self:
        """The present step is done with, and this is what led out of it."""
        if self.step:
            since = self.state.wait_since if self.visit == self.state.visit else self.since
            self.visits.append(Visited(self.visit, self.step, since or self.at, result))
        return self

    def interrupt(self, reason: str) -> Self:
        """What is under way outside is called back, as far as that is possible."""
        if self.state.phase is Phase.SENDING:
            self.effects.append(CancelMessages((self.visit,), reason))
        elif self.state.phase is Phase.TASK:
            self.effects.append(CloseTask(self.visit, reason))
        return self

    def skip(self, result: str, goes: str) -> str:
        self.leave(result)
        return goes

    def skip_to_end(self, reason: str) -> Advance:
        return self.leave(reason).end(reason)

    def rest(self, phase: Phase, due_at: datetime | None = None, node: Node[Any] | None = None) -> Advance:
        state, look = self.state, node.lookout if node else None
        match = None
        if look is not None:
            entry = self.context["entry"]
            match = {name: entry.get(name) for name in look.match}
        rested = State(
            state.journey_id, state.contact_id, state.entry_key, self.step, self.visit, phase, due_at,
            self.since, look.event if look else None, match, self.context,
        )  # fmt: skip
        return Advance(rested, tuple(self.effects), tuple(self.visits))

    def stand_by(self, start: datetime) -> Advance:
        """Before the first step, until ``start``; what happened before that is not heard."""
        state = self.state
        context = {name: value for name, value in self.context.items() if name not in ("anchor", "moved")}
        waiting = State(
            state.journey_id, state.contact_id, state.entry_key, "", self.visit, Phase.READY, start, self.at,
            None, None, context | {"entered": max(start, self.at).isoformat()},
        )  # fmt: skip
        return Advance(waiting, tuple(self.effects), tuple(self.visits))

    def quit(self, reason: str) -> Advance:
        return self.interrupt(reason).leave(reason).end(reason)

    def end(self, reason: str) -> Advance:
        state = self.state
        self.record("journey.ended", reason=reason)
        ended = State(
            state.journey_id, state.contact_id, state.entry_key, self.step, self.visit, Phase.ENDED, None,
            self.at, None, None, self.context, reason,
        )  # fmt: skip
        return Advance(ended, tuple(self.effects), tuple(self.visits))

    def vanish(self) -> Advance:
        """It stood ready and does not begin: as if it had never been, so nobody is told of an end."""
        return Advance(self.end(NEVER_BEGUN).state)

    def record(self, name: str, **data: str) -> None:
        key = self.state.entry_key
        known = {"journey": self.plan.definition.slug, "entry_key": key, "step": self.step, **data}
        self.effects.append(RecordEvent(name, self.at, known))

    def about(self) -> str:
        return self.suffix[1:]
