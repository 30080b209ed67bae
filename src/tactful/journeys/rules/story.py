"""A journey told to its end: many clients, a virtual clock, and the real gate at every send. Pure.

Simulation, stored tests and the replay of the past are this one machine in different worlds. It does what
the live engine does, in the same order: what is learned begins journeys, moves those that wait, and wakes
what is held; a wait that begins hears again what it has missed (``driver``, ``moving``, ``delivery``).
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.conditions import Values
from tactful.journeys.rules.dates import GRACE, MOVED
from tactful.journeys.rules.engine import step, wanted
from tactful.journeys.rules.entry import (
    MayEnter,
    Past,
    enters,
    entry_facts,
    first_state,
    knock,
    may_enter,
)
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.ledger import Ledger
from tactful.journeys.rules.moves import (
    Advance,
    Ask,
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
    State,
    Stimulus,
    Stop,
    TaskAnswered,
    UpdateContact,
)
from tactful.journeys.rules.occasions import awaiting, next_occasion
from tactful.journeys.rules.posting import Post, release
from tactful.journeys.rules.tale import (
    Earlier,
    Fate,
    OpenedTask,
    Reply,
    Scene,
    Sending,
    Stay,
    Taken,
    Tale,
    Told,
    Walk,
)
from tactful.journeys.types import RecurringEntry

MOST_ROUNDS = 8
LITTLE = timedelta(seconds=1)
_OUTCOMES = {
    Fate.SENT: Outcome.SENT,
    Fate.REFUSED: Outcome.REFUSED,
    Fate.EXPIRED: Outcome.EXPIRED,
    Fate.CANCELLED: Outcome.CANCELLED,
}


def tell(scene: Scene, told: Iterable[Told], until: datetime, taken: Iterable[Taken] = ()) -> Tale:
    """Everything that becomes of ``told`` up to and with ``until``. What fails or cannot be known about
    one client stops the telling of that one's way alone, and stands on its ``Walk``."""
    story = _Story(scene)
    story.plan_ahead(told, taken)
    story.run(until)
    return story.tale


