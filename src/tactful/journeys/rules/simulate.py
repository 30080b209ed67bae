"""A driver in memory with a virtual clock: one client, invented happenings, a year in milliseconds."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeAlias

from tactful.journeys.rules.batch import Failed, Item, advance_batch
from tactful.journeys.rules.conditions import fact_key
from tactful.journeys.rules.dates import starting_facts
from tactful.journeys.rules.entry import entered, enters, first_state
from tactful.journeys.rules.moves import (
    CancelMessages,
    Due,
    Effect,
    EnqueueSend,
    Entered,
    Event,
    Facts,
    Outcome,
    Phase,
    SendOutcome,
    State,
    Stimulus,
    Visited,
)
from tactful.journeys.rules.objects import Objects
from tactful.journeys.rules.occasions import awaiting, next_occasion
from tactful.journeys.rules.plan import Plan
from tactful.journeys.types import DateEntry, RecurringEntry

World: TypeAlias = Callable[[tuple[str, ...], datetime], Facts]
"""Answers for fact keys at a moment."""

Deliver: TypeAlias = Callable[[EnqueueSend, datetime], tuple[datetime, Outcome] | None]
"""What becomes of a message, and when; None: it is held and nothing more is heard of it."""


Respond: TypeAlias = Callable[[Effect, datetime], tuple[datetime, Stimulus] | None]
"""What comes of an effect by itself, and when: a task is answered, a call is."""

SOMEONE = State(1, 1, "")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at a moment: an event by name, or any other stimulus (an answered task, a stop)."""

    at: datetime
    event: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    stimulus: Stimulus | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """``effects`` and ``visits`` in order, each effect with the moment at which it was made."""

    state: State
    effects: tuple[tuple[datetime, Effect], ...]
    visits: tuple[Visited, ...]
    steps: int

    def made(self, kind: type) -> list[tuple[datetime, Any]]:
        return [(at, effect) for at, effect in self.effects if isinstance(effect, kind)]


def sent_at_once(_: EnqueueSend, now: datetime) -> tuple[datetime, Outcome]:
    return now, Outcome.SENT


def simulate(
    plan: Plan,
    happenings: Iterable[Happening],
    world: World,
    until: datetime,
    deliver: Deliver = sent_at_once,
    since: datetime | None = None,
) -> Trace:
    """Walk one client (contact 1) through ``happenings`` up to ``until``. The first event that fits the
    entry begins the journey; ``since``: one that begins by the calendar waits for its first occasion
    from then on. Dates of objects that events tell of are known by them, everything else by ``world``.
    Raises what a step raised."""
    simulation = Simulation(plan, world, deliver)
    if since is not None and plan.starting and not plan.key_field:
        simulation.wait_for_occasion(since)
    for happening in happenings:
        simulation.add(happening)
    return simulation.run(until)


def nobody(_: Effect, __: datetime) -> None:
    """No person and no other system answers by itself."""


