"""The parts of a step that ask for facts, made ready: conditions, delays, watches, named values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tactful.journeys import types
from tactful.journeys.rules.conditions import Evaluate, Values, compile_condition, fact_name, reader, refs
from tactful.journeys.rules.delays import needs_calendar
from tactful.journeys.rules.graph import value_refs
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, Condition, Delay, Ref, Watch


@dataclass(frozen=True, slots=True)
class Question:
    """A condition with the names of the facts that it wants."""

    names: tuple[str, ...]
    evaluate: Evaluate


@dataclass(frozen=True, slots=True)
class Timing:
    """A delay with the names of the facts that it wants. ``read`` gets the value behind ``until``.
    ``moves``: that value is a date which may move. ``pulls``: quiet hours pull its end forward, and
    ``margin``: early enough for a mail that must have gone so long before that date."""

    delay: Delay
    names: tuple[str, ...]
    read: Callable[[Values], Any] | None
    moves: bool = False
    pulls: bool = False
    margin: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Lookout:
    """A watch, ready: ``question`` looks at the fields of the event in hand."""

    event: str
    match: tuple[str, ...]
    question: Question | None


@dataclass(frozen=True, slots=True)
class Given:
    """Named values with the names of the facts that they want."""

    names: tuple[str, ...]
    readers: Mapping[str, Callable[[Values], Any]]

    def read(self, values: Values) -> dict[str, Any]:
        return {name: read(values) for name, read in self.readers.items()}


def question(condition: Condition | None) -> Question | None:
    if condition is None:
        return None
    return Question(names_of(refs(condition)), compile_condition(condition))


def lookout(watch: Watch) -> Lookout:
    return Lookout(watch.event, watch.match, question(watch.condition))


def timing(delay: Delay | None, moving: frozenset[str], *, pulls: bool = False) -> Timing | None:
    """``moving``: names of the dates that may move. ``pulls``: a wait that ends earlier than a date is
    pulled forward rather than pushed past it."""
    if delay is None:
        return None
    until = delay.until
    names = (CALENDAR_FACT,) if needs_calendar(delay) else ()
    if not isinstance(until, Ref):
        return Timing(delay, names, None if until is None else lambda _: until)
    moves = fact_name(until) in moving
    pulled = pulls and bool(delay.earlier)
    quiet = (QUIET_FACT,) if pulled else ()
    return Timing(delay, (*names, *quiet, *names_of([until])), reader(until), moves, pulled)


def given(values: types.Values) -> Given:
    readers = {name: _reader(value) for name, value in values.items()}
    return Given(names_of(value_refs(values)), readers)


def _reader(value: Ref | types.Scalar) -> Callable[[Values], Any]:
    return reader(value) if isinstance(value, Ref) else lambda _: value


def names_of(used: Iterable[Ref]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for ref in used if (name := fact_name(ref)) is not None))
