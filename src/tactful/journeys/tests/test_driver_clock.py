"""The business clock steps back a minute, ahead an hour, ahead a month (R22, R24): none twice, none lost."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tactful.delivery.models import Message
from tactful.journeys.rules.moves import Phase
from tactful.journeys.tests.build import MISSING
from tactful.journeys.tests.world import World, client, make_world, steps, templates, where
from tactful.journeys.types import END, Delay, Send, Wait

pytestmark = pytest.mark.django_db

STEPS = (
    Send("ask", "pause", "request", "request-1"),
    Wait("pause", "remind", Delay(days=1, at=time(9))),
    Send("remind", "rest", "reminder", "reminder-1", still_true=MISSING),
    Wait("rest", "thank", Delay(elapsed=timedelta(hours=24))),
    Send("thank", END, "thanks", "thanks-1"),
)
JUMPS = {"back": -timedelta(minutes=1), "hour": timedelta(hours=1), "month": timedelta(days=30)}


@pytest.fixture
def world() -> World:
    return make_world(steps=STEPS, goal=None, exits=())


@pytest.mark.parametrize("jump", JUMPS.values(), ids=list(JUMPS))
@pytest.mark.parametrize("moment", range(4))
def test_a_jump_at_any_moment_changes_no_path(world: World, jump: timedelta, moment: int) -> None:
    row = world.wanted(client())
    for number in range(4):
        if number == moment:
            world.pass_time(jump)
        if where(row)[1] == Phase.SENDING:
            world.outcome(row)
        else:
            world.pass_time(timedelta(days=2))
    while where(row)[1] != Phase.ENDED:
        world.outcome(row) if row.phase == Phase.SENDING else world.pass_time(timedelta(days=2))
    assert templates(row) == ["request-1", "reminder-1", "thanks-1"]
    assert [step for step, _ in steps(row)] == ["ask", "pause", "remind", "rest", "thank"]


def test_nine_on_the_wall_stays_nine_when_summer_time_begins(world: World) -> None:
    world.now = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
    row = world.wanted(client())
    world.outcome(row)
    row.refresh_from_db()
    assert row.due_at == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_a_clock_that_steps_back_waits_and_sends_once(world: World) -> None:
    row = world.wanted(client())
    world.outcome(row)
    row.refresh_from_db()
    assert row.due_at is not None
    world.now = row.due_at
    world.run()
    world.now -= timedelta(minutes=1)
    assert world.run() == 0
    world.now += timedelta(minutes=1)
    assert world.run() == 0
    assert templates(row) == ["request-1", "reminder-1"]


def test_after_a_month_of_downtime_the_message_says_when_it_was_meant(world: World) -> None:
    """The gate holds what is past its grace; the engine only tells it the truth."""
    row = world.wanted(client())
    world.outcome(row)
    row.refresh_from_db()
    meant = row.due_at
    world.pass_time(timedelta(days=30))
    assert where(row) == ("remind", Phase.SENDING)
    assert Message.objects.get(cause_id=row.id, template="reminder-1").due_at == meant
