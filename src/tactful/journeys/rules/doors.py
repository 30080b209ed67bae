"""Beginnings in a story: by an event, by the date of an object, by the calendar of a client. Pure.

What ``entering`` and ``occasions`` do to the rows of the database, for clients in memory.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.conditions import Values
from tactful.journeys.rules.dates import GRACE, MOVED, tells_of_day
from tactful.journeys.rules.entry import (
    Past,
    by_calendar,
    enters,
    entry_facts,
    first_state,
    knock,
    may_begin,
)
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.moves import Event, Facts, State, Stimulus, Stop
from tactful.journeys.rules.occasions import awaiting, next_occasion
from tactful.journeys.rules.tale import Earlier, Scene, Tale, Walk
from tactful.journeys.types import DateEntry, RecurringEntry

LITTLE = timedelta(seconds=1)


class Machine(Protocol):
    """The story that is told."""

    def later(self, at: datetime, act: Callable[[Any, datetime], None], what: Any) -> None: ...

    def known(self, contact: int, keys: tuple[str, ...], now: datetime) -> Facts: ...

    def feed(self, walk: Walk, stimulus: Stimulus, now: datetime) -> None: ...

    def welcome(self, walk: Walk, now: datetime) -> None: ...


class Doors:
    """Who may come in, by client and key. ``until``: where the story ends."""

    def __init__(self, scene: Scene, tale: Tale, machine: Machine, until: datetime) -> None:
        self._scene, self._plan, self._tale, self._machine = scene, scene.plan, tale, machine
        self._until = until
        self._doors: dict[tuple[int, str], list[Walk]] = {}
        self._used: dict[tuple[int, str, int], Walk] = {}  # by (contact, key, trigger): what it has begun
        self._seen_to: dict[int, datetime] = {}  # up to where a client's calendar was looked through
        self._heeds = events_of(self._plan.definition.entry)
        self._by_calendar = by_calendar(self._plan)

    def knock(self, contact: int, event: Event, now: datetime) -> Walk | None:
        """Whether this event begins the journey now."""
        if event.name not in self._heeds:
            return None
        if self._by_calendar:
            self._told_of_day(contact, event, now)
            return None
        try:
            state = self._asked_in(contact, event, now)
        except LookupError as error:
            self._not_begun(contact, now, str(error))
            return None
        if state is None:
            return None
        later = bool(self._plan.starting) and event.name.endswith(f".{MOVED}")
        return self._enter(state, event.id, now, only_later=later)

    def _told_of_day(self, contact: int, event: Event, now: datetime) -> None:
        """It may be an earlier day than the one that was last looked for."""
        entry = self._plan.definition.entry
        if isinstance(entry, DateEntry) and tells_of_day(entry.of, event.name, event.data):
            self._seen_to.pop(contact, None)
            self.look_ahead(contact, now)

    def look_ahead(self, contact: int, now: datetime) -> None:
        """For the next day of this client: a day before it, and no later than a day after."""
        facts = self._machine.known(contact, self._plan.starting, now)
        unread = [key for key in self._plan.starting if facts.get(key, UNKNOWN) is UNKNOWN]
        if unread:
            self._not_begun(contact, now, ", ".join(unread))
            return
        since = self._seen_to.get(contact, now - GRACE)
        found = next_occasion(self._plan, facts, since, self._until)
        if found is None:
            return
        if found.start.at > now + GRACE:
            self._machine.later(found.start.at - GRACE, self.look_ahead, contact)
            return
        self._seen_to[contact] = found.start.at + LITTLE
        if found.start.until > now and self._wanted(facts):
            row = State(self._scene.journey_id, contact, found.key)
            self._enter(awaiting(self._plan, row, found, facts, now), found.trigger, now)
        self._machine.later(max(now, found.start.at + LITTLE), self.look_ahead, contact)

    def _wanted(self, facts: Facts) -> bool:
        asked, entry = self._plan.entry_question, self._plan.definition.entry
        return (
            asked is None
            or not isinstance(entry, RecurringEntry)
            or asked.evaluate(Values(facts, "", {}, {}))
        )

    def _asked_in(self, contact: int, event: Event, now: datetime) -> State | None:
        key = knock(self._plan, event)
        if key is None:
            return None
        keys = entry_facts(self._plan, key)
        facts = self._machine.known(contact, keys, now) if keys else {}
        if enters(self._plan, event, lambda _keys, _at: facts) is None:
            return None
        return first_state(self._plan, State(self._scene.journey_id, contact, key), event, facts)

    def _enter(self, state: State, trigger: int, now: datetime, only_later: bool = False) -> Walk | None:
        contact, key = state.contact_id, state.entry_key
        if (contact, key, trigger) in self._used:
            return None
        door = self._doors.setdefault((contact, key), [])
        verdict = may_begin(self._plan, state, self._past(contact, key, door, now), now, only_later)
        if verdict is None:
            return None
        for walk in door:
            if verdict.stop_live and not walk.over:
                self._machine.feed(walk, Stop(now, "restarted"), now)
        walk = Walk(contact, key, verdict.entry_no, now, state)
        self._used[contact, key, trigger] = walk
        door.append(walk)
        self._tale.walks.append(walk)
        self._machine.welcome(walk, now)
        return walk

    def forget(self, walk: Walk) -> None:
        """One that has never begun leaves no trace."""
        self._doors[walk.contact, walk.key].remove(walk)
        self._tale.walks.remove(walk)
        self._used = {trigger: each for trigger, each in self._used.items() if each is not walk}

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
        self._tale.walks.append(walk)