class _Story:
    def __init__(self, scene: Scene) -> None:
        self.tale = Tale()
        self._scene, self._plan, self._world = scene, scene.plan, scene.world
        self._post = Post(scene, Ledger())
        self._queue: list[tuple[datetime, int, Callable[[Any, datetime], None], Any]] = []
        self._order = count()
        self._numbers = count(1)
        self._doors: dict[tuple[int, str], list[Walk]] = {}
        self._by_contact: dict[int, list[Walk]] = defaultdict(list)
        self._heard: dict[int, list[Event]] = defaultdict(list)
        self._held: dict[int, list[Sending]] = defaultdict(list)
        self._open_tasks: dict[tuple[int, int], OpenedTask] = {}
        self._changed: dict[int, dict[str, Any]] = {}
        self._used: set[tuple[int, str, int]] = set()  # (contact, key, trigger) that has begun something
        self._seen_to: dict[int, datetime] = {}  # up to where the calendar of a client was looked through
        self._by_calendar = by_calendar = bool(self._plan.starting) and not self._plan.key_field
        self._tells_of_days = events_of(self._plan.definition.entry) if by_calendar else frozenset()
        self._acts: dict[type, Callable[[Walk, Any, datetime], None]] = {
            EnqueueSend: self._enqueue,
            OpenTask: self._open_task,
            CloseTask: self._close_task,
            CancelMessages: self._cancel,
            UpdateContact: self._update,
        }

    def plan_ahead(self, told: Iterable[Told], taken: Iterable[Taken]) -> None:
        for use in taken:
            self._later(use.at, self._take, use)
        for contact in self._scene.people if self._by_calendar else ():
            self._later(self._scene.since, self._look_ahead, contact)
        for each in told:
            self._later(each.at, self._hear, each)

    def run(self, until: datetime) -> None:
        self._until = until
        queue = self._queue
        while queue and queue[0][0] <= until:
            now, _, act, what = heapq.heappop(queue)
            act(what, now)

    def _later(self, at: datetime, act: Callable[[Any, datetime], None], what: Any) -> None:
        heapq.heappush(self._queue, (at, next(self._order), act, what))

    # What becomes known

    def _take(self, use: Taken, _now: datetime) -> None:
        self._post.ledger.take(use.contact, use.scope)

    def _hear(self, told: Told, now: datetime) -> None:
        if told.reply is not None and told.contact is not None:
            self._answered(told.contact, told.reply, now)
        event = told.event
        if event is None:
            return
        contacts = list(self._held) if told.contact is None else [told.contact]
        if told.contact is not None:
            self._heard[told.contact].append(event)
            self._knock(told.contact, event, now)
            if event.name in self._plan.listens:
                for walk in tuple(self._by_contact.get(told.contact, ())):
                    self._feed(walk, event, now)
        for contact in contacts:
            self._wake(contact, event.name, now)

    def _answered(self, contact: int, reply: Reply, now: datetime) -> None:
        for walk in tuple(self._by_contact.get(contact, ())):
            state = walk.state
            fits = state.phase is Phase.TASK and state.step == reply.step
            if fits and reply.key in (None, walk.key):
                task = self._open_tasks.pop((id(walk), state.visit), None)
                if task is not None:
                    task.closed_at, task.answer = now, reply.answer
                self._feed(walk, TaskAnswered(state.visit, now, reply.answer), now)
                return

    def _wake(self, contact: int, name: str, now: datetime) -> None:
        for sending in tuple(self._held.get(contact, ())):
            if sending.open and sending.looks and name in sending.looks[-1].wake_on:
                fate = release(sending, now)
                if fate is Fate.RECOMPUTED:
                    self._later(now, self._recompute, sending)
                elif fate is Fate.CANCELLED:
                    self._settled(sending, now)
                elif fate is Fate.SENT:
                    self._later(now, self._ask_gate, sending)

    def _recompute(self, sending: Sending, now: datetime) -> None:
        self._feed(sending.walk, Released(sending.effect.visit, now), now)

    # Beginnings

    def _knock(self, contact: int, event: Event, now: datetime) -> None:
        if event.name in self._tells_of_days:
            self._look_ahead(contact, now)
        try:
            state = self._asked_in(contact, event, now)
        except LookupError as error:
            self._not_begun(contact, now, str(error))
            return
        if state is None:
            return
        later = bool(self._plan.starting) and event.name.endswith(f".{MOVED}")
        walk = self._enter(state, event.id, now, only_later=later)
        if walk is None:
            return
        for heard in tuple(self._heard[contact]):
            is_new = heard.id != event.id and heard.at >= event.at
            if is_new and heard.name in self._plan.listens:
                self._feed(walk, heard, now)

    def _asked_in(self, contact: int, event: Event, now: datetime) -> State | None:
        """The row that the event begins, as ``entering`` makes it."""
        key = knock(self._plan, event)
        if key is None:
            return None
        keys = entry_facts(self._plan, key)
        facts = self._known(contact, keys, now) if keys else {}
        if enters(self._plan, event, lambda _keys, _at: facts) is None:
            return None
        return first_state(self._plan, State(self._scene.journey_id, contact, key), event, facts)

    def _look_ahead(self, contact: int, now: datetime) -> None:
        """For what begins by the calendar, as ``journeys.occasions`` does: a day before, and no later than
        a day after."""
        plan, since = self._plan, self._seen_to.get(contact, now - GRACE)
        facts = self._known(contact, plan.starting, now)
        unread = [key for key in plan.starting if facts.get(key, UNKNOWN) is UNKNOWN]
        if unread:
            self._not_begun(contact, now, ", ".join(unread))
            return
        found = next_occasion(plan, facts, since, self._until)
        if found is None:
            return
        if found.start.at > now + GRACE:
            self._later(found.start.at - GRACE, self._look_ahead, contact)
            return
        self._seen_to[contact] = found.start.at + LITTLE
        asked, by_rule = plan.entry_question, isinstance(plan.definition.entry, RecurringEntry)
        holds = not by_rule or asked is None or asked.evaluate(Values(facts, "", {}, {}))
        if found.start.until > now and holds:
            row = State(self._scene.journey_id, contact, found.key)
            self._enter(awaiting(plan, row, found, facts, now), found.trigger, now)
        self._later(max(now, found.start.at + LITTLE), self._look_ahead, contact)

    def _enter(self, state: State, trigger: int, now: datetime, only_later: bool = False) -> Walk | None:
        contact, key = state.contact_id, state.entry_key
        door, dated = self._doors.setdefault((contact, key), []), bool(self._plan.starting)
        past = self._past(contact, key, door, now)
        over = only_later and past.count and (state.due_at is None or state.due_at <= now)
        if (contact, key, trigger) in self._used or (dated and past.live) or over:
            return None
        verdict = may_enter(self._plan.definition.reentry, past, now)
        if not isinstance(verdict, MayEnter):
            return None
        self._used.add((contact, key, trigger))
        for walk in door:
            if verdict.stop_live and not walk.over:
                self._feed(walk, Stop(now, "restarted"), now)
        walk = Walk(contact, key, verdict.entry_no, now, state)
        door.append(walk)
        self.tale.walks.append(walk)
        self._by_contact[contact].append(walk)
        self._later(max(now, state.due_at or now), self._due, walk)
        return walk

    def _past(self, contact: int, key: str, door: Sequence[Walk], now: datetime) -> Past:
        earlier = self._scene.earlier.get((contact, key), Earlier(0))
        live = any(walk.ended_at is None for walk in door)
        ends = [walk.ended_at for walk in door] + [earlier.last_ended_at]
        if earlier.until is not None:
            live = live or earlier.until > now
            ends.append(earlier.until if earlier.until <= now else None)
        last = max((end for end in ends if end is not None), default=None)
        return Past(earlier.times + len(door), live, last)

    def _not_begun(self, contact: int, now: datetime, why: str) -> None:
        walk = Walk(contact, "", 0, now, State(self._scene.journey_id, contact, ""), unknown=(why,))
        self.tale.walks.append(walk)

    # Moving

    def _due(self, walk: Walk, now: datetime) -> None:
        self._feed(walk, Due(), now)

    def _feed(self, walk: Walk, stimulus: Stimulus, now: datetime) -> None:
        if walk.over:
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
        walk.state = answer.state
        if self._scene.keep_stays:
            walk.stays += [Stay(each.step, each.since, now, each.result) for each in answer.visits]
        if answer.state.phase is Phase.ENDED:
            walk.ended_at = now
            self._by_contact[walk.contact].remove(walk)

    def _stepped(self, walk: Walk, stimulus: Stimulus, now: datetime) -> Advance:
        keys = wanted(self._plan, walk.state)
        facts: Facts = self._known(walk.contact, keys, now) if keys else {}
        for _ in range(MOST_ROUNDS):
            answer = step(self._plan, walk.state, stimulus, facts, now)
            if not isinstance(answer, Ask):
                return answer
            facts = {**facts, **self._known(walk.contact, answer.keys, now)}
        raise LookupError("It asks for one fact after the other and does not move.")

    def _known(self, contact: int, keys: tuple[str, ...], now: datetime) -> Facts:
        facts = self._world.facts(contact, keys, now)
        changed = self._changed.get(contact) if self._changed else None
        return facts if changed is None else {**facts, **{k: v for k, v in changed.items() if k in facts}}

    def _rest(self, walk: Walk, before: State, now: datetime) -> None:
        state = walk.state
        if state.due_at is not None:
            self._later(max(now, state.due_at), self._due, walk)
        fresh = (state.visit, state.phase) != (before.visit, before.phase)
        if state.phase is Phase.WAITING_EVENT and fresh and state.wait_since is not None:
            for event in tuple(self._heard.get(walk.contact, ())):
                if event.name == state.wait_event and event.at >= state.wait_since:
                    self._feed(walk, event, now)

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

    def _close_task(self, walk: Walk, effect: CloseTask, now: datetime) -> None:
        task = self._open_tasks.pop((id(walk), effect.visit), None)
        if task is not None:
            task.closed_at, task.reason = now, effect.reason

    def _cancel(self, walk: Walk, effect: CancelMessages, now: datetime) -> None:
        for sending in self._held.get(walk.contact, ()):
            if sending.walk is walk and sending.open and sending.effect.visit in effect.visits:
                sending.fate, sending.at = Fate.CANCELLED, now

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
        self._later(not_before, self._ask_gate, sending)

    def _ask_gate(self, sending: Sending, now: datetime) -> None:
        if not sending.open or sending.not_before > now:
            return
        self._post.ask(sending, lambda keys: self._known(sending.walk.contact, keys, now), now)
        self._after_gate(sending, now)

    def _after_gate(self, sending: Sending, now: datetime) -> None:
        if sending.open:
            self._later(sending.not_before, self._ask_gate, sending)
        elif sending.fate is Fate.UNKNOWN:
            sending.walk.unknown = tuple(reason.code for reason in sending.looks[-1].reasons)
        else:
            self._settled(sending, now)

    def _settled(self, sending: Sending, now: datetime) -> None:
        self._held[sending.walk.contact].remove(sending)
        self._later(now, self._tell_outcome, sending)

    def _tell_outcome(self, sending: Sending, now: datetime) -> None:
        last = sending.looks[-1] if sending.looks else None
        refused = sending.fate is not Fate.SENT and last is not None and last.reasons
        check = str(last.reasons[0].check) if refused and last is not None else ""
        outcome = SendOutcome(sending.effect.visit, _OUTCOMES[sending.fate], now, check)
        self._feed(sending.walk, outcome, now)
