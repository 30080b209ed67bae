"""Occasions of one client that nobody tells of: a birthday, the first Monday of a month."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tactful.journeys.rules.calendar import Calendar
from tactful.journeys.rules.conditions import fact_key
from tactful.journeys.rules.dates import Start, days_before, in_year, occasion_key, start_of
from tactful.journeys.rules.delays import moment_of
from tactful.journeys.rules.engine import begin
from tactful.journeys.rules.moves import Entered, Facts, State
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.postpone import scheduled
from tactful.journeys.rules.recurrence import occurs, read_rule
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, DateEntry, RecurringEntry

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_FARTHEST = 1500  # days looked ahead for an occasion: 29 February comes within


@dataclass(frozen=True, slots=True)
class Occasion:
    """``trigger``: the day as a number, 20270330: the same occasion begins nothing twice."""

    key: str
    trigger: int
    start: Start


def occasion_on(entry: DateEntry | RecurringEntry, facts: Facts, begins_on: date) -> Occasion | None:
    """The occasion for which the journey begins on this local day of the client, if there is one.

    ``facts``: those of ``dates.starting_facts``.
    """
    calendar, quiet = facts[CALENDAR_FACT], facts.get(QUIET_FACT)
    value = facts[fact_key(entry.of, "")] if isinstance(entry, DateEntry) else None
    for day in days_before(entry, begins_on):
        if not _is_day(entry, value, calendar, day):
            continue
        key = occasion_key(entry, day)
        start = start_of(entry, key, value, calendar, quiet)
        if start is not None and _within(begins_on, start.at, calendar):
            return Occasion(key, int(f"{day:%Y%m%d}"), start)
    return None


def next_occasion(plan: Plan, facts: Facts, since: datetime) -> Occasion | None:
    """The first occasion that begins after ``since``."""
    entry = plan.definition.entry
    assert isinstance(entry, DateEntry | RecurringEntry)
    first = since.date() - _DAY
    for ahead in range(_FARTHEST):
        found = occasion_on(entry, facts, first + ahead * _DAY)
        if found is not None and found.start.at >= since:
            return found
    return None


def awaiting(plan: Plan, state: State, occasion: Occasion, facts: Facts, now: datetime) -> State:
    """The row of an occasion, waiting for it; ``state`` has its key."""
    entry = plan.definition.entry
    assert isinstance(entry, DateEntry | RecurringEntry)
    value = facts[fact_key(entry.of, "")] if isinstance(entry, DateEntry) else None
    begun = begin(plan, state, Entered(now, {}, occasion.trigger))
    return scheduled(begun, entry, value, occasion.start)


def _is_day(entry: DateEntry | RecurringEntry, value: object, calendar: Calendar, day: date) -> bool:
    if isinstance(entry, RecurringEntry):
        return occurs(read_rule(entry.rule), entry.start, day)
    if entry.yearly:
        return in_year(value, day.year) == day
    moment = moment_of(value, calendar, _MIDNIGHT)
    return moment is not None and _within(day, moment, calendar)


def _within(day: date, moment: datetime, calendar: Calendar) -> bool:
    return calendar.at_local(day, _MIDNIGHT) <= moment < calendar.at_local(day + _DAY, _MIDNIGHT)
