"""Many clients at once: nobody's failure is another one's, and nobody waits in a circle (R19, R20)."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tactful.delivery.models import Dispatch, Message
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.journeys import driver
from tactful.journeys.models import Enrolment
from tactful.journeys.rules.batch import Asked
from tactful.journeys.rules.moves import Facts, Phase
from tactful.journeys.tests.build import hours
from tactful.journeys.tests.world import client, make_world, where
from tactful.journeys.types import END, Delay, Send, WaitFor, Watch
from tactful.testing.threads import together
from tactful.touchpoints.models import Touchpoint

NEWS = ("reply.received", "complete")


@pytest.mark.django_db
def test_one_client_whose_facts_break_everything_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    people = [client() for _ in range(9)]
    world.feed(*(world.fact("wanted", contact, engagement=17) for contact in people))
    bad, load = people[4], world.load

    def broken(asked: Sequence[Asked]) -> list[Facts]:
        if any(state.contact_id == bad for state, _ in asked):
            raise RuntimeError("the facts of this client are bad")
        return load(asked)

    due = {"step": "rest", "phase": "waiting", "visit": 3, "due_at": world.now}
    Enrolment.objects.filter(journey_id=world.journey).update(**due)
    monkeypatch.setattr(world, "load", broken)
    world.run()
    moved = Enrolment.objects.filter(step="call").values_list("contact_id", flat=True)
    assert set(moved) == set(people) - {bad}
    row = Enrolment.objects.get(contact_id=bad)
    assert (row.failures, row.step) == (1, "rest")
    assert "the facts of this client are bad" in row.error
    assert row.retry_at is not None


@pytest.mark.django_db
def test_what_cannot_be_written_is_found_by_halving() -> None:
    """A touchpoint that is not on the line breaks the bulk write of everybody in the batch."""
    good, bad = make_world(), make_world()
    people = [client() for _ in range(6)]
    for contact in people:
        good.hear("wanted", contact, engagement=contact)
    Touchpoint.objects.filter(slug="request").update(slug="gone")
    Enrolment.objects.filter(journey_id=good.journey).update(step="rest", phase="waiting", visit=3)
    assert {good.run(), bad.run()} == {12, 0}
    states = Enrolment.objects.filter(contact_id__in=people).values_list("journey_id", "step", "failures")
    assert set(states) == {(good.journey, "call", 0), (bad.journey, "", 1)}
    assert Message.objects.filter(contact_id__in=people).count() == 0


@pytest.mark.django_db
def test_beginnings_cost_the_same_number_of_questions_for_one_and_for_many() -> None:
    world = make_world()
    world.wanted(client())

    def questions(count: int) -> int:
        facts = [world.fact("wanted", client(), engagement=17) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            world.feed(*facts)
        return len(asked)

    assert questions(40) == questions(1)
    assert Enrolment.objects.filter(journey_id=world.journey).count() == 42


@pytest.mark.django_db
def test_facts_that_nobody_listens_for_read_no_enrolments() -> None:
    world = make_world()
    row = world.wanted(client())
    fact = world.fact("portal.visited", row.contact_id)
    with CaptureQueriesContext(connection) as asked:
        world.feed(fact)
    assert not [query for query in asked if "FROM enrolment" in query["sql"]]


@pytest.mark.django_db
def test_a_late_beginning_hears_what_the_log_already_had() -> None:
    world = make_world()
    contact = client()
    began = world.now
    world.now += timedelta(hours=2)
    world.hear("complete", contact, engagement=17)
    world.hear("wanted", contact, engagement=17, at=began)
    row = Enrolment.objects.get(contact_id=contact)
    assert where(row) == ("receipt", Phase.SENDING)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("same", [True, False], ids=["one fact told fifty times", "fifty facts"])
def test_fifty_triggers_at_once_begin_one_enrolment(same: bool) -> None:
    world = make_world()
    contact = client()
    facts = [world.fact("wanted", contact, engagement=17) for _ in range(1 if same else 50)]
    rounds = [facts[n % len(facts)] for n in range(50)]

    def tell(mine: Sequence[Fact]) -> None:
        for fact in mine:
            world.feed(fact)

    together(*(partial(tell, rounds[n::10]) for n in range(10)))
    row = Enrolment.objects.get(contact_id=contact)
    assert row.entry_no == 1
    assert Event.objects.filter(name="journey.entered").count() == 1
    together(*(world.run for _ in range(4)))
    assert Message.objects.filter(cause_id=row.id).count() == 1


@pytest.mark.usefixtures("committed_db")
def test_time_and_facts_at_once_neither_wait_in_a_circle_nor_lose_anybody() -> None:
    """Two claim what is due while two others tell goals and replies: rows, contacts and the outbox are all
    locked by each of them."""
    steps = (
        Send("ask", "pause", "request", "request-1"),
        WaitFor("pause", END, Watch("viewed"), Delay(elapsed=hours(1)), "ask"),
        Send("receipt", END, "receipt", "receipt-1"),
    )
    world = make_world(steps=steps)
    people = [client() for _ in range(40)]
    world.feed(*(world.fact("wanted", contact, engagement=17) for contact in people))
    told = [world.fact(NEWS[contact % 2], contact, engagement=17) for contact in people]

    def claim() -> None:
        for _ in range(10):
            driver.run_due(world.load, world.now, limit=7)

    def tell(mine: Sequence[Fact]) -> None:
        for start in range(0, len(mine), 5):
            world.feed(*mine[start : start + 5])

    together(claim, claim, partial(tell, told[::2]), partial(tell, told[1::2][::-1]))
    world.run()
    odd, even = [c for c in people if c % 2], [c for c in people if not c % 2]
    rows = Enrolment.objects.filter(contact_id__in=people).order_by("contact_id")
    assert rows.filter(failures__gt=0).count() == 0
    assert list(rows.filter(end_reason="reply").values_list("contact_id", flat=True)) == even
    assert list(rows.filter(step="receipt").values_list("contact_id", flat=True)) == odd
    waiting = Dispatch.objects.filter(contact_id__in=people, state="queued")
    assert sorted(waiting.values_list("contact_id", flat=True)) == odd
