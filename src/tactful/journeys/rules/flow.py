"""The steps of a definition laid out top to bottom, with the places at which something can be put. Pure.

Each step stands once. Where ways part they become columns, and where they meet again the list goes on.
What hangs on no way from the beginning follows below, so that nothing is ever out of sight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tactful.journeys.rules.edges import BEGIN, GOAL, NOT_SENT, Edge, all_edges, main_slots, slots
from tactful.journeys.types import END, NOTHING, Definition, Step

Place = tuple[Edge, ...]
"""All edges that lead to one point of the flow: what is put there comes on all of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """``kind``: a step; an end; ``below``, the way joins the list under its columns; ``jump``, it goes on
    at a step that stands elsewhere. ``target``: the step's id, END or NOTHING. ``place``: just before it."""

    kind: Literal["step", "end", "below", "jump"]
    target: str
    place: Place
    columns: tuple["Column", ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    edge: Edge
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Strand:
    """A list of its own. ``edge``: BEGIN, GOAL, that of a send which could not go, or None: no way leads
    here."""

    edge: Edge | None
    lines: tuple[Line, ...]


class Spot(NamedTuple):
    """Where a step stands: the list that it is in, and its number in it."""

    lines: tuple[Line, ...]
    number: int

    @property
    def line(self) -> Line:
        return self.lines[self.number]

    @property
    def after(self) -> Line | None:
        """What follows in the list; None after an exit, or where the columns never meet."""
        return self.lines[self.number + 1] if self.number + 1 < len(self.lines) else None


def lay_out(definition: Definition) -> tuple[Strand, ...]:
    return tuple(_Layout(definition).strands())


def every_line(strands: tuple[Strand, ...]) -> Iterator[Spot]:
    """All lines in reading order."""
    for strand in strands:
        yield from _spots(strand.lines)


def _spots(lines: tuple[Line, ...]) -> Iterator[Spot]:
    for number, line in enumerate(lines):
        yield Spot(lines, number)
        for column in line.columns:
            yield from _spots(column.lines)


def spot_of(strands: tuple[Strand, ...], step_id: str) -> Spot | None:
    spots = (spot for spot in every_line(strands) if spot.line.kind == "step")
    return next((spot for spot in spots if spot.line.target == step_id), None)


def members(line: Line) -> Iterator[str]:
    """The step of a line, and every step in its columns."""
    if line.kind == "step":
        yield line.target
    for column in line.columns:
        for inner in column.lines:
            yield from members(inner)


class _Layout:
    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._steps: dict[str, Step] = {step.id: step for step in definition.steps}
        self._placed: set[str] = set()

    def strands(self) -> Iterator[Strand]:
        goal = self._definition.goal
        aside = frozenset({goal.next} if goal else ())
        yield self._strand(BEGIN, self._definition.steps[0].id, aside)
        if goal is not None:
            yield self._strand(GOAL, goal.next, frozenset())
        for edge, goes in all_edges(self._definition):
            if edge.slot == NOT_SENT and edge.step in self._placed and self._is_new(goes):
                yield self._strand(edge, goes, frozenset())
        for step in self._heads():
            if self._is_new(step):
                yield Strand(None, tuple(self._chain((), step, frozenset())))

    def _heads(self) -> list[str]:
        """Those that are left; first such as nothing at all leads to."""
        left = [step for step in self._steps if step not in self._placed]
        led = {goes for step in left for goes in slots(self._steps[step]).values() if goes != step}
        return sorted(left, key=lambda step: step in led)

    def _strand(self, edge: Edge, target: str, stop: frozenset[str]) -> Strand:
        return Strand(edge, tuple(self._chain((edge,), target, stop)))

    def _is_new(self, name: str) -> bool:
        return name in self._steps and name not in self._placed

    def _chain(self, place: Place, target: str, stop: frozenset[str], below: str = "") -> Iterator[Line]:
        """``stop``: steps that are only pointed to; ``below``: the one of them that comes next under the
        columns in which we are."""
        while True:
            if target in (END, NOTHING):
                yield Line("end", target, place)
                return
            if target in self._placed or target in stop:
                yield Line("below" if target == below else "jump", target, place)
                return
            self._placed.add(target)
            ways = main_slots(self._steps[target])
            if len(ways) < 2:
                yield Line("step", target, place)
                if not ways:
                    return
                place, target = tuple(Edge(target, slot) for slot in ways), next(iter(ways.values()))
                continue
            after = self._meeting(list(ways.values()), stop)
            columns = self._columns(target, ways, after, stop)
            yield Line("step", target, place, columns)
            if after is None:
                return
            place, target = tuple(edge for column in columns for edge in _tails(column.lines, after)), after

    def _columns(
        self, step: str, ways: dict[str, str], after: str | None, stop: frozenset[str]
    ) -> tuple[Column, ...]:
        inner = stop | ({after} if after else frozenset())
        return tuple(
            Column(Edge(step, slot), tuple(self._chain((Edge(step, slot),), goes, inner, after or "")))
            for slot, goes in ways.items()
        )

    def _meeting(self, ways: list[str], stop: frozenset[str]) -> str | None:
        """Where the list goes on: the first step that more than one way leads to, or the only new one."""
        fresh = [goes for goes in ways if self._is_new(goes)]
        if len(fresh) == 1:
            return fresh[0]
        shared: dict[str, int] = {}
        for goes in ways:
            for name in self._reach(goes, stop):
                shared[name] = shared.get(name, 0) + 1
        return next((name for name, count in shared.items() if count > 1), None)

    def _reach(self, start: str, stop: frozenset[str]) -> dict[str, None]:
        """Steps not yet placed that a way leads to, the nearest first."""
        seen: dict[str, None] = {}
        todo = [start]
        while todo:
            name = todo.pop(0)
            if self._is_new(name) and name not in seen:
                seen[name] = None
                if name not in stop:
                    todo.extend(main_slots(self._steps[name]).values())
        return seen


def _tails(lines: tuple[Line, ...], after: str) -> Iterator[Edge]:
    """The ways of a column that come out at ``after``."""
    last = lines[-1]
    if last.kind in ("below", "jump") and last.target == after:
        yield from last.place
    for column in last.columns:
        yield from _tails(column.lines, after)
