"""The live engine: what moves enrolments on the real database. Time, facts, and people's decisions.

Set-based: a batch is claimed, facts are loaded for all of it in a few queries, and states, visits and
effects are written in bulk, in one commit.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tactful.delivery import actions as delivery
from tactful.events.feed import Wanted
from tactful.events.types import Fact
from tactful.journeys import hearing
from tactful.journeys.entering import begin_journeys
from tactful.journeys.hot import log, objects
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.entries import NewRow
from tactful.journeys.hot.rows import Row
from tactful.journeys.moving import carry_out
from tactful.journeys.occasions import begin_for_changed, sweep
from tactful.journeys.plans import Standing, plan_of, resting, standing
from tactful.journeys.rules.batch import Load
from tactful.journeys.rules.dates import CANCELLED, CONTACT_CREATED, CONTACT_UPDATED, DATED, MOVED
from tactful.journeys.rules.entry_events import STOP_WANTED
from tactful.journeys.rules.handling import after_skipping
from tactful.journeys.rules.moves import Due, MoveTo, Outcome, Phase, SendOutcome, Stimulus, Stop

__all__ = ["feed", "move", "pause", "resume", "run_due", "stop", "sweep", "wanted"]

BATCH = 1000
SLACK = timedelta(minutes=10)
"""The business clock may step back a little; what a row has missed is looked for so much earlier."""


def run_due(load: Load, now: datetime, limit: int = BATCH) -> int:
    """Move enrolments whose moment has come, and those whose pause after trouble is over.

    Answers how many were looked at. One batch, one transaction; call again until it answers 0.
    """
    return _run_due(load, now, limit) if hot.any_due(now) else 0


@transaction.atomic
def _run_due(load: Load, now: datetime, limit: int) -> int:
    again = hot.claim_again(limit)
    rows = [*hot.claim_due(now, limit), *again]
    if not rows:
        return 0
    awake = _awake(rows)
    queue: dict[int, list[Stimulus]] = {row.id: [Due()] for row in awake}
    for ident, told in _missed([row for row in again if row.id in queue]).items():
        queue[ident] = [*told, Due()]
    touched = carry_out(awake, queue, load, now)
    hot.calm([row.id for row in awake if row.id not in touched], now)
    return len(rows)


@transaction.atomic
def feed(facts: Sequence[Fact], load: Load, now: datetime) -> None:
    """Let facts begin journeys and move those that wait for them."""
    house, place = standing(), {fact.id: number for number, fact in enumerate(facts)}
    objects.take_in(facts)
    for wave in _waves(facts, house):
        _feed(wave, place, house, load, now)


def _waves(facts: Sequence[Fact], house: Standing) -> Iterator[Sequence[Fact]]:
    """What begins something comes after all that the same client has done before: it must see how that
    ended. Most batches are one wave."""
    turns: dict[int | None, int] = {}
    waves: list[list[Fact]] = [[]]
    for fact in facts:
        begins = fact.name in house.begin
        turn = turns.get(fact.contact_id, 0)
        if begins and fact.contact_id in turns:
            turn += 1
        if begins or hearing.concerns(fact, house.listened):
            turns[fact.contact_id] = turn
        if turn == len(waves):
            waves.append([])
        waves[turn].append(fact)
    yield from waves


def _feed(
    facts: Sequence[Fact], place: Mapping[int, int], house: Standing, load: Load, now: datetime
) -> None:
    begun = begin_journeys(facts, house.live, load, now) + begin_for_changed(facts, house.live, load, now)
    moving = [fact for fact in facts if hearing.concerns(fact, house.listened)]
    if not moving and not begun:
        return
    contacts = {fact.contact_id for fact in moving if fact.contact_id is not None}
    rows = hot.running_of(contacts | _contacts(begun))
    queue = hearing.stimuli(rows, moving) | _told_to_the_new(begun, rows, facts, place, house.listened)
    wanted = [row for row in rows if row.id in queue]
    if wanted:
        carry_out(_awake(wanted), queue, load, now)


def wanted() -> Wanted:
    """The facts that could begin or move anything, or that tell of an object's dates."""
    house = standing()
    names = house.listened | house.begin | hearing.ADDRESSED | {STOP_WANTED, CONTACT_CREATED, CONTACT_UPDATED}
    return Wanted(frozenset(names), tuple(f".{verb}" for verb in (DATED, MOVED, CANCELLED)))


@transaction.atomic
def stop(enrolment_ids: Sequence[int], reason: str, load: Load, now: datetime) -> int:
    """End enrolments by a person's decision."""
    rows = hot.running(enrolment_ids)
    carry_out(rows, {row.id: (Stop(now, reason),) for row in rows}, load, now)
    return len(rows)


