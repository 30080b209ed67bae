"""Beginnings: which facts begin a journey, for whom, and whether it may be again. Set-based."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tactful.events.types import Fact
from tactful.foundation.ids import new_ids
from tactful.journeys import effects
from tactful.journeys.hearing import event
from tactful.journeys.hot import entries
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.entries import Known, NewRow
from tactful.journeys.moving import carry_out
from tactful.journeys.plans import LiveJourney, plan_of
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.dates import MOVED
from tactful.journeys.rules.entry import MayEnter, enters, entry_facts, first_state, knock, may_begin
from tactful.journeys.rules.moves import Facts, State, Stop


@dataclass(frozen=True, slots=True)
class Knock:
    """Something asks to begin a journey. ``state``: the row that it would be. ``trigger``: the fact's id,
    or the day of an occasion. ``only_later``: not if it would have begun already."""

    journey: LiveJourney
    trigger: int
    state: State
    only_later: bool = False

    @property
    def door(self) -> tuple[int, int, str]:
        return self.state.journey_id, self.state.contact_id, self.state.entry_key


def begin_journeys(
    facts: Sequence[Fact], live: Sequence[LiveJourney], load: Load, now: datetime
) -> list[NewRow]:
    """New enrolments for facts that begin a journey; the next claim walks them."""
    return let_in(_let_in(list(_knocks(facts, live)), load), load, now)


def let_in(knocks: Sequence[Knock], load: Load, now: datetime) -> list[NewRow]:
    """New enrolments for those that may be."""
    return [row for each in _rounds(knocks) for row in _begin(each, load, now)]


def _knocks(facts: Sequence[Fact], live: Sequence[LiveJourney]) -> Iterator[tuple[Knock, Fact]]:
    for journey in live:
        for fact in facts:
            if fact.name in journey.entry_events and fact.contact_id is not None:
                key = knock(journey.plan, event(fact))
                if key is not None:
                    yield Knock(journey, fact.id, State(journey.journey_id, fact.contact_id, key)), fact


def _let_in(asking: Sequence[tuple[Knock, Fact]], load: Load) -> list[Knock]:
    """Those whose entry condition holds; the facts that it wants are loaded for all of them at once."""
    keys = [entry_facts(each.journey.plan, each.state.entry_key) for each, _ in asking]
    wanting = [(each.state, wanted) for (each, _), wanted in zip(asking, keys, strict=True) if wanted]
    given = iter(load(wanting) if wanting else ())
    facts = [next(given) if wanted else {} for wanted in keys]
    found = [_ready(each, fact, known) for (each, fact), known in zip(asking, facts, strict=True)]
    return [each for each in found if each is not None]


def _ready(asking: Knock, fact: Fact, known: Facts) -> Knock | None:
    """With the row that it would be. A date that has moved begins what is over only once more, and only
    if the new date is so far off that it would not have begun yet."""
    plan = asking.journey.plan
    if enters(plan, event(fact), lambda _keys, _at: known) is None:
        return None
    state = first_state(plan, asking.state, event(fact), known)
    moved = bool(plan.starting) and fact.name.endswith(f".{MOVED}")
    return None if state is None else replace(asking, state=state, only_later=moved)


def _rounds(knocks: Sequence[Knock]) -> list[list[Knock]]:
    """The first at each door, then the second ones: each must see what came of the one before."""
    rounds: list[list[Knock]] = []
    count: dict[tuple[int, int, str], int] = {}
    for each in knocks:
        place = count.get(each.door, 0)
        count[each.door] = place + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(each)
    return rounds


def _begin(knocks: Sequence[Knock], load: Load, now: datetime) -> list[NewRow]:
    known = entries.known([(*each.door, each.trigger) for each in knocks])
    allowed = [
        (each, past, verdict)
        for each, past in zip(knocks, known, strict=True)
        if (verdict := _verdict(each, past, now)) is not None
    ]
    if not allowed:
        return []
    _restart([past.running for _, past, verdict in allowed if verdict.stop_live and past.running], load, now)
    ids = new_ids(len(allowed))
    fresh = [
        NewRow(ident, each.journey.version_id, verdict.entry_no, each.trigger, each.state)
        for ident, (each, _, verdict) in zip(ids, allowed, strict=True)
    ]
    made = entries.insert(fresh, now)
    begun = [row for row in fresh if row.id in made]
    effects.announce_entered([row for row in begun if not plan_of(row.version_id).starting], now)
    return begun


def _verdict(asking: Knock, known: Known, now: datetime) -> MayEnter | None:
    if known.used:
        return None
    return may_begin(asking.journey.plan, asking.state, known.past, now, asking.only_later)


def _restart(ids: Sequence[int], load: Load, now: datetime) -> None:
    rows = hot.running(ids) if ids else []
    if rows:
        carry_out(rows, {row.id: (Stop(now, "restarted"),) for row in rows}, load, now)
