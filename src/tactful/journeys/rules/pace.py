"""How fast a journey can write at worst: the least time that each way takes, and what follows from it."""

import heapq
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TypeAlias

from tactful.journeys.rules.findings import Surroundings
from tactful.journeys.rules.graph import targets
from tactful.journeys.types import (
    Approval,
    Definition,
    Delay,
    Send,
    Step,
    Task,
    Wait,
    WaitFor,
    Webhook,
)
from tactful.touchpoints.types import MessageClass

WEEK = timedelta(days=7)
MOST_COUNTED = 20  # more than this is as bad as this
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NOTHING = timedelta()

Ways: TypeAlias = list[tuple[str, timedelta]]


def most_in_a_week(definition: Definition, around: Surroundings) -> int:
    """Messages that one client can get within seven days at worst, walking this journey once. Those that
    the client waits for do not count. At most ``MOST_COUNTED``."""
    ways = ways_of(definition)
    counted = {step.id for step in sends(definition, around)}
    return max((_most_from(start, ways, counted) for start in counted), default=0)


def sends(definition: Definition, around: Surroundings) -> Iterator[Send]:
    """Those that a client may feel as too much; of a touchpoint that is not on the map, too."""
    for step in definition.steps:
        if isinstance(step, Send):
            view = around.touchpoints.get(step.touchpoint)
            if view is None or view.message_class is not MessageClass.AWAITED:
                yield step


def ways_out(step: Step) -> Iterator[tuple[str, timedelta]]:
    """(what follows, the least time until then). What hangs on an event may come at once; what a person
    decides is that person's doing, and not followed."""
    late = _late_way(step)
    if late is not None:
        yield late
    if isinstance(step, Wait | Task | Approval):
        return
    for goes in targets(step):
        if late is None or goes != late[0] or goes == step.next:
            yield goes, _NOTHING


def least(delay: Delay) -> timedelta:
    """The shortest stretch that the delay can be. Summer time takes an hour from days on the wall, and a
    clock time may be as near as the last midnight before it."""
    if delay.until is not None:
        return _NOTHING
    days = delay.days or delay.working_days
    if not days:
        return delay.elapsed
    since_midnight = _DAY if delay.at is None else timedelta(hours=delay.at.hour, minutes=delay.at.minute)
    return max(_NOTHING, (days - 1) * _DAY + since_midnight - _HOUR)


def ways_of(definition: Definition) -> dict[str, Ways]:
    """The ways out of each of its steps."""
    return {step.id: list(ways_out(step)) for step in definition.steps}


def soonest(start: str, ways: Mapping[str, Ways]) -> dict[str, timedelta]:
    """The least time in which each step can be reached from ``start``."""
    best: dict[str, timedelta] = {}
    todo = [(_NOTHING, start)]
    while todo:
        passed, name = heapq.heappop(todo)
        if name not in best:
            best[name] = passed
            for goes, takes in ways.get(name, ()):
                heapq.heappush(todo, (passed + takes, goes))
    return best


def _late_way(step: Step) -> tuple[str, timedelta] | None:
    """The way that opens only when time is out."""
    match step:
        case Wait(delay=delay):
            return step.next, least(delay)
        case WaitFor(up_to=delay):
            return step.otherwise, least(delay)
        case Task(within=Delay() as delay, otherwise=str() as goes):
            return goes, least(delay)
        case Approval(within=Delay() as delay, otherwise=str() as goes):
            return goes, least(delay)
        case Webhook(up_to=Delay()):
            return None  # it may fail at once
        case _:
            return None


def _most_from(start: str, ways: Mapping[str, Ways], counted: set[str]) -> int:
    """The most sends within a week of the first: the least time for each number of them, by Dijkstra."""
    best: set[tuple[str, int]] = set()
    most, todo = 1, [(_NOTHING, start, 1)]
    while todo:
        passed, name, count = heapq.heappop(todo)
        if (name, count) in best:
            continue
        best.add((name, count))
        most = max(most, count)
        if most >= MOST_COUNTED:
            return most
        for goes, takes in ways.get(name, ()):
            if passed + takes < WEEK:
                heapq.heappush(todo, (passed + takes, goes, count + (goes in counted)))
    return most
