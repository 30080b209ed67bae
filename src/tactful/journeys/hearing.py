"""From facts to what they mean for one enrolment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tactful.events.types import Fact
from tactful.journeys.hot.rows import Row
from tactful.journeys.plans import plan_of
from tactful.journeys.rules.entry import stopped_by
from tactful.journeys.rules.entry_events import STOP_WANTED
from tactful.journeys.rules.moves import (
    CallAnswered,
    Event,
    Outcome,
    Released,
    SendOutcome,
    Stimulus,
    Stop,
    TaskAnswered,
)

OUTCOMES = {
    "message.sent": Outcome.SENT,
    "message.unknown_left": Outcome.SENT,  # a person lets it be: it has most likely arrived
    "message.refused": Outcome.REFUSED,
    "message.cancelled": Outcome.CANCELLED,
    "message.expired": Outcome.EXPIRED,
    "message.dead": Outcome.DEAD,
    "message.merged": Outcome.MERGED,
}
RELEASED = "message.released"
ANSWERED = "task.done"
CALLED = "webhook.answered"
ADDRESSED = frozenset((*OUTCOMES, RELEASED, ANSWERED, CALLED))


def concerns(fact: Fact, listened: frozenset[str]) -> bool:
    """Whether the fact could move anybody: asked before any row is read."""
    if fact.contact_id is None:
        return False
    return fact.name in listened or fact.name == STOP_WANTED or _addressee(fact) is not None


def stimuli(rows: Iterable[Row], facts: Iterable[Fact]) -> dict[int, list[Stimulus]]:
    """By enrolment, in the order of the facts; rows that hear nothing are left out."""
    by_contact: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.contact_id is not None:
            by_contact[fact.contact_id].append(fact)
    heard = {row.id: list(_heard(row, by_contact.get(row.state.contact_id, ()))) for row in rows}
    return {ident: told for ident, told in heard.items() if told}


def event(fact: Fact) -> Event:
    return Event(fact.name, fact.id, fact.ts, fact.data)


def _heard(row: Row, facts: Sequence[Fact]) -> Iterator[Stimulus]:
    plan = plan_of(row.version_id)
    for fact in facts:
        if _addressee(fact) == row.id:
            yield _answer(fact)
        if fact.name in plan.listens:
            yield event(fact)
        by_other = fact.name == STOP_WANTED and fact.data.get("enrolment") != row.id
        if by_other and stopped_by(plan, row.state, event(fact)):
            yield Stop(fact.ts, "stopped_by_journey")


def _addressee(fact: Fact) -> int | None:
    """The enrolment that has asked for a message or a task, and now hears what became of it."""
    if fact.name not in ADDRESSED:
        return None
    data = fact.data
    if fact.name == ANSWERED:
        asked = data.get("subject_kind") == "enrolment" and isinstance(_params(data).get("visit"), int)
        return _number(data, "subject_id") if asked else None
    if fact.name == CALLED:
        return _number(data, "enrolment") if isinstance(data.get("visit"), int) else None
    asked = data.get("cause") == "visit" and isinstance(data.get("visit"), int)
    return _number(data, "cause_id") if asked else None


def _answer(fact: Fact) -> Stimulus:
    data = fact.data
    if fact.name == ANSWERED:
        return TaskAnswered(_params(data)["visit"], fact.ts, str(data.get("answer", "")))
    if fact.name == CALLED:
        answer = data.get("answer")
        fields = answer if isinstance(answer, dict) else {}
        return CallAnswered(data["visit"], fact.ts, bool(data.get("ok")), fields)
    if fact.name == RELEASED:
        return Released(data["visit"], fact.ts)
    return SendOutcome(data["visit"], OUTCOMES[fact.name], fact.ts, str(data.get("check", "")))


def _params(data: Mapping[str, Any]) -> Mapping[str, Any]:
    params = data.get("params")
    return params if isinstance(params, dict) else {}


def _number(data: Mapping[str, Any], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) else None