@transaction.atomic
def move(enrolment_ids: Sequence[int], step: str | None, load: Load, now: datetime) -> int:
    """Send them to ``step`` of the version that each walks; None: past the step where they stand.

    Answers how many have moved. Nobody moves on a journey that is off, to a step that it does not have, or
    while a fact cannot be read that the step asks for.
    """
    rows = [row for row in _awake(hot.running(enrolment_ids)) if row.state.step]
    queue = {row.id: (order,) for row in rows if (order := _order(row, step, now)) is not None}
    moving = [row for row in rows if row.id in queue]
    before = {row.id: row.state for row in moving}
    carry_out(moving, queue, load, now)
    return sum(row.state is not before[row.id] for row in moving)


def _order(row: Row, step: str | None, now: datetime) -> MoveTo | None:
    nodes, state = plan_of(row.version_id).nodes, row.state
    if step is None:
        return MoveTo(now, state.visit, after_skipping(nodes[state.step].step), "skipped")
    return MoveTo(now, state.visit, step) if step in nodes else None


@transaction.atomic
def pause(enrolment_ids: Sequence[int], now: datetime) -> int:
    """They hear and get nothing until ``resume``. A message that has not left is cancelled."""
    rows = hot.running(enrolment_ids)
    waiting = {(row.id, row.state.visit): "paused" for row in rows if row.state.phase is Phase.SENDING}
    if waiting:
        delivery.cancel_visits(waiting, now=now)
    hot.pause([row.id for row in rows])
    return len(rows)


@transaction.atomic
def resume(enrolment_ids: Sequence[int], load: Load, now: datetime) -> int:
    """They hear what has happened meanwhile; a message that the pause has cancelled is thought over."""
    rows = _awake(hot.paused(enrolment_ids))
    told = _missed(rows)
    queue = {row.id: _since_the_pause(row, told.get(row.id, ()), now) for row in rows}
    touched = carry_out(rows, queue, load, now) if rows else set()
    hot.calm([row.id for row in rows if row.id not in touched], now)
    return len(rows)


def _since_the_pause(row: Row, told: Sequence[Stimulus], now: datetime) -> list[Stimulus]:
    """A message that was on its way already has an outcome of its own, or will have one."""
    visit = row.state.visit
    kept = [each for each in told if not _is_cancelled(each, visit)]
    if len(kept) == len(told):
        return [*told, Due()]
    return [*kept, MoveTo(now, visit, row.state.step, "resumed")]


def _is_cancelled(told: Stimulus, visit: int) -> bool:
    return isinstance(told, SendOutcome) and told.visit == visit and told.outcome is Outcome.CANCELLED


def _awake(rows: Sequence[Row]) -> list[Row]:
    """Without those whose journey is switched off: they are laid aside, and hear it all when it is on."""
    off = resting({row.state.journey_id for row in rows})
    if not off:
        return list(rows)
    hot.lay_aside([row.id for row in rows if row.state.journey_id in off])
    return [row for row in rows if row.state.journey_id not in off]


def _told_to_the_new(
    begun: Sequence[NewRow],
    rows: Sequence[Row],
    facts: Sequence[Fact],
    place: Mapping[int, int],
    names: frozenset[str],
) -> dict[int, list[Stimulus]]:
    """What the log already had when a late fact began a journey, for it happened after that beginning;
    and of the facts that are read now, those that come after the one that began it."""
    if not begun:
        return {}
    since = min(row.state.wait_since for row in begun if row.state.wait_since is not None)
    known = _by_contact(log.named_since(_contacts(begun), {*names, STOP_WANTED}, since))
    read, begins = _by_contact(facts), {row.id: row.trigger_id for row in begun}
    told: dict[int, list[Stimulus]] = {}
    for row in rows:
        trigger, begin = begins.get(row.id), row.state.wait_since
        if trigger is None or begin is None:
            continue
        start = place.get(trigger, -1)
        had = [each for each in known[row.state.contact_id] if place.get(each.id, -1) < max(start, 0)]
        late = [each for each in had if (each.ts, each.id) > (begin, trigger)]
        fresh = [each for each in read[row.state.contact_id] if place[each.id] > start]
        told |= hearing.stimuli([row], [*late, *fresh])
    return told


def _by_contact(facts: Sequence[Fact]) -> defaultdict[int | None, list[Fact]]:
    found: defaultdict[int | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.contact_id].append(fact)
    return found


def _contacts(rows: Sequence[NewRow]) -> set[int]:
    return {row.state.contact_id for row in rows}


def _missed(rows: Sequence[Row]) -> dict[int, list[Stimulus]]:
    """What the log has for rows that could not listen. What they took in before fits them no more."""
    starts = {row.id: row.state.wait_since - SLACK for row in rows if row.state.wait_since is not None}
    if not starts:
        return {}
    facts = log.learned_since({row.state.contact_id for row in rows}, min(starts.values()))
    told: dict[int, list[Stimulus]] = {}
    for row in rows:
        since = starts.get(row.id)
        if since is not None:
            told |= hearing.stimuli([row], [fact for fact in facts if fact.recorded_at >= since])
    return told
