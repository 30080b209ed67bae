"""A journey told to its end: many clients, a virtual clock, and the real gate at every send. Pure.

Simulation, stored tests and the replay of the past are this one machine in different worlds. It does what
the live engine does, in the same order: what is learned begins journeys, moves those that wait, and wakes
what is held; a wait that begins hears again what it has missed (``driver``, ``moving``, ``delivery``).
"""

import heapq
from bisect import insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tactful.journeys.rules.doors import Doors
from tactful.journeys.rules.engine import step
from tactful.journeys.rules.entry import by_calendar, stopped_by
from tactful.journeys.rules.entry_events import STOP_WANTED
from tactful.journeys.rules.ledger import Ledger
from tactful.journeys.rules.moves import (
    NEVER_BEGUN,
    Advance,
    Ask,
    CallAnswered,
    CallWebhook,
    CancelMessages,
    CloseTask,
    Due,
    Effect,
    EnqueueSend,
    Event,
    Facts,
    OpenTask,
    Outcome,
    Phase,
    Released,
    SendOutcome,
    StartOther,
    State,
    Stimulus,
    Stop,
    StopOther,
    TaskAnswered,
    UpdateContact,
    Visited,
)
from tactful.journeys.rules.posting import Post, release
from tactful.journeys.rules.tale import (
    Answered,
    Called,
    Fate,
    OpenedTask,
    Reply,
    Scene,
    Sending,
    Stay,
    Taken,
    Tale,
    Told,
    ToldOther,
    Walk,
    World,
)

MOST_ROUNDS = 8
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_OUTCOMES = {
    Fate.SENT: Outcome.SENT,
    Fate.REFUSED: Outcome.REFUSED,
    Fate.EXPIRED: Outcome.EXPIRED,
    Fate.CANCELLED: Outcome.CANCELLED,
}


def tell(scene: Scene, told: Iterable[Told], until: datetime, taken: Iterable[Taken] = ()) -> Tale:
    """Everything that becomes of ``told`` up to and with ``until``. What fails or cannot be known about
    one client stops the telling of that one's way alone, and stands on its ``Walk``."""
    story = _Story(scene, until)
    story.plan_ahead(told, taken)
    story.run(until)
    tale = story.tale
    vars(story).clear()  # it holds itself in many ways: what it knew goes now, and no collector looks for it
    return tale


Act = Callable[[Any, datetime], None]
_Turn = tuple[datetime, int, Act, Any]


class _Known(dict[str, Any]):
    """Facts about one client at one moment, each of them read when a step asks for it: most steps ask for
    few of those that they may ask for, and several steps and the gate for the same at one moment."""

    __slots__ = ("_contact", "_world", "now")

    def __init__(self, world: World, contact: int, now: datetime) -> None:
        self._world, self._contact, self.now = world, contact, now

    def __missing__(self, key: str) -> Any:
        found = self[key] = self._world.fact(self._contact, key, self.now)
        return found


