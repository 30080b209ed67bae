"""Journeys that begin by the calendar: birthdays, anniversaries, every first Monday.

Each such journey looks through the clients once a day, page by page, for the next local day; what
changes in between (a birthday written down today) is told by facts.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from django.db import transaction

from tactful.events.types import Fact
from tactful.gate.types import UNKNOWN
from tactful.journeys.entering import Knock, let_in
from tactful.journeys.hot import sweeps
from tactful.journeys.hot.entries import NewRow
from tactful.journeys.plans import LiveJourney, standing
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.conditions import Values
from tactful.journeys.rules.dates import (
    ATTRIBUTE,
    GRACE,
    days_before,
    month_days,
    of_client,
    tells_of_day,
)
from tactful.journeys.rules.moves import Facts, State
from tactful.journeys.rules.occasions import awaiting, occasion_on
from tactful.journeys.rules.recurrence import occurs, read_rule
from tactful.journeys.types import DateEntry, RecurringEntry

DAY = timedelta(days=1)
PAGE = 2000  # clients looked at in one transaction


class People(Protocol):
    """The clients of the house by their ids, ascending, at most ``limit`` with an id after ``after``."""

    def with_day(self, attribute: str, among: Sequence[str], after: int, limit: int) -> list[int]:
        """Those whose attribute ends in one of ``among``: ``02-28``, or whole days ``2027-02-28``; what
        is no day in ISO 8601 is left out."""
        ...

    def everybody(self, after: int, limit: int) -> list[int]: ...


@transaction.atomic
def sweep(people: People, load: Load, now: datetime, limit: int = PAGE) -> int:
    """One page for each live journey that has not looked far enough. Answers how many clients were looked
    at; call again until it answers 0."""
    journeys = {each.journey_id: each for each in standing().live if _by_calendar(each)}
    if not journeys:
        return 0
    first, _, last = _these_days(now)
    versions = {ident: each.version_id for ident, each in journeys.items()}
    looked, reached = 0, []
    for ident, stretch in sweeps.unfinished(versions, first, last).items():
        journey = journeys[ident]
        ids = _candidates(journey, people, stretch, limit)
        _begin(journey, ids, [stretch.day], load, now)
        looked += max(1, len(ids))
        upto = sweeps.Stretch(stretch.day, ids[-1] if ids else stretch.after)
        reached.append(sweeps.Reached(ident, journey.version_id, upto, done=len(ids) < limit))
    sweeps.note(reached)
    return looked


def begin_for_changed(
    facts: Sequence[Fact], live: Sequence[LiveJourney], load: Load, now: datetime
) -> list[NewRow]:
    """For clients who are new or whose attributes have changed: an occasion of these days."""
    begun: list[NewRow] = []
    for journey in live:
        entry = journey.plan.definition.entry
        if isinstance(entry, DateEntry) and of_client(entry.of):
            told = [fact for fact in facts if tells_of_day(entry.of, fact.name, fact.data)]
            ids = {fact.contact_id for fact in told if fact.contact_id}
            begun += _begin(journey, sorted(ids), _these_days(now), load, now) if ids else []
    return begun


def _by_calendar(journey: LiveJourney) -> bool:
    entry = journey.plan.definition.entry
    return isinstance(entry, RecurringEntry) or (isinstance(entry, DateEntry) and of_client(entry.of))


def _these_days(now: datetime) -> list[date]:
    """The local days that it may be anywhere, and the next one."""
    return [now.date() + shift * DAY for shift in (-1, 0, 1)]


def _candidates(journey: LiveJourney, people: People, stretch: sweeps.Stretch, limit: int) -> list[int]:
    entry = journey.plan.definition.entry
    if isinstance(entry, RecurringEntry):
        today = occurs(read_rule(entry.rule), entry.start, stretch.day)
        return people.everybody(stretch.after, limit) if today else []
    assert isinstance(entry, DateEntry)
    near = days_before(entry, stretch.day)
    days = month_days(near) if entry.yearly else [day.isoformat() for day in near]
    return people.with_day(entry.of.removeprefix(ATTRIBUTE), days, stretch.after, limit)


def _begin(
    journey: LiveJourney, ids: Sequence[int], days: Sequence[date], load: Load, now: datetime
) -> list[NewRow]:
    plan = journey.plan
    asking = [State(journey.journey_id, ident, "") for ident in ids]
    known = load([(state, plan.starting) for state in asking]) if asking else []
    knocks = []
    for state, facts in zip(asking, known, strict=True):
        if any(facts.get(name, UNKNOWN) is UNKNOWN for name in plan.starting):
            continue  # a client who is gone, or whose facts cannot be read: begun for nobody
        knocks += _occasions(journey, state, facts, days, now)
    return let_in(knocks, load, now)


def _occasions(
    journey: LiveJourney, state: State, facts: Facts, days: Sequence[date], now: datetime
) -> list[Knock]:
    entry, found = journey.plan.definition.entry, []
    assert isinstance(entry, DateEntry | RecurringEntry)
    asked = journey.plan.entry_question
    if isinstance(entry, RecurringEntry) and asked and not asked.evaluate(Values(facts, "", {}, {})):
        return []
    for day in days:
        occasion = occasion_on(journey.plan, facts, day)
        if occasion is None or occasion.start.until <= now or occasion.start.at < now - GRACE:
            continue
        row = State(state.journey_id, state.contact_id, occasion.key)
        ready = awaiting(journey.plan, row, occasion, facts, now)
        found.append(Knock(journey, occasion.trigger, ready))
    return found
