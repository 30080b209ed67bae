"""What people do to those on a journey: on, past a step, resting, over to another version."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.delivery.models import Dispatch, Message
from tactful.foundation.models import Audit
from tactful.journeys import actions
from tactful.journeys.models import Enrolment, JourneyVersion
from tactful.journeys.rules.definition import document
from tactful.journeys.rules.moves import (
    CancelMessages,
    CloseTask,
    Due,
    EnqueueSend,
    Entered,
    MoveTo,
    Outcome,
    Phase,
    SendOutcome,
    State,
    TaskAnswered,
    Transfer,
)
from tactful.journeys.tests.build import MONDAY, definition, hours, knowing, moved, plan, someone, unhurried
from tactful.journeys.tests.world import World, client, make_world, steps, templates, where
from tactful.journeys.transferring import Passage, transfer_some
from tactful.journeys.types import Delay, Send, Wait, WaitFor

DAY = timedelta(days=1)
BY = 7


@pytest.fixture
def world() -> World:
    return make_world()


def chasing(world: World) -> Enrolment:
    """A client whose first message has gone out and who now has two days to answer."""
    row = world.wanted(client())
    world.outcome(row)
    assert where(row) == ("pause", Phase.WAITING_EVENT)
    return row


def orders(world: World) -> dict[str, Any]:
    return {"reason": "because", "acting_user": BY, "now": world.now}


def move(world: World, row: Enrolment, step: str | None) -> int:
    return actions.move([row.id], step, load=world.load, **orders(world))


def newer(world: World, **changes: Any) -> int:
    """Another version of the same journey."""
    body = document(replace(definition(), **changes))
    return JourneyVersion.objects.create(
        journey_id=world.journey, number=2, document=body, created_at=world.now
    ).id


def take_over(world: World, to: int, steps: dict[str, str]) -> tuple[int, int]:
    passage = Passage(world.journey, world.version, to, steps)
    done = transfer_some(passage, 0, world.load, world.now)
    return (done.moved, done.left) if done else (0, 0)


@pytest.mark.django_db
def test_skipping_a_wait_is_as_if_its_time_were_over(world: World) -> None:
    row = chasing(world)
    assert move(world, row, None) == 1
    assert where(row) == ("remind", Phase.SENDING)
    assert steps(row) == [("ask", "sent"), ("pause", "skipped")]
    assert Audit.objects.filter(verb="enrolment.skipped", actor=BY).exists()


@pytest.mark.django_db
def test_moving_on_calls_back_what_has_not_left(world: World) -> None:
    row = world.wanted(client())
    assert move(world, row, "call") == 1
    assert where(row) == ("call", Phase.TASK)
    assert Dispatch.objects.get(message__cause_id=row.id).state == "cancelled"


@pytest.mark.django_db
def test_nobody_moves_to_a_step_that_is_not_there_or_on_a_journey_that_is_off(world: World) -> None:
    row = chasing(world)
    assert move(world, row, "nowhere") == 0
    actions.switch_off(world.journey, acting_user=None, now=world.now)
    assert move(world, row, "call") == 0
    assert where(row) == ("pause", Phase.WAITING_EVENT)


@pytest.mark.django_db
def test_a_pause_is_silence_and_afterwards_everything_is_heard(world: World) -> None:
    row, other = chasing(world), chasing(world)
    assert actions.pause([row.id], **orders(world)) == 1
    world.hear("viewed", row.contact_id, engagement=17)
    world.pass_time(3 * DAY)
    assert where(row) == ("pause", Phase.WAITING_EVENT)
    assert where(other) == ("remind", Phase.SENDING)
    actions.switch_off(world.journey, acting_user=None, now=world.now)
    actions.switch_on(world.journey, acting_user=None, now=world.now)
    world.run()
    assert where(row) == ("pause", Phase.WAITING_EVENT), "switching the journey on ends no pause"
    assert actions.resume([row.id], load=world.load, **orders(world)) == 1
    assert where(row) == ("thank", Phase.SENDING)
    row.refresh_from_db()
    assert not row.is_paused


@pytest.mark.django_db
def test_a_message_that_a_pause_has_cancelled_is_asked_for_again(world: World) -> None:
    row = world.wanted(client())
    actions.pause([row.id], **orders(world))
    row.refresh_from_db()
    assert row.is_paused
    assert Dispatch.objects.get(message__cause_id=row.id).state == "cancelled"
    actions.resume([row.id], load=world.load, **orders(world))
    assert where(row) == ("ask", Phase.SENDING)
    assert templates(row) == ["request-1", "request-1"]
    assert Dispatch.objects.filter(message__cause_id=row.id, state="queued").count() == 1


@pytest.mark.django_db
def test_a_message_that_left_before_the_pause_is_not_sent_twice(world: World) -> None:
    row = world.wanted(client())
    Dispatch.objects.filter(message__cause_id=row.id).update(
        state="unknown", clearance=1, body_hash=b"x" * 32
    )
    actions.pause([row.id], **orders(world))
    actions.resume([row.id], load=world.load, **orders(world))
    assert templates(row) == ["request-1"]
    world.outcome(row)
    assert where(row) == ("pause", Phase.WAITING_EVENT)


@pytest.mark.django_db
def test_a_wait_counts_on_in_the_other_version(world: World) -> None:
    row = chasing(world)
    began = world.now
    world.now += DAY
    longer = tuple(
        replace(step, up_to=Delay(days=5)) if isinstance(step, WaitFor) else step
        for step in definition().steps
    )
    to = newer(world, steps=longer)
    assert take_over(world, to, {"pause": "pause"}) == (1, 0)
    row.refresh_from_db()
    assert (row.version_id, row.step, row.due_at) == (to, "pause", began + 5 * DAY)


@pytest.mark.django_db
def test_a_message_under_way_stays_and_the_new_version_goes_on_from_it(world: World) -> None:
    row = world.wanted(client())
    changed = (Send("hello", "call", "request", "request-2"), *definition().steps)
    to = newer(world, steps=changed)
    assert take_over(world, to, {"ask": "hello"}) == (1, 0)
    assert templates(row) == ["request-1"]
    assert Message.objects.get(cause_id=row.id).dispatch.state == "queued"
    world.outcome(row)
    assert where(row) == ("call", Phase.TASK)


@pytest.mark.django_db
def test_whoever_is_not_on_the_map_or_is_paused_stays(world: World) -> None:
    row, resting, elsewhere = chasing(world), chasing(world), world.wanted(client())
    actions.pause([resting.id], **orders(world))
    to = newer(world, priority=60)
    assert take_over(world, to, {"pause": "pause"}) == (1, 1)
    versions = {each.id: each.version_id for each in Enrolment.objects.all()}
    assert versions == {row.id: to, resting.id: world.version, elsewhere.id: world.version}


@pytest.mark.django_db
def test_a_map_to_a_step_that_is_not_there_moves_nobody(world: World) -> None:
    chasing(world)
    with pytest.raises(LookupError, match="no step nowhere"):
        take_over(world, newer(world), {"pause": "nowhere"})


@pytest.mark.django_db
def test_those_who_stand_with_an_error_are_tried_at_once(world: World) -> None:
    row = chasing(world)
    Enrolment.objects.filter(id=row.id).update(failures=3, retry_at="2030-01-01T00:00Z", error="trouble")
    assert actions.try_again([row.id]) == 1
    world.pass_time(2 * DAY)
    assert where(row) == ("remind", Phase.SENDING)


# The rules alone


def reached(number: int) -> State:
    """A state on the way: sending, waiting for an event, sending again, waiting, at a task."""
    chase, now = plan(), MONDAY
    state = moved(chase, someone(), Entered(now, {"engagement": 17}, 1), now).state
    for _ in range(number):
        now += hours(60)
        if state.phase is Phase.SENDING:
            state = moved(chase, state, SendOutcome(state.visit, Outcome.SENT, now), now).state
        elif state.phase is not Phase.TASK:
            state = moved(chase, state, Due(), now).state
    return state


LATER = MONDAY + 30 * DAY
TARGETS = [step.id for step in definition().steps]


@unhurried
@given(st.integers(0, 5), st.sampled_from(TARGETS))
def test_moving_leaves_one_visit_and_calls_back_what_was_under_way(number: int, target: str) -> None:
    before = reached(number)
    answer = moved(plan(), before, MoveTo(LATER, before.visit, target), LATER)
    assert answer.visits[0].visit == before.visit
    assert answer.visits[0].result == "moved"
    assert answer.state.visit > before.visit
    called_back = [each for each in answer.effects if isinstance(each, CancelMessages | CloseTask)]
    assert len(called_back) == (before.phase in (Phase.SENDING, Phase.TASK))
    again = moved(plan(), answer.state, MoveTo(LATER, before.visit, target), LATER)
    assert again.state is answer.state, "the same order a second time changes nothing"


@unhurried
@given(st.integers(0, 5), st.sampled_from(TARGETS), st.integers(1, 9))
def test_a_transfer_sends_nothing_twice_and_lets_nobody_stand_still(
    number: int, target: str, days: int
) -> None:
    before = reached(number)
    steps = tuple(
        replace(step, delay=Delay(days=days)) if isinstance(step, Wait) else step
        for step in definition().steps
    )
    newer = plan(steps=steps)
    answer = moved(newer, before, Transfer(LATER, target, {"engagement": 17}), LATER)
    state = answer.state
    asked = [each for each in answer.effects if isinstance(each, EnqueueSend)]
    kept = state.visit == before.visit
    assert not (kept and asked)
    assert len(asked) == (state.phase is Phase.SENDING and not kept)
    assert state.phase is Phase.ENDED or state.step in newer.nodes
    assert state.phase not in (Phase.WAITING, Phase.WAITING_EVENT) or state.due_at is not None
    if kept and state.phase is Phase.TASK:
        done = moved(newer, state, TaskAnswered(state.visit, LATER, "again"), LATER, knowing())
        assert done.state.step == "remind"
