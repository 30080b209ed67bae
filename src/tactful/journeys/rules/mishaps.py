"""What was wrong with a message that would have gone out, by what we know today. Pure.

The gate knows what is recorded when it is asked. Here the whole past is known, so a complaint that was
read a day late, or a delivery that was booked in the evening, still shows beside the message.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.conditions import Values, fact_key, same
from tactful.journeys.rules.moves import Event
from tactful.journeys.rules.past import ClientPast
from tactful.journeys.rules.plan import Lookout, Plan, Question
from tactful.journeys.rules.tale import Sending
from tactful.journeys.types import Send

INTO_QUESTION, INTO_COMPLAINT, AFTER_DONE, CROWDED = (
    "into_question",
    "into_complaint",
    "after_done",
    "crowded",
)
KINDS = (INTO_QUESTION, INTO_COMPLAINT, AFTER_DONE, CROWDED)
ONE_MORNING = timedelta(hours=4)
A_DAY = timedelta(hours=24)
BY_TODAY = datetime.max.replace(tzinfo=UTC)


class Mishap(NamedTuple):
    """``since``: when the question, the complaint or the delivery was, or when the other message went
    out. ``ref``: the spell's reference, the event's id or the other message's id."""

    kind: str
    since: datetime
    ref: int = 0


class OtherSend(NamedTuple):
    """A message that others than this journey really sent."""

    message_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Signs:
    """What says that the matter is settled: goals and exits of the draft and of the version that was live,
    and for each send the condition under which its touchpoint speaks."""

    over: tuple[Lookout, ...]
    still: Mapping[str, Question]


def signs_of(draft: Plan, live: Plan | None) -> Signs:
    plans = [draft] if live is None else [draft, live]
    over = [look for plan in plans for look in ((plan.goal,) if plan.goal else ()) + plan.exit_events]
    asked = {
        node.step.touchpoint: node.question
        for plan in reversed(plans)
        for node in plan.nodes.values()
        if isinstance(node.step, Send) and node.question is not None
    }
    still = {
        step: question
        for step, node in draft.nodes.items()
        if isinstance(node.step, Send)
        and (question := node.question or asked.get(node.step.touchpoint)) is not None
    }
    return Signs(tuple(dict.fromkeys(over)), still)


def mishaps(
    sending: Sending, client: ClientPast, events: Sequence[Event], others: Iterable[OtherSend], signs: Signs
) -> tuple[Mishap, ...]:
    """Of a message that was sent. ``events``: all of this client's, whenever we learned of them."""
    at = sending.at
    assert at is not None  # it was sent
    done = _done(sending, client, events, signs, at)
    talking = _talking(client, at) if client.talks else ()
    return (*talking, *done, *_crowded(others, at))


def _talking(client: ClientPast, at: datetime) -> Iterator[Mishap]:
    """A question that had no answer yet and was asked no more than a day before, or a running complaint."""
    for talk in client.talks:
        if not talk.span.covered(at):
            continue
        if talk.kind == "question" and at - talk.span.from_at <= A_DAY:
            yield Mishap(INTO_QUESTION, talk.span.from_at, talk.ref)
        elif talk.kind == "complaint":
            yield Mishap(INTO_COMPLAINT, talk.span.from_at, talk.ref)


def _done(
    sending: Sending, client: ClientPast, events: Sequence[Event], signs: Signs, at: datetime
) -> Iterator[Mishap]:
    """The message that a goal itself leads to is no mishap: it comes after the goal on purpose."""
    context = sending.walk.state.context
    began = sending.walk.began_at
    if not sending.after_goal:
        for event in events:
            if began <= event.at <= at and any(_means(look, event, context) for look in signs.over):
                yield Mishap(AFTER_DONE, event.at, event.id)
                return
    question = signs.still.get(sending.step)
    if question is not None and _untrue(question, sending, client, at):
        yield Mishap(AFTER_DONE, at)


def _means(look: Lookout, event: Event, context: Mapping[str, Any]) -> bool:
    """A question that asks facts beside the event is left out: it was asked at another moment."""
    if look.event != event.name or (look.question is not None and look.question.names):
        return False
    entry = context.get("entry", {})
    if any(not same(event.data.get(name), entry.get(name)) for name in look.match):
        return False
    return look.question is None or look.question.evaluate(Values({}, "", context, event.data))


def _untrue(question: Question, sending: Sending, client: ClientPast, at: datetime) -> bool:
    """Whether its condition did not hold at ``at``, by all that we know today."""
    about = sending.effect.about
    suffix = f":{about}" if about else ""
    keys = [fact_key(name, suffix) for name in question.names]
    facts = {key: client.read(key, at, BY_TODAY) for key in keys}
    if UNKNOWN in facts.values():
        return False
    context = sending.walk.state.context
    return not question.evaluate(Values(facts, suffix, context, context.get("event", {})))


def _crowded(others: Iterable[OtherSend], at: datetime) -> Iterator[Mishap]:
    for other in others:
        if abs(other.at - at) <= ONE_MORNING:
            yield Mishap(CROWDED, other.at, other.message_id)
