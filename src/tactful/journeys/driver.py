"""The live engine: rows from the database, the pure ``step``, and what follows written in one commit.

Set-based: a batch is claimed, facts are loaded for all of it in a few queries, and states, visits and
effects are written in bulk. A batch that cannot be written is halved until the one row that fails stands
alone; it backs off with its error, and the others go on.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tactful.events.types import Fact
from tactful.foundation.ids import new_ids
from tactful.journeys import effects
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.rows import NewRow, Row
from tactful.journeys.models import Enrolment
from tactful.journeys.plans import LiveJourney, live_journeys, plan_of, resting_journeys
from tactful.journeys.rules.batch import Failed, Item, Load, advance_batch
from tactful.journeys.rules.engine import begin
from tactful.journeys.rules.entry import MayEnter, Past, enters, may_enter
from tactful.journeys.rules.moves import (
    Advance,
    Due,
    Effect,
    Entered,
    Event,
    Outcome,
    Phase,
    Released,
    SendOutcome,
    State,
    Stimulus,
    Stop,
    TaskAnswered,
    Visited,
)

logger = logging.getLogger(__name__)

BATCH = 500
UNREAD_PAUSE = timedelta(minutes=1)
OUTCOMES = {
    "message.sent": Outcome.SENT,
    "message.refused": Outcome.REFUSED,
    "message.cancelled": Outcome.CANCELLED,
    "message.expired": Outcome.EXPIRED,
    "message.dead": Outcome.DEAD,
    "message.merged": Outcome.MERGED,
}

Queue = Mapping[int, Sequence[Stimulus]]


@dataclass(slots=True)
class _Work:
    """What a batch has come to, before it is written."""

    moved: dict[int, Row]
    visits: list[tuple[int, Visited]]
    effects: list[tuple[Row, Effect]]
    unread: list[Row]
    failed: list[tuple[Row, Exception]]


@transaction.atomic
def run_due(load: Load, now: datetime, limit: int = BATCH) -> int:
    """Move enrolments whose moment has come. Answers how many were looked at."""
    rows = hot.claim_due(now, limit, resting_journeys())
    if rows:
        _carry_out(rows, {row.id: (Due(),) for row in rows}, load, now)
    return len(rows)


@transaction.atomic
def feed(facts: Sequence[Fact], load: Load, now: datetime) -> None:
    """Let facts begin journeys and move those that wait for them."""
    live = live_journeys()
    begin_journeys(facts, live, load, now)
    queue = _stimuli(facts)
    heard = {fact.name for fact in facts}
    if not queue and not any(heard & plan_of(version).listens for version in _versions_running(facts)):
        return
    contacts = {fact.contact_id for fact in facts if fact.contact_id is not None}
    rows = hot.running_of(contacts)
    by_contact = _events_by_contact(facts)
    stimuli = {row.id: [*queue.get(row.id, ()), *_heard(row, by_contact)] for row in rows}
    wanted = [row for row in rows if stimuli[row.id]]
    if wanted:
        _carry_out(wanted, stimuli, load, now)


@transaction.atomic
def stop(enrolment_ids: Sequence[int], reason: str, load: Load, now: datetime) -> int:
    """End enrolments by a person's decision."""
    rows = hot.running(enrolment_ids)
    _carry_out(rows, {row.id: (Stop(now, reason),) for row in rows}, load, now)
    return len(rows)


def begin_journeys(facts: Sequence[Fact], live: Sequence[LiveJourney], load: Load, now: datetime) -> int:
    """New enrolments for facts that begin a journey; the next claim walks them."""
    wanted: list[tuple[LiveJourney, Fact, str]] = []
    for journey in live:
        for fact in facts:
            key = _entry_key(journey, fact, load)
            if key is not None:
                wanted.append((journey, fact, key))
    fresh = [row for entry in wanted if (row := _new_row(*entry, load, now)) is not None]
    if not fresh:
        return 0
    made = hot.insert(fresh, now)
    effects.announce_entered([row for row in fresh if row.id in made], now)
    return len(made)


def _entry_key(journey: LiveJourney, fact: Fact, load: Load) -> str | None:
    if fact.contact_id is None or journey.entry_event != fact.name:
        return None
    state = State(journey.journey_id, fact.contact_id, "")
    event = Event(fact.name, fact.id, fact.ts, fact.data)
    return enters(journey.plan, event, lambda keys, _at: load([(state, keys)])[0])


def _new_row(journey: LiveJourney, fact: Fact, key: str, load: Load, now: datetime) -> NewRow | None:
    assert fact.contact_id is not None
    verdict = may_enter(journey.plan.definition.reentry, _past(journey, fact.contact_id, key), now)
    if not isinstance(verdict, MayEnter):
        return None
    if verdict.stop_live:
        _restart(journey.journey_id, fact.contact_id, key, load, now)
    state = begin(
        journey.plan, State(journey.journey_id, fact.contact_id, key), Entered(fact.ts, fact.data, fact.id)
    )
    return NewRow(new_ids(1)[0], journey.version_id, verdict.entry_no, fact.id, state)


def _past(journey: LiveJourney, contact_id: int, key: str) -> Past:
    rows = list(
        Enrolment.objects.filter(journey_id=journey.journey_id, contact_id=contact_id, entry_key=key)
        .order_by("entry_no")
        .values_list("ended_at", flat=True)
    )
    ended = [at for at in rows if at is not None]
    return Past(len(rows), len(ended) < len(rows), max(ended, default=None))


