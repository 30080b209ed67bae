"""Occasions of one client that nobody tells of: a birthday, the first Monday of a month."""

from collections.abc import Iterator
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
_FARTHEST = timedelta(days=1500)  # looked ahead for an occasion: 29 February comes within


@dataclass(frozen=True, slots=True)
class Occasion:
    """``trigger``: the day as a number, 20270330: the same occasion begins nothing twice."""

    key: str
    trigger: int
    start: Start


def occasion_on(plan: Plan, facts: Facts, begins_on: date) -> Occasion | None:
    """The occasion for which the journey begins on this local day of the client, if there is one.

    ``facts``: those of ``dates.starting_facts``.
    """
    entry = plan.definition.entry
    assert isinstance(entry, DateEntry | RecurringEntry)
    calendar, quiet = facts[CALENDAR_FACT], facts.get(QUIET_FACT)
    value = facts[fact_key(entry.of, "")] if isinstance(entry, DateEntry) else None
    for day in days_before(entry, begins_on):
        if not _is_day(entry, value, calendar, day):
            continue
        key = occasion_key(entry, day)
        start = start_of(entry, key, value, calendar, quiet, plan.margin)
        if start is not None and _within(begins_on, start.at, calendar):
            return Occasion(key, int(f"{day:%Y%m%d}"), start)
    return None


def next_occasion(
    plan: Plan, facts: Facts, since: datetime, until: datetime | None = None
) -> Occasion | None:
    """The first occasion that begins from ``since`` on; ``until``: not later than that."""
    entry = plan.definition.entry
    assert isinstance(entry, DateEntry | RecurringEntry)
    calendar, quiet = facts[CALENDAR_FACT], facts.get(QUIET_FACT)
    value = facts[fact_key(entry.of, "")] if isinstance(entry, DateEntry) else None
    farthest = (
        (until or since + _FARTHEST)
        + (entry.earlier if isinstance(entry, DateEntry) else timedelta())
        + 2 * _DAY
    )
    for day in _days(entry, value, calendar, since.date() - _DAY, farthest.date()):
        key = occasion_key(entry, day)
        start = start_of(entry, key, value, calendar, quiet, plan.margin)
        if start is not None and start.at >= since:
            return Occasion(key, int(f"{day:%Y%m%d}"), start)
    return None


def _days(
    entry: DateEntry | RecurringEntry, value: object, calendar: Calendar, first: date, last: date
) -> Iterator[date]:
    """The days of its occasions from ``first`` to ``last``."""
    if isinstance(entry, DateEntry) and entry.yearly:
        days = (in_year(value, year) for year in range(first.year, last.year + 1))
        yield from (day for day in days if day is not None and first <= day <= last)
    elif isinstance(entry, DateEntry):
        moment = moment_of(value, calendar, _MIDNIGHT)
        near = [] if moment is None else [moment.date() + shift * _DAY for shift in (-1, 0, 1)]
        yield from (day for day in near if first <= day <= last and _is_day(entry, value, calendar, day))
    else:
        rule = read_rule(entry.rule)
        while first <= last:
            if occurs(rule, entry.start, first):
                yield first
            first += _DAY


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
