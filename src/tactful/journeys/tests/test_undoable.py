"""What is asked of many on a journey can be taken back for half a minute; nothing goes to them meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from tactful.delivery.models import Dispatch
from tactful.foundation.models import Audit
from tactful.journeys import actions, queries
from tactful.journeys.actions import Asked, Passage
from tactful.journeys.actions.undoable import WINDOW
from tactful.journeys.models import Enrolment, JourneyVersion, PeopleAct
from tactful.journeys.rules.definition import document
from tactful.journeys.rules.moves import Phase
from tactful.journeys.tests.build import definition
from tactful.journeys.tests.world import World, client, make_world, where

pytestmark = pytest.mark.django_db
BY = 7


@pytest.fixture
def world() -> World:
    return make_world()


def about_to_hear(world: World) -> Enrolment:
    """A client whose first message is queued."""
    row = world.wanted(client())
    assert where(row)[1] == Phase.SENDING
    return row


def asks(world: World, what: str, row: Enrolment, step: str = "") -> PeopleAct:
    asked = Asked(row.journey_id, [row.id], what, step)
    act = actions.ask_of_people(asked, reason="because", acting_user=BY, now=world.now)
    assert act is not None
    return act


def passes(world: World, by: timedelta) -> int:
    world.now += by
    return actions.carry_out_asked(world.load, world.now)


def queued(row: Enrolment) -> int:
    return Dispatch.objects.filter(contact_id=row.contact_id, state="queued").count()


def back(world: World, act: PeopleAct) -> bool:
    given: dict[str, Any] = {"load": world.load, "acting_user": BY, "now": world.now}
    return actions.take_back(act.id, **given)


def test_what_was_about_to_go_does_not_and_goes_when_it_is_taken_back(world: World) -> None:
    row = about_to_hear(world)
    stood = where(row)
    assert queued(row) == 1
    act = asks(world, "take_out", row)
    assert queued(row) == 0
    assert passes(world, WINDOW - timedelta(seconds=1)) == 0
    assert back(world, act)
    assert where(row) == stood
    assert queued(row) == 1
    assert passes(world, 2 * WINDOW) == 0
    assert not back(world, act)
    row.refresh_from_db()
    assert row.ended_at is None


def test_after_half_a_minute_it_is_done_once(world: World) -> None:
    row = about_to_hear(world)
    act = asks(world, "take_out", row)
    assert passes(world, WINDOW) == 1
    assert passes(world, WINDOW) == 0
    row.refresh_from_db()
    assert row.end_reason == "taken_out"
    assert not back(world, act)
    assert queries.recent_acts(row.journey_id, world.now) == []
    assert Audit.objects.filter(verb="enrolment.taken_out", actor=BY).count() == 1


def test_whoever_cannot_be_moved_goes_on_and_it_is_said(world: World) -> None:
    row = about_to_hear(world)
    stood = where(row)
    asks(world, "move", row, "no-such-step")
    passes(world, WINDOW)
    assert where(row) == stood
    assert queued(row) == 1
    (said,) = queries.recent_acts(row.journey_id, world.now)
    assert said.reached == 0


def test_resting_stays_when_the_half_minute_is_over(world: World) -> None:
    row = about_to_hear(world)
    asks(world, "pause", row)
    passes(world, WINDOW)
    row.refresh_from_db()
    assert row.is_paused
    assert queued(row) == 0


def test_what_was_done_long_ago_is_forgotten_and_what_waits_is_not(world: World) -> None:
    row = about_to_hear(world)
    asks(world, "pause", row)
    passes(world, WINDOW)
    world.now += timedelta(hours=2)
    waiting = asks(world, "take_out", row)
    passes(world, timedelta())
    assert [act.id for act in PeopleAct.objects.all()] == [waiting.id]


def test_whoever_has_left_is_not_asked_about(world: World) -> None:
    row = about_to_hear(world)
    asks(world, "take_out", row)
    passes(world, WINDOW)
    asked = Asked(row.journey_id, [row.id], "pause")
    assert actions.ask_of_people(asked, reason="x", acting_user=BY, now=world.now) is None


def asks_over(world: World, steps: dict[str, str]) -> tuple[PeopleAct | None, int]:
    """To a version that is alike."""
    to = JourneyVersion.objects.create(
        journey_id=world.journey, number=2, document=document(definition()), created_at=world.now
    )
    passage = Passage(world.journey, world.version, to.id, steps)
    return actions.ask_to_change_over(passage, reason="because", acting_user=BY, now=world.now), to.id


def changes_over(world: World, by: timedelta) -> int:
    world.now += by
    return actions.take_over_asked(world.load, world.now)


def test_changing_over_can_be_taken_back_and_nobody_rests_for_it(world: World) -> None:
    row = about_to_hear(world)
    act, to = asks_over(world, {"ask": "ask"})
    assert act is not None
    assert (act.meant, queued(row)) == (1, 1)
    assert changes_over(world, WINDOW - timedelta(seconds=1)) == 0
    assert passes(world, timedelta(seconds=1)) == 0, "another turn takes care of these"
    assert back(world, act)
    assert changes_over(world, WINDOW) == 0
    row.refresh_from_db()
    assert row.version_id == world.version != to
    said = ["journey.people_meant", "journey.people_left_as_they_were"]
    assert [
        each.verb for each in Audit.objects.filter(verb__startswith="journey.people").order_by("id")
    ] == said


def test_after_half_a_minute_they_change_over_thousand_by_thousand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tactful.journeys.transferring.CHUNK", 2)
    monkeypatch.setattr("tactful.journeys.actions.undoable.THOUSANDS", 1)
    rows = [about_to_hear(world) for _ in range(3)]
    actions.pause([rows[0].id], reason="x", acting_user=BY, now=world.now)
    act, to = asks_over(world, {"ask": "ask"})
    assert act is not None
    assert changes_over(world, WINDOW) == 1
    act.refresh_from_db()
    assert (act.reached, act.is_under_way, back(world, act)) == (1, True, False)
    while changes_over(world, timedelta(seconds=1)):
        pass
    act.refresh_from_db()
    assert (act.reached, act.meant, act.is_under_way) == (2, 3, False)
    for row in rows:
        row.refresh_from_db()
    assert [row.version_id for row in rows] == [world.version, to, to]
    (said,) = queries.recent_acts(world.journey, world.now)
    assert said.id == act.id, "one of three stayed"
    moved = Audit.objects.select_related("payload").get(verb="journey.people_moved")
    assert moved.payload.body["moved"] == 2


def test_nobody_is_asked_to_change_over_from_where_nobody_stands(world: World) -> None:
    row = about_to_hear(world)
    actions.take_out([row.id], reason="x", load=world.load, acting_user=BY, now=world.now)
    assert asks_over(world, {"ask": "ask"})[0] is None
    passage = Passage(world.journey, world.version, world.version, {"ask": "nowhere"})
    with pytest.raises(LookupError):
        actions.ask_to_change_over(passage, reason="x", acting_user=BY, now=world.now)
