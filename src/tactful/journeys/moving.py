"""Locked rows and what they are told, through the pure ``step``, and what follows written down in bulk.

A batch that cannot be written is halved until the one row that fails stands alone; it backs off with its
error, and the others go on. What it was told is not lost: after its pause it reads the log again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tactful.events.types import Fact
from tactful.foundation.pg import will_pass
from tactful.journeys import effects
from tactful.journeys.hearing import event
from tactful.journeys.hot import log
from tactful.journeys.hot import rows as hot
from tactful.journeys.hot.rows import Row
from tactful.journeys.plans import plan_of
from tactful.journeys.rules.batch import Failed, Item, Load, advance_batch
from tactful.journeys.rules.moves import NEVER_BEGUN, Advance, Effect, Event, Phase, Stimulus, Visited

logger = logging.getLogger(__name__)

Queue = Mapping[int, Sequence[Stimulus]]


@dataclass(slots=True)
class _Work:
    """What a batch has come to, before it is written."""

    moved: dict[int, Row] = field(default_factory=dict)
    visits: list[tuple[int, Visited]] = field(default_factory=list)
    effects: list[tuple[Row, Effect]] = field(default_factory=list)
    begun: list[Row] = field(default_factory=list)  # their moment has come: now they enter
    unread: set[int] = field(default_factory=set)
    failed: dict[int, Exception] = field(default_factory=dict)

    def stuck(self, ident: int) -> bool:
        return ident in self.failed or ident in self.unread

    def touched(self) -> set[int]:
        return {*self.moved, *self.unread, *self.failed}


def carry_out(rows: Sequence[Row], queue: Queue, load: Load, now: datetime) -> set[int]:
    """Inside a transaction. Answers with the ids of those that moved or could not be moved."""
    before = [row.state for row in rows]
    try:
        with transaction.atomic():
            work = _walk(rows, queue, load, now)
            _write(work, now)
            return work.touched()
    except Exception as error:
        if will_pass(error):
            raise
        for row, state in zip(rows, before, strict=True):
            row.state = state
        if len(rows) == 1:
            logger.exception("Enrolment %s could not be moved.", rows[0].id)
            hot.note_failures({rows[0].id: _words(error)})
            return {rows[0].id}
        middle = len(rows) // 2
        return carry_out(rows[:middle], queue, load, now) | carry_out(rows[middle:], queue, load, now)


def _walk(rows: Sequence[Row], queue: Queue, load: Load, now: datetime) -> _Work:
    """Give each row its stimuli one after the other; a wait that begins re-reads what has happened."""
    work = _Work()
    todo = {row.id: list(queue[row.id]) for row in rows}
    turn = list(rows)
    while turn:
        items = [Item(plan_of(row.version_id), row.state, todo[row.id].pop(0)) for row in turn]
        answers = advance_batch(items, load, now)
        began = [row for row, answer in zip(turn, answers, strict=True) if _take(row, answer, work)]
        for ident, missed in _missed(began):
            todo[ident].append(missed)
        turn = [row for row in turn if todo[row.id] and not work.stuck(row.id)]
    return work


def _take(row: Row, answer: Advance | Failed, work: _Work) -> bool:
    """Note an answer. True when the row has begun to wait for an event."""
    if isinstance(answer, Failed):
        work.failed[row.id] = answer.error
        return False
    if answer.unread:
        work.unread.add(row.id)
        return False
    if answer.state is row.state:
        return False
    was = (row.state.visit, row.state.phase)
    row.state = answer.state
    work.moved[row.id] = row
    entered = was[1] is Phase.READY and answer.state.visit > was[0]
    if entered and plan_of(row.version_id).starting:
        work.begun.append(row)
    work.visits += [(row.id, visit) for visit in answer.visits]
    work.effects += [(row, effect) for effect in answer.effects]
    return answer.state.phase is Phase.WAITING_EVENT and (answer.state.visit, Phase.WAITING_EVENT) != was


def _missed(began: Sequence[Row]) -> Iterable[tuple[int, Event]]:
    """Events that came between the cause of a wait and the wait itself."""
    if not began:
        return
    names = {row.state.wait_event for row in began if row.state.wait_event}
    since = min(row.state.wait_since for row in began if row.state.wait_since)
    found: dict[tuple[int | None, str | None], list[Fact]] = defaultdict(list)
    for fact in log.named_since({row.state.contact_id for row in began}, names, since):
        found[fact.contact_id, fact.name].append(fact)
    for row in began:
        for fact in found[row.state.contact_id, row.state.wait_event]:
            yield row.id, event(fact)


def _write(work: _Work, now: datetime) -> None:
    if work.moved:
        hot.write(list(work.moved.values()), now)
        hot.forget([row.id for row in work.moved.values() if row.state.end_reason == NEVER_BEGUN])
        hot.write_visits(work.visits)
        effects.announce_entered(work.begun, now)
        effects.carry_out(work.effects, now)
    hot.put_off(sorted(work.unread))
    for ident, error in work.failed.items():
        logger.error("Enrolment %s could not be moved: %s", ident, error, exc_info=error)
    hot.note_failures({ident: _words(error) for ident, error in work.failed.items()})


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
