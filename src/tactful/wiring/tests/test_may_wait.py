"""What the house asks may wait for the list of the next day, unless somebody waits or a date is near."""

from datetime import timedelta

import pytest

from tactful.delivery.models import Dispatch
from tactful.engagements.actions import client_says_sent
from tactful.engagements.models import Engagement
from tactful.engagements.queries import views
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.inbox.models import Task
from tactful.touchpoints.types import MessageClass
from tactful.wiring.tests.cast import Cast, with_file

FAR, NEAR, PAST = timedelta(days=30), timedelta(hours=3), -timedelta(days=3)


def the_task(cast: Cast) -> Task:
    cast.reacts()
    (task,) = cast.tasks()
    return task


def waits(cast: Cast, task: Task) -> bool:
    """Either it asks now, or on a morning to come."""
    assert task.asks_at is None or task.asks_at > cast.now
    return task.asks_at is not None


@pytest.mark.parametrize(("due_in", "expected"), [(None, True), (FAR, True), (NEAR, False), (PAST, True)])
@pytest.mark.parametrize("by", ["mail", "word"])
def test_what_has_come_may_wait_while_the_deadline_is_far(
    cast: Cast, due_in: timedelta | None, expected: bool, by: str
) -> None:
    cast.on_a_monday_at_ten()
    engagement = cast.asks_for_documents()
    if due_in is not None:
        day = (cast.now + due_in + timedelta(days=due_in is NEAR)).date()
        Engagement.objects.filter(id=engagement).update(due_on=day)
    if by == "mail":
        cast.arrives(with_file(cast, text="Tusen takk!"))
    else:
        client_says_sent(views([engagement], cast.now)[engagement].documents[0].id, now=cast.now)
    task = the_task(cast)
    assert waits(cast, task) is expected
    assert task.due_at is not None
    assert task.due_at == (task.asks_at or cast.now) + timedelta(days=1) or due_in is NEAR


@pytest.mark.parametrize(
    ("kind", "due_in", "expected"),
    [
        ("call", timedelta(days=9), True),
        ("write", timedelta(days=9), True),
        ("decide", timedelta(days=9), True),
        ("call", timedelta(hours=26), True),  # half of Tuesday's work remains
        ("call", timedelta(hours=25), False),
        ("call", timedelta(hours=2), False),
        ("call", None, False),
        ("approve", timedelta(days=9), False),
        ("answer", timedelta(days=9), False),
    ],
)
def test_what_a_journey_wants_may_wait_by_the_time_that_it_gives(
    cast: Cast, kind: str, due_in: timedelta | None, expected: bool
) -> None:
    cast.on_a_monday_at_ten()
    due_at = cast.now + due_in if due_in is not None else None
    data = {
        "kind": kind, "enrolment": 7, "visit": 1, "title": {"en": "Call", "nb": "Ring"}, "journey_name": {},
        "answers": [], "about": "", "owner": "account_manager", "due_at": due_at and due_at.isoformat(),
    }  # fmt: skip
    record([NewFact("task.wanted", cast.liv.id, data)], now=cast.now)
    task = the_task(cast)
    assert waits(cast, task) is expected
    assert task.due_at == due_at  # which does not move


@pytest.mark.parametrize(
    ("message_class", "author", "expected"),
    [
        (MessageClass.RELATIONSHIP, "automation", True),
        (MessageClass.REMINDER, "automation", False),
        (MessageClass.AWAITED, "automation", False),
        (MessageClass.RELATIONSHIP, "person_direct", False),
    ],
)
def test_what_did_not_arrive_may_wait_unless_somebody_waits_for_it(
    cast: Cast, message_class: MessageClass, author: str, expected: bool
) -> None:
    message = cast.plans(cast.liv, message_class=message_class)
    Dispatch.objects.filter(pk=message).update(author=author)
    data = {"message": message, "outcome": "hard_address", "detail": "550"}
    record([NewFact("message.dead", cast.liv.id, data)], now=cast.now)
    assert waits(cast, the_task(cast)) is expected
