"""Reading the fact log and letting the house react, lane by lane.

Effects and cursor commit together. A fact whose reaction fails is tried alone; if it fails again it is
put before the owner as a task and the others go on: one bad fact never stops a lane.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby

from django.db import OperationalError, connection, transaction

from tactful.events import feed
from tactful.events.types import Fact
from tactful.foundation.pg import will_pass
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask
from tactful.journeys import driver
from tactful.webhooks.actions import announce
from tactful.webhooks.types import EVENTS
from tactful.wiring import segments
from tactful.wiring.journey_facts import loader
from tactful.wiring.reactions import REACTIONS

logger = logging.getLogger(__name__)

FAILED = "fact_failed"
Work = Callable[[Sequence[Fact], datetime], None]


def react(facts: Sequence[Fact], now: datetime) -> None:
    """In the order of the log: what is closed after it was opened stays closed. Programs hear of it too."""
    announce(facts, now)
    known = (fact for fact in facts if fact.name in REACTIONS)
    for name, mine in groupby(known, key=lambda fact: fact.name):
        together = list(mine)
        for reaction in REACTIONS[name]:
            reaction(together, now)


def move_journeys(facts: Sequence[Fact], now: datetime) -> None:
    """What a browser says and nobody vouches for moves no journey: it must not start a message (R94)."""
    driver.feed([fact for fact in facts if fact.is_vouched], loader(now), now)


CONSUMERS: dict[str, Work] = {"reactions": react, "journeys": move_journeys, "segments": segments.hear}
WANTED: dict[str, Callable[[], feed.Wanted]] = {
    "reactions": lambda: feed.Wanted(frozenset({*REACTIONS, *EVENTS})),
    "journeys": driver.wanted,
    "segments": segments.wanted,
}
"""What each reads of the log; calls of other systems are many, and few of them move anything."""


def run_lane(consumer: str, lane: int, now: datetime) -> int:
    """One batch of one lane; answers 0 if there was none, or another process holds the lane."""
    with transaction.atomic():
        if not feed.try_lane(consumer, lane):
            return 0
        wanted = WANTED.get(consumer)
        batch = feed.read(consumer, lane, wanted=wanted() if wanted else None)
        if batch is None:
            return 0
        if batch.facts:
            _carry_out(consumer, batch.facts, now)
        feed.advance(consumer, lane, batch)
    return 1 + len(batch.facts)


def run_all(now: datetime) -> int:
    """Every consumer over every lane that has news, once. A house where nothing happens is asked once."""
    return sum(_patiently(consumer, lane, now) for consumer, lane in feed.with_news(tuple(CONSUMERS)))


def _patiently(consumer: str, lane: int, now: datetime) -> int:
    """A deadlock or a lost connection rolls the batch back, cursor and all; the next round reads it again."""
    try:
        return run_lane(consumer, lane, now)
    except OperationalError as error:
        if connection.connection is None or not will_pass(error) or not connection.is_usable():
            raise
        logger.warning("%s, lane %s, starts this batch anew: %s", consumer, lane, error)
        return 0


def _carry_out(consumer: str, facts: Sequence[Fact], now: datetime) -> None:
    try:
        with transaction.atomic():
            CONSUMERS[consumer](facts, now)
    except Exception as error:
        if will_pass(error):
            raise
        if len(facts) > 1:
            for fact in facts:
                _carry_out(consumer, [fact], now)
            return
        logger.exception("The fact %s (%s) could not be taken in.", facts[0].id, facts[0].name)
        _tell_owner(consumer, facts[0], error, now)


def _tell_owner(consumer: str, fact: Fact, error: Exception, now: datetime) -> None:
    if fact.data.get("code") == FAILED:
        return  # that such a task was opened is a fact as well: it must not bring forth the next one
    task = NewTask(
        kind="decide",
        code=FAILED,
        dedupe_key=f"fact:{consumer}:{fact.id}",
        contact_id=fact.contact_id,
        params={"fact": fact.name, "error": str(error)[:300]},
        subject_kind="event",
        subject_id=fact.id,
    )
    open_tasks([task], now=now)
