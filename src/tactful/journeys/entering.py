"""Beginnings: which facts begin a journey, for whom, and whether it may be again. Set-based."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tactful.events.types import Fact
from tactful.foundation.ids import new_ids
from tactful.journeys import effects
from tactful.journeys.hearing import event
from tactful.journeys.hot import entries
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.entries import Known, NewRow
from tactful.journeys.moving import carry_out
from tactful.journeys.plans import LiveJourney
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.engine import begin
from tactful.journeys.rules.entry import MayEnter, enters, entry_facts, entry_key, may_enter
from tactful.journeys.rules.moves import Entered, Facts, State, Stop


@dataclass(frozen=True, slots=True)
class _Knock:
    """A fact that asks to begin a journey."""

    journey: LiveJourney
    fact: Fact
    state: State

    @property
    def door(self) -> tuple[int, int, str]:
        return self.state.journey_id, self.state.contact_id, self.state.entry_key


def begin_journeys(
    facts: Sequence[Fact], live: Sequence[LiveJourney], load: Load, now: datetime
) -> list[NewRow]:
    """New enrolments for facts that begin a journey; the next claim walks them."""
    knocks = _let_in(list(_knocks(facts, live)), load)
    return [row for each in _rounds(knocks) for row in _begin(each, load, now)]


def _knocks(facts: Sequence[Fact], live: Sequence[LiveJourney]) -> Iterator[_Knock]:
    for journey in live:
        for fact in facts:
            if journey.entry_event == fact.name and fact.contact_id is not None:
                key = entry_key(journey.plan.key_field, event(fact))
                if key is not None:
                    yield _Knock(journey, fact, State(journey.journey_id, fact.contact_id, key))


def _let_in(knocks: Sequence[_Knock], load: Load) -> list[_Knock]:
    """Those whose entry condition holds; the facts that it wants are loaded for all of them at once."""
    keys = [entry_facts(knock.journey.plan, knock.state.entry_key) for knock in knocks]
    asking = [(knock.state, wanted) for knock, wanted in zip(knocks, keys, strict=True) if wanted]
    given = iter(load(asking) if asking else ())
    facts = [next(given) if wanted else {} for wanted in keys]
    return [knock for knock, known in zip(knocks, facts, strict=True) if _enters(knock, known)]


def _enters(knock: _Knock, known: Facts) -> bool:
    return enters(knock.journey.plan, event(knock.fact), lambda _keys, _at: known) is not None


def _rounds(knocks: Sequence[_Knock]) -> list[list[_Knock]]:
    """The first at each door, then the second ones: each must see what came of the one before."""
    rounds: list[list[_Knock]] = []
    count: dict[tuple[int, int, str], int] = {}
    for knock in knocks:
        place = count.get(knock.door, 0)
        count[knock.door] = place + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(knock)
    return rounds


def _begin(knocks: Sequence[_Knock], load: Load, now: datetime) -> list[NewRow]:
    known = entries.known([(*knock.door, knock.fact.id) for knock in knocks])
    allowed = [
        (knock, each, verdict)
        for knock, each in zip(knocks, known, strict=True)
        if (verdict := _verdict(knock, each, now)) is not None
    ]
    if not allowed:
        return []
    _restart([each.running for _, each, verdict in allowed if verdict.stop_live and each.running], load, now)
    ids = new_ids(len(allowed))
    fresh = [_row(ident, knock, verdict) for ident, (knock, _, verdict) in zip(ids, allowed, strict=True)]
    made = entries.insert(fresh, now)
    begun = [row for row in fresh if row.id in made]
    effects.announce_entered(begun, now)
    return begun


def _verdict(knock: _Knock, known: Known, now: datetime) -> MayEnter | None:
    if known.used:
        return None
    verdict = may_enter(knock.journey.plan.definition.reentry, known.past, now)
    return verdict if isinstance(verdict, MayEnter) else None


def _restart(ids: Sequence[int], load: Load, now: datetime) -> None:
    rows = hot.running(ids) if ids else []
    if rows:
        carry_out(rows, {row.id: (Stop(now, "restarted"),) for row in rows}, load, now)


def _row(ident: int, knock: _Knock, verdict: MayEnter) -> NewRow:
    entered = Entered(knock.fact.ts, knock.fact.data, knock.fact.id)
    state = begin(knock.journey.plan, knock.state, entered)
    return NewRow(ident, knock.journey.version_id, verdict.entry_no, knock.fact.id, state)