class _Story:
    def __init__(self, scene: Scene, until: datetime) -> None:
        self.tale = Tale()
        self._scene, self._plan, self._world = scene, scene.plan, scene.world
        self._post = Post(scene, Ledger(), scene.sitting)
        self._queue: list[_Turn] = []
        self._at_once: deque[_Turn] = deque()
        self._now = BEFORE_ALL
        self._order = count()
        self._numbers = count(1)
        self._doors = Doors(scene, self.tale, self, until)
        self._by_contact: dict[int, list[Walk]] = defaultdict(list)
        self._heard: dict[int, list[Event]] = defaultdict(list)
        self._held: dict[int, list[Sending]] = defaultdict(list)
        self._open_tasks: dict[tuple[int, int], OpenedTask] = {}
        self._changed: dict[int, dict[str, Any]] = {}  # what the journey itself has written since
        self._known: dict[int, _Known] = {}
        self._left: tuple[Visited, ...] = ()  # steps that were left in the present movement
        self._acts: dict[type, Callable[[Walk, Any, datetime], None]] = {
            EnqueueSend: self._enqueue,
            OpenTask: self._open_task,
            CloseTask: self._close_task,
            CancelMessages: self._cancel,
            UpdateContact: self._update,
            CallWebhook: self._call,
            StartOther: self._tell_other,
            StopOther: self._tell_other,
        }

    def plan_ahead(self, told: Iterable[Told], taken: Iterable[Taken]) -> None:
        for use in taken:
            self.later(use.at, self._take, use)
        for contact in self._scene.people if by_calendar(self._plan) else ():
            self.later(self._scene.since, self._doors.look_ahead, contact)
        for each in told:
            self.later(each.at, self._hear, each)

    def run(self, until: datetime) -> None:
        """Half of all turns are wanted for the very moment that is on: they come after all that was wanted
        for it before, and need not be sorted in among what comes later."""
        queue, at_once, pop = self._queue, self._at_once, heapq.heappop
        while True:
            if at_once and not (queue and queue[0][0] <= self._now):
                now, _, act, what = at_once.popleft()
            elif queue and queue[0][0] <= until:
                now, _, act, what = pop(queue)
                self._now = now
            else:
                return
            act(what, now)

    def later(self, at: datetime, act: Act, what: Any) -> None:
        turn = (at, next(self._order), act, what)
        if at == self._now:
            self._at_once.append(turn)
        else:
            heapq.heappush(self._queue, turn)

    # What becomes known

    def _take(self, use: Taken, _now: datetime) -> None:
        self._post.ledger.take(use.contact, use.scope)

    def _hear(self, told: Told, now: datetime) -> None:
        contact, event = told.contact, told.event
        if contact is not None:
            if told.reply is not None:
                self._answered(contact, told.reply, now)
            if told.call is not None:
                self._call_answered(contact, told.call, now)
            if event is not None:
                self._happened(contact, event, now)
        if event is not None:
            for each in list(self._held) if contact is None else [contact]:
                self._wake(each, event.name, now)

    def _happened(self, contact: int, event: Event, now: datetime) -> None:
        insort(self._heard[contact], event, key=_as_it_happened)
        self._knock(contact, event, now)
        for walk in tuple(self._by_contact.get(contact, ())):
            self._tell(walk, event, now)

    def _tell(self, walk: Walk, event: Event, now: datetime) -> None:
        if event.name in self._plan.listens:
            self.feed(walk, event, now)
        if event.name == STOP_WANTED and stopped_by(self._plan, walk.state, event):
            self.feed(walk, Stop(event.at, "stopped_by_journey"), now)

    def _answered(self, contact: int, reply: Reply, now: datetime) -> None:
        for walk in tuple(self._by_contact.get(contact, ())):
            state = walk.state
            fits = state.phase is Phase.TASK and state.step == reply.step
            if fits and reply.key in (None, walk.key):
                task = self._open_tasks.pop((id(walk), state.visit), None)
                if task is not None:
                    task.closed_at, task.answer = now, reply.answer
                self.feed(walk, TaskAnswered(state.visit, now, reply.answer), now)
                return

    def _call_answered(self, contact: int, answer: Answered, now: datetime) -> None:
        for call in tuple(self.tale.calls):
            walk, state = call.walk, call.walk.state
            waits = state.phase is Phase.CALLING and state.visit == call.effect.visit
            same = walk.contact == contact and call.step == answer.step and answer.key in (None, walk.key)
            if waits and same:
                call.answered_at, call.ok = now, answer.ok
                self.feed(walk, CallAnswered(state.visit, now, answer.ok, answer.data), now)
                return

    def _wake(self, contact: int, name: str, now: datetime) -> None:
        for sending in tuple(self._held.get(contact, ())):
            if sending.open and sending.looks and name in sending.looks[-1].wake_on:
                fate = release(sending, now)
                if fate is Fate.RECOMPUTED:
                    self.later(now, self._recompute, sending)
                elif fate is Fate.CANCELLED:
                    self._settled(sending, now)
                elif fate is Fate.SENT:
                    self.later(now, self._ask_gate, sending)

    def _recompute(self, sending: Sending, now: datetime) -> None:
        self.feed(sending.walk, Released(sending.effect.visit, now), now)

    # Beginnings

    def _knock(self, contact: int, event: Event, now: datetime) -> None:
        walk = self._doors.knock(contact, event, now)
        if walk is None:
            return
        for heard in tuple(self._heard[contact]):
            if _as_it_happened(heard) > _as_it_happened(event):
                self._tell(walk, heard, now)

    def welcome(self, walk: Walk, now: datetime) -> None:
        self._by_contact[walk.contact].append(walk)
        self.later(max(now, walk.state.due_at or now), self._due, walk)

    # Moving

    def _due(self, walk: Walk, now: datetime) -> None:
        self.feed(walk, Due(), now)

    def feed(self, walk: Walk, stimulus: Stimulus, now: datetime) -> None:
        if walk.ended_at is not None or walk.unknown or walk.trouble:
            return
        before = walk.state
        try:
            answer = self._stepped(walk, stimulus, now)
        except Exception as error:  # noqa: BLE001, whatever it is, it is this client's alone
            walk.trouble = f"{type(error).__name__}: {error}"
            return
        self.tale.steps += 1
        if answer.unread:
            walk.unknown = answer.unread
            return
        if answer.state is before:
            return
        self._move_on(walk, answer, now)
        for effect in answer.effects:
            self._carry_out(walk, effect, now)
        self._rest(walk, before, now)

    def _move_on(self, walk: Walk, answer: Advance, now: datetime) -> None:
        if not walk.state.visit:
            walk.began_at = now
        self._left = answer.visits
        walk.state = answer.state
        if self._scene.keep_stays:
            walk.stays += [Stay(each.step, each.since, now, each.result) for each in answer.visits]
        if answer.state.phase is Phase.ENDED:
            walk.ended_at = now
            self._by_contact[walk.contact].remove(walk)
            if answer.state.end_reason == NEVER_BEGUN:
                self._doors.forget(walk)

    def _stepped(self, walk: Walk, stimulus: Stimulus, now: datetime) -> Advance:
        facts: Facts = self._facts(walk.contact, now)
        for _ in range(MOST_ROUNDS):
            answer = step(self._plan, walk.state, stimulus, facts, now)
            if not isinstance(answer, Ask):
                return answer
            facts = {**facts, **self.known(walk.contact, answer.keys, now)}
        raise LookupError("It asks for one fact after the other and does not move.")

    def known(self, contact: int, keys: tuple[str, ...], now: datetime) -> Facts:
        facts = self._facts(contact, now)
        return {key: facts[key] for key in keys}

    def _facts(self, contact: int, now: datetime) -> _Known:
        """As the world knows them, but for what the journey itself has written since."""
        known = self._known.get(contact)
        if known is None or known.now != now:
            known = self._known[contact] = _Known(self._world, contact, now)
            if contact in self._changed:
                known.update(self._changed[contact])
        return known

    def _rest(self, walk: Walk, before: State, now: datetime) -> None:
        state = walk.state
        if state.due_at is not None:
            self.later(state.due_at if state.due_at > now else now, self._due, walk)
        if state.phase is not Phase.WAITING_EVENT:
            return
        fresh = state.visit != before.visit or before.phase is not Phase.WAITING_EVENT
        if fresh and state.wait_since is not None:
            for event in tuple(self._heard.get(walk.contact, ())):
                if event.name == state.wait_event and event.at >= state.wait_since:
                    self.feed(walk, event, now)

    # What follows

    def _carry_out(self, walk: Walk, effect: Effect, now: datetime) -> None:
        act = self._acts.get(type(effect))
        if act is not None:
            act(walk, effect, now)
        if self._scene.keep_stays:
            self.tale.did.append((now, walk, effect))

    def _update(self, walk: Walk, effect: UpdateContact, _now: datetime) -> None:
        changed = self._changed.setdefault(walk.contact, {})
        changed |= {f"contact.attribute.{name}": value for name, value in effect.set.items()}
        self._known.pop(walk.contact, None)

    def _call(self, walk: Walk, effect: CallWebhook, now: datetime) -> None:
        self.tale.calls.append(Called(walk, self._step_of(walk, effect.visit), effect, now))

    def _tell_other(self, walk: Walk, effect: StartOther | StopOther, now: datetime) -> None:
        self.tale.others.append(ToldOther(walk, self._step_of(walk, effect.visit), effect, now))

    def _step_of(self, walk: Walk, visit: int) -> str:
        """The way may have gone on from there already."""
        return next((each.step for each in self._left if each.visit == visit), walk.state.step)

    def _close_task(self, walk: Walk, effect: CloseTask, now: datetime) -> None:
        task = self._open_tasks.pop((id(walk), effect.visit), None)
        if task is not None:
            task.closed_at, task.reason = now, effect.reason

    def _cancel(self, walk: Walk, effect: CancelMessages, now: datetime) -> None:
        """The journey hears so: one whose date has moved says it again only when nothing has gone."""
        for sending in tuple(self._held.get(walk.contact, ())):
            if sending.walk is walk and sending.open and sending.effect.visit in effect.visits:
                sending.fate, sending.at = Fate.CANCELLED, now
                self._settled(sending, now)

    def _open_task(self, walk: Walk, effect: OpenTask, now: datetime) -> None:
        task = OpenedTask(
            walk, walk.state.step, effect.visit, effect.kind.value, effect.title, effect.owner, now,
            effect.due_at,
        )  # fmt: skip
        self.tale.tasks.append(task)
        self._open_tasks[id(walk), effect.visit] = task

    def _enqueue(self, walk: Walk, effect: EnqueueSend, now: datetime) -> None:
        point = self._scene.touchpoints.get(effect.touchpoint)
        number, not_before = next(self._numbers), max(now, effect.due_at)
        sending = Sending(number, walk, walk.state.step, effect, now, effect.due_at, point)
        sending.after_goal = bool(walk.state.context.get("goal"))
        self.tale.sendings.append(sending)
        self._held[walk.contact].append(sending)
        self.later(not_before, self._ask_gate, sending)

    def _ask_gate(self, sending: Sending, now: datetime) -> None:
        if not sending.open or sending.not_before > now:
            return
        self._post.ask(sending, self._facts(sending.walk.contact, now), now)
        self._after_gate(sending, now)

    def _after_gate(self, sending: Sending, now: datetime) -> None:
        if sending.open:
            self.later(sending.not_before, self._ask_gate, sending)
        elif sending.fate is Fate.UNKNOWN:
            sending.walk.unknown = tuple(reason.code for reason in sending.looks[-1].reasons)
        else:
            self._settled(sending, now)

    def _settled(self, sending: Sending, now: datetime) -> None:
        self._held[sending.walk.contact].remove(sending)
        self.later(now, self._tell_outcome, sending)

    def _tell_outcome(self, sending: Sending, now: datetime) -> None:
        last = sending.looks[-1] if sending.looks else None
        refused = sending.fate is not Fate.SENT and last is not None and last.reasons
        check = str(last.reasons[0].check) if refused and last is not None else ""
        outcome = SendOutcome(sending.effect.visit, _OUTCOMES[sending.fate], now, check)
        self.feed(sending.walk, outcome, now)


def _as_it_happened(event: Event) -> tuple[datetime, int]:
    return event.at, event.id