def _restart(journey_id: int, contact_id: int, key: str, load: Load, now: datetime) -> None:
    live = Enrolment.objects.filter(journey_id=journey_id, contact_id=contact_id, entry_key=key, ended_at=None)
    stop(list(live.values_list("id", flat=True)), "restarted", load, now)


def _carry_out(rows: Sequence[Row], queue: Queue, load: Load, now: datetime) -> None:
    before = [row.state for row in rows]
    try:
        with transaction.atomic():
            _write(_walk(rows, queue, load, now), now)
    except Exception as error:
        for row, state in zip(rows, before, strict=True):
            row.state = state
        if len(rows) == 1:
            logger.exception("Enrolment %s could not be moved.", rows[0].id)
            hot.note_failure(rows[0], str(error), now)
            return
        middle = len(rows) // 2
        _carry_out(rows[:middle], queue, load, now)
        _carry_out(rows[middle:], queue, load, now)


def _walk(rows: Sequence[Row], queue: Queue, load: Load, now: datetime) -> _Work:
    """Give each row its stimuli one after the other; a wait that begins re-reads what has happened."""
    work = _Work({}, [], [], [], [])
    todo = {row.id: list(queue[row.id]) for row in rows}
    by_id = {row.id: row for row in rows}
    while any(todo.values()):
        turn = [by_id[ident] for ident, waiting in todo.items() if waiting]
        items = [Item(plan_of(row.version_id), row.state, todo[row.id].pop(0)) for row in turn]
        answers = advance_batch(items, load, now)
        began = [row for row, answer in zip(turn, answers, strict=True) if _take(row, answer, work)]
        for ident, event in _missed(began):
            todo[ident].append(event)
    return work


def _take(row: Row, answer: Advance | Failed, work: _Work) -> bool:
    """Note an answer. True when the row has begun to wait for an event."""
    if isinstance(answer, Failed):
        work.failed.append((row, answer.error))
        return False
    if answer.unread:
        work.unread.append(row)
        return False
    if answer.state is row.state:
        return False
    was = (row.state.visit, row.state.phase)
    row.state = answer.state
    work.moved[row.id] = row
    work.visits += [(row.id, visit) for visit in answer.visits]
    work.effects += [(row, effect) for effect in answer.effects]
    return answer.state.phase is Phase.WAITING_EVENT and (answer.state.visit, Phase.WAITING_EVENT) != was


def _missed(began: Sequence[Row]) -> Iterable[tuple[int, Event]]:
    """Events that came between the cause of a wait and the wait itself."""
    if not began:
        return
    names = {row.state.wait_event for row in began if row.state.wait_event}
    since = min(row.state.wait_since for row in began if row.state.wait_since)
    contacts = {row.state.contact_id for row in began}
    found = hot.events_since(contacts, names, since)
    for row in began:
        for contact, ident, name, at, data in found:
            if contact == row.state.contact_id and name == row.state.wait_event:
                yield row.id, Event(name, ident, at, data)


def _write(work: _Work, now: datetime) -> None:
    if work.moved:
        hot.write(list(work.moved.values()), now)
        hot.write_visits(work.visits)
        effects.carry_out(work.effects, now)
    hot.put_off(work.unread, now + UNREAD_PAUSE)
    for row, error in work.failed:
        logger.error("Enrolment %s could not be moved: %s", row.id, error)
        hot.note_failure(row, str(error), now)


def _versions_running(facts: Sequence[Fact]) -> list[int]:
    contacts = {fact.contact_id for fact in facts if fact.contact_id is not None}
    running = Enrolment.objects.filter(contact_id__in=contacts, ended_at=None)
    return list(running.values_list("version_id", flat=True).distinct())


def _stimuli(facts: Sequence[Fact]) -> dict[int, list[Stimulus]]:
    """Outcomes of messages and answers of people, by enrolment."""
    queue: dict[int, list[Stimulus]] = defaultdict(list)
    for fact in facts:
        data = fact.data
        if data.get("cause") == "visit" and data.get("cause_id") is not None:
            visit = int(data["visit"])
            if fact.name in OUTCOMES:
                outcome = SendOutcome(visit, OUTCOMES[fact.name], fact.ts, str(data.get("check", "")))
                queue[int(data["cause_id"])].append(outcome)
            elif fact.name == "message.released":
                queue[int(data["cause_id"])].append(Released(visit, fact.ts))
        elif fact.name == "task.done" and data.get("subject_kind") == "enrolment":
            visit = int(data.get("params", {}).get("visit", 0))
            queue[int(data["subject_id"])].append(TaskAnswered(visit, fact.ts, str(data.get("answer", ""))))
    return queue


def _events_by_contact(facts: Sequence[Fact]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for fact in facts:
        if fact.contact_id is not None:
            found[fact.contact_id].append(Event(fact.name, fact.id, fact.ts, fact.data))
    return found


def _heard(row: Row, by_contact: Mapping[int, Sequence[Event]]) -> list[Event]:
    listens = plan_of(row.version_id).listens
    return [event for event in by_contact.get(row.state.contact_id, ()) if event.name in listens]