class Simulation:
    """``simulate`` in parts. ``respond``: what people and other systems say to an effect, and when.
    ``someone``: who walks, and which journey, where a split must fall as it does elsewhere."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        deliver: Deliver = sent_at_once,
        respond: Respond = nobody,
        someone: State = SOMEONE,
    ) -> None:
        self._respond, self._someone = respond, someone
        self._plan, self._world, self._deliver = plan, world, deliver
        self._state: State | None = None
        self._queue: list[tuple[datetime, int, Stimulus]] = []
        self._order = count(1)
        self._effects: list[tuple[datetime, Effect]] = []
        self._visits: list[Visited] = []
        self._steps = 0
        self._objects = Objects()
        self._on_their_way: dict[int, int] = {}

    def add(self, happening: Happening) -> None:
        order = next(self._order)
        event = Event(happening.event, order, happening.at, happening.data)
        heapq.heappush(self._queue, (happening.at, order, happening.stimulus or event))

    def run(self, until: datetime) -> Trace:
        while self._queue and self._queue[0][0] <= until:
            now, _, stimulus = heapq.heappop(self._queue)
            if isinstance(stimulus, Event):
                self._objects.hear(stimulus)
            elif isinstance(stimulus, SendOutcome):
                self._on_their_way.pop(stimulus.visit, None)
            if self._state is None:
                self._begin(stimulus, now)
            elif self._state.phase is not Phase.ENDED:
                self._feed(self._state, stimulus, now)
        state = self._state or self._someone
        return Trace(state, tuple(self._effects), tuple(self._visits), self._steps)

    def _begin(self, stimulus: Stimulus, now: datetime) -> None:
        """An event that fits the entry, or ``Entered`` for a journey that begins otherwise."""
        if isinstance(stimulus, Entered):
            self._feed(self._with(str(stimulus.data.get(self._plan.key_field, ""))), stimulus, now)
        elif isinstance(stimulus, Event):
            key = enters(self._plan, stimulus, self._facts)
            if key is not None and self._plan.starting:
                self._stand_by(
                    first_state(self._plan, self._with(key), stimulus, self._begin_facts(key, now))
                )
            elif key is not None:
                self._feed(self._with(key), entered(self._plan, stimulus), now)

    def _with(self, key: str) -> State:
        return replace(self._someone, entry_key=key)

    def wait_for_occasion(self, since: datetime) -> None:
        facts = self._begin_facts("", since)
        occasion = next_occasion(self._plan, facts, since)
        if occasion is not None:
            self._stand_by(awaiting(self._plan, self._with(occasion.key), occasion, facts, since))

    def _begin_facts(self, key: str, now: datetime) -> Facts:
        entry = self._plan.definition.entry
        assert isinstance(entry, DateEntry | RecurringEntry)
        suffix = f":{self._plan.key_field}={key}" if self._plan.key_field else ""
        return self._facts(tuple(fact_key(name, suffix) for name in starting_facts(entry)), now)

    def _stand_by(self, state: State | None) -> None:
        if state is not None and state.due_at is not None:
            self._state = state
            self._push(max(state.due_at, state.wait_since or state.due_at), Due())

    def _facts(self, keys: tuple[str, ...], now: datetime) -> Facts:
        told = {key: self._objects.value(key) for key in keys if self._objects.answers(key)}
        rest = tuple(key for key in keys if key not in told)
        return {**(self._world(rest, now) if rest else {}), **told}

    def _feed(self, state: State, stimulus: Stimulus, now: datetime) -> None:
        (answer,) = advance_batch(
            [Item(self._plan, state, stimulus)],
            lambda asked: [self._facts(keys, now) for _, keys in asked],
            now,
        )
        if isinstance(answer, Failed):
            raise answer.error
        self._steps += 1
        self._state = answer.state
        self._visits.extend(answer.visits)
        for effect in answer.effects:
            self._effects.append((now, effect))
            self._schedule_outcome(effect, now)
            self._call_back(effect, now)
        if answer.state.due_at is not None and answer.state is not state:
            self._push(max(now, answer.state.due_at), Due())
        elif answer.unread:
            self._push(now + timedelta(hours=1), stimulus)

    def _schedule_outcome(self, effect: Effect, now: datetime) -> None:
        said = self._respond(effect, now)
        if said is None and isinstance(effect, EnqueueSend):
            outcome = self._deliver(effect, now)
            said = outcome and (outcome[0], SendOutcome(effect.visit, outcome[1], outcome[0]))
        order = -1 if said is None else self._push(*said)  # -1: held, and can still be called back
        if isinstance(effect, EnqueueSend):
            self._on_their_way[effect.visit] = order

    def _call_back(self, effect: Effect, now: datetime) -> None:
        """A message that has not left is cancelled, and its enrolment hears so."""
        for visit in effect.visits if isinstance(effect, CancelMessages) else ():
            order = self._on_their_way.pop(visit, None)
            if order is not None:
                self._queue = [each for each in self._queue if each[1] != order]
                heapq.heapify(self._queue)
                self._push(now, SendOutcome(visit, Outcome.CANCELLED, now))

    def _push(self, at: datetime, stimulus: Stimulus) -> int:
        order = next(self._order)
        heapq.heappush(self._queue, (at, order, stimulus))
        return order
