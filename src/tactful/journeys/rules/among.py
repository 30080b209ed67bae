"""Journeys beside each other: which pairs can write to one client within an hour, and which begin each
other in a circle. Pure functions over any set of definitions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.findings import Occasion, Surroundings
from tactful.journeys.rules.pace import MOST_COUNTED, most_in_a_week, sends, soonest, ways_of
from tactful.journeys.types import (
    DateEntry,
    Definition,
    ManualEntry,
    RecurringEntry,
    StartJourney,
    Wait,
    WaitFor,
)

HOUR = timedelta(hours=1)
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Two journeys that can write to one client within an hour. ``why``: same_event, same_date, same_clock
    with ``params`` for the sentence. ``steps``: the send of each."""

    first: str
    second: str
    why: str
    steps: tuple[str, str]
    params: Mapping[str, str] = field(default_factory=dict)


def pairs(definition: Definition, around: Surroundings) -> Iterator[Pair]:
    """This journey with every other one that is on and for which there is a reason, and the first reason: an
    event says more than a clock."""
    mine = tuple(occasions(definition, around))
    for slug, other in sorted((around.journeys or {}).items()):
        if slug != definition.slug:
            theirs = around.occasions.get(slug)
            theirs = tuple(occasions(other, around)) if theirs is None else theirs
            pair = _pair(definition.slug, mine, slug, theirs)
            if pair is not None:
                yield pair


def looked_over(around: Surroundings) -> Surroundings:
    """With the occasions of the journeys that are on: each is compared with all the others."""
    journeys = around.journeys or {}
    return replace(
        around, occasions={slug: tuple(occasions(each, around)) for slug, each in journeys.items()}
    )


def occasions(definition: Definition, around: Surroundings) -> Iterator[Occasion]:
    """By what this journey can come to write, each with the first send that follows within an hour."""
    counted, ways = {step.id for step in sends(definition, around)}, ways_of(definition)
    for kind, name, minutes, start in _beginnings(definition):
        reached = soonest(start, ways)
        for step in definition.steps:
            if step.id in counted and reached.get(step.id, HOUR) < HOUR:
                yield Occasion(kind, name, step.id, minutes)
                break


def week_of_all(definitions: Sequence[Definition], around: Surroundings) -> int:
    """Messages that one client can get within seven days if every journey does its worst at once."""
    return sum(most_in_a_week(each, around) for each in definitions)


def circles(definitions: Sequence[Definition]) -> tuple[tuple[str, ...], ...]:
    """Journeys that begin each other round and round, each circle once and from its first slug."""
    begins = {each.slug: _begun_by(each) for each in definitions}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for slug in sorted(begins):
        way = _way_back(slug, begins)
        if way:
            found.setdefault(frozenset(way), way)
    return tuple(found.values())


def begun_by(definition: Definition) -> Iterator[StartJourney]:
    return (step for step in definition.steps if isinstance(step, StartJourney))


def told(definition: Definition) -> bool:
    """Whether it begins when told: by a person, another journey or another program."""
    return isinstance(definition.entry, ManualEntry)


def _begun_by(definition: Definition) -> list[str]:
    return sorted({step.journey for step in begun_by(definition)})


def _way_back(start: str, begins: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The shortest way from a journey back to itself."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in begins.get(way[-1], ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()


def _beginnings(definition: Definition) -> Iterator[tuple[str, str, int, str]]:
    """(kind, name, minutes, step that is walked from) of everything that sets it going."""
    entry, first = definition.entry, definition.steps[0].id
    if isinstance(entry, DateEntry):
        yield "date", entry.of, -int(entry.earlier.total_seconds() // 60), first
    elif isinstance(entry, RecurringEntry):
        yield "clock", _clock(entry.at), _minutes(entry.at), first
    elif not isinstance(entry, ManualEntry):
        yield from (("event", name, 0, first) for name in sorted(events_of(entry)))
    if definition.goal is not None:
        yield "event", definition.goal.watch.event, 0, definition.goal.next
    for step in definition.steps:
        if isinstance(step, WaitFor):
            yield "event", step.watch.event, 0, step.next
        if isinstance(step, Wait) and step.delay.at is not None:
            yield "clock", _clock(step.delay.at), _minutes(step.delay.at), step.next


def _pair(first: str, mine: Sequence[Occasion], second: str, theirs: Sequence[Occasion]) -> Pair | None:
    for kind in ("event", "date", "clock"):
        for one in mine:
            for other in theirs:
                if one.kind == other.kind == kind and _meet(one, other):
                    steps = (one.step, other.step)
                    return Pair(first, second, f"same_{kind}", steps, {"name": one.name})
    return None


def _meet(one: Occasion, other: Occasion) -> bool:
    apart = abs(one.minutes - other.minutes)
    if one.kind == "clock":
        return min(apart, _DAY_MINUTES - apart) < 60
    return one.name == other.name and apart < 60


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


__all__ = [
    "MOST_COUNTED", "Occasion", "Pair", "begun_by", "circles", "looked_over", "occasions", "pairs", "told",
    "week_of_all",
]  # fmt: skip
