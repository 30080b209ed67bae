"""Who stands where is right whatever is done to whom, and whoever adds it up in between."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.journeys import figures
from tactful.journeys.actions import add_up_crowds
from tactful.journeys.models import PAUSED, CrowdChange, Enrolment
from tactful.journeys.queries import all_journeys
from tactful.journeys.tests.build import MONDAY, hours
from tactful.journeys.tests.counted import what_follows_the_rows_is_right
from tactful.journeys.tests.world import World, client, furnish, make_world

STEPS = ("", "request", "rest", "call")


def enrol(world: World, dice: Random) -> None:
    Enrolment.objects.create(
        journey_id=world.journey, version_id=world.version, contact_id=client(), trigger_id=0, visit=1,
        phase="waiting", wait_since=MONDAY, entered_at=MONDAY, **somewhere(dice),
    )  # fmt: skip


def somewhere(dice: Random) -> dict[str, object]:
    return {
        "step": dice.choice(STEPS),
        "due_at": dice.choice([None, MONDAY, MONDAY + hours(dice.randrange(100))]),
        "retry_at": dice.choice([None, None, None, PAUSED, MONDAY]),
        "ended_at": dice.choice([None, None, MONDAY]),
        "failures": dice.choice([0, 0, 1]),
    }


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_counts_follow_whatever_is_written(dice: Random) -> None:
    with transaction.atomic():
        worlds = [make_world(), make_world()]
        for _ in range(dice.randrange(30)):
            enrol(dice.choice(worlds), dice)
        for _ in range(8):
            some = [row.id for row in Enrolment.objects.all() if dice.random() < 0.4]
            act = dice.randrange(4)
            if act == 0:
                Enrolment.objects.filter(id__in=some[:3]).delete()
            elif act == 1:
                add_up_crowds()
            else:
                Enrolment.objects.filter(id__in=some).update(**somewhere(dice))
            what_follows_the_rows_is_right()
        for world in worlds:
            the_page_says_what_a_plain_count_says(world)
        transaction.set_rollback(True)


def the_page_says_what_a_plain_count_says(world: World) -> None:
    now = MONDAY + hours(50)
    rows = list(Enrolment.objects.filter(journey_id=world.journey, ended_at=None))
    crowd = figures.standing(world.journey, now)
    assert crowd.inside == len(rows)
    line = next(each for each in all_journeys() if each.journey.id == world.journey)
    failing = sum(row.failures > 0 and row.retry_at is not None for row in rows)
    assert (line.waiting, line.failing) == (len(rows), failing)
    for step in STEPS:
        here = [row for row in rows if row.step == step]
        if not here:
            assert step not in crowd.steps
            continue
        said = crowd.steps[step]
        assert (said.number, said.paused) == (len(here), sum(row.is_paused for row in here))


@pytest.mark.django_db
def test_added_up_there_is_one_row_for_each_step() -> None:
    furnish()
    world = make_world()
    for number in range(12):
        world.wanted(client(), engagement=number)
    assert CrowdChange.objects.filter(journey_id=world.journey).count() > 1
    add_up_crowds()
    assert CrowdChange.objects.filter(journey_id=world.journey).count() == 1
    assert figures.standing(world.journey, world.now).inside == 12
    assert add_up_crowds() == 0


@pytest.mark.django_db
def test_the_last_and_the_late_at_each_step() -> None:
    world = make_world()
    rows = [world.wanted(client(), engagement=number) for number in range(3)]
    Enrolment.objects.filter(id=rows[0].id).update(due_at=world.now - timedelta(hours=1))
    Enrolment.objects.filter(id=rows[1].id).update(due_at=world.now + timedelta(days=30))
    Enrolment.objects.filter(id=rows[2].id).update(due_at=world.now + timedelta(days=60), retry_at=PAUSED)
    step = Enrolment.objects.get(id=rows[0].id).step
    said = figures.standing(world.journey, world.now).steps[step]
    assert (said.number, said.late, said.paused) == (3, 1, 1)
    assert said.until == world.now + timedelta(days=30), "whom a person has paused goes on by nobody's clock"
