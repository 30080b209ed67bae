"""The live engine on the database: one client at a time."""

from datetime import timedelta

import pytest

from tactful.delivery import actions as delivery
from tactful.delivery.models import Dispatch, Message
from tactful.events.models import Event
from tactful.gate.types import UNKNOWN
from tactful.journeys import driver
from tactful.journeys.actions import switch_off, switch_on
from tactful.journeys.models import Enrolment
from tactful.journeys.rules.moves import Phase
from tactful.journeys.tests.build import OSLO
from tactful.journeys.tests.world import World, client, make_world, steps, templates, where
from tactful.journeys.types import Reentry, ReentryMode

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world()


def retry_now() -> None:
    """Back-off is machine time; a test does not wait for it."""
    Enrolment.objects.filter(retry_at__isnull=False).update(retry_at="2020-01-01T00:00Z")


def test_a_fact_begins_the_journey_and_the_first_message_is_queued(world: World) -> None:
    row = world.wanted(client())
    assert where(row) == ("ask", Phase.SENDING)
    message = Message.objects.get(cause_id=row.id)
    assert (message.cause_kind, message.cause_visit, message.template) == ("visit", 1, "request-1")
    assert message.due_at == world.now
    assert message.latest_at is not None
    assert Event.objects.filter(name="journey.entered", contact_id=row.contact_id).count() == 1


def test_silence_ends_in_a_reminder_and_a_person(world: World) -> None:
    row = world.wanted(client())
    world.outcome(row)
    assert where(row) == ("pause", Phase.WAITING_EVENT)
    world.pass_time(2 * DAY)
    world.outcome(row)
    assert where(row) == ("rest", Phase.WAITING)
    world.pass_time(DAY + timedelta(hours=1))
    assert where(row) == ("call", Phase.TASK)
    assert Event.objects.get(name="task.wanted").data["enrolment"] == row.id
    world.answer(row, "again")
    assert where(row) == ("remind", Phase.SENDING)
    assert steps(row) == [("ask", "sent"), ("pause", "timeout"), ("remind", "sent"), ("rest", "due"),
                          ("call", "answer:again")]  # fmt: skip


def test_a_goal_cancels_what_waits_and_goes_on(world: World) -> None:
    row = world.wanted(client())
    world.hear("complete", row.contact_id, engagement=17)
    assert where(row) == ("receipt", Phase.SENDING)
    states = dict(Dispatch.objects.filter(message__cause_id=row.id).values_list("message__template", "state"))
    assert states == {"request-1": "cancelled", "receipt-1": "queued"}
    told = Event.objects.get(name="message.cancelled")
    world.hear(told.name, row.contact_id, **told.data)
    assert where(row) == ("receipt", Phase.SENDING)


def test_what_is_called_back_in_the_same_breath_is_never_asked_for(world: World) -> None:
    """A late beginning hears all at once that it has reached its goal and that all is called off."""
    person = client()
    world.fact("complete", person, engagement=17)
    world.fact("cancelled", person, engagement=17)
    world.hear("wanted", person, engagement=17, at=world.now - timedelta(minutes=5))
    world.run()
    row = Enrolment.objects.get(contact_id=person)
    assert where(row) == ("receipt", Phase.ENDED)
    assert templates(row) == []


def test_an_event_of_another_object_moves_nobody(world: World) -> None:
    row = world.wanted(client())
    world.hear("complete", row.contact_id, engagement=18)
    assert where(row) == ("ask", Phase.SENDING)


def test_a_wait_hears_what_came_before_it_began(world: World) -> None:
    """The event was read while the message was still on its way, so nobody will tell us again."""
    row = world.wanted(client())
    sent_at = world.now
    world.now += timedelta(minutes=5)
    world.hear("viewed", row.contact_id, engagement=17)
    assert where(row) == ("ask", Phase.SENDING)
    world.outcome(row, at=sent_at)
    assert where(row) == ("thank", Phase.SENDING)


def test_a_released_message_is_thought_over_and_not_called_cancelled(world: World) -> None:
    row = world.wanted(client())
    first = Dispatch.objects.get(message__cause_id=row.id)
    held = {"state": "held", "wake_on": ["question.answered"], "on_release": "recompute"}
    Dispatch.objects.filter(pk=first.pk).update(**held)
    delivery.release(names=["question.answered"], now=world.now)
    assert not Event.objects.filter(name="message.cancelled").exists()
    told = Event.objects.get(name="message.released")
    world.hear(told.name, row.contact_id, **told.data)
    row.refresh_from_db()
    assert (row.step, row.phase, row.visit) == ("ask", Phase.SENDING, 2)
    assert templates(row) == ["request-1", "request-1"]
    assert not Event.objects.filter(name="message.cancelled").exists()
    world.hear(told.name, row.contact_id, **told.data)
    assert len(templates(row)) == 2


def test_a_refusal_because_it_is_not_true_any_more_is_no_failure(world: World) -> None:
    row = world.wanted(client())
    world.outcome(row)
    world.pass_time(2 * DAY)
    assert where(row) == ("remind", Phase.SENDING)
    world.outcome(row, "message.refused", check="still_true")
    assert where(row) == ("rest", Phase.WAITING)


def test_a_refusal_for_another_reason_goes_to_a_person(world: World) -> None:
    row = world.wanted(client())
    world.outcome(row)
    world.pass_time(2 * DAY)
    world.outcome(row, "message.refused", check="basis")
    assert where(row) == ("call", Phase.TASK)


def test_an_unclear_message_that_a_person_leaves_frees_its_journey(world: World) -> None:
    row = world.wanted(client())
    ident = Message.objects.get(cause_id=row.id).pk
    Dispatch.objects.filter(pk=ident).update(state="unknown", clearance=1)
    delivery.decide_unknown(message_id=ident, send_again=False, acting_user=7, now=world.now)
    told = Event.objects.get(name="message.unknown_left")
    world.hear(told.name, row.contact_id, **told.data)
    assert where(row) == ("pause", Phase.WAITING_EVENT)
    with pytest.raises(delivery.NothingToDecide):
        delivery.decide_unknown(message_id=ident, send_again=False, acting_user=7, now=world.now)


def test_what_could_not_be_read_is_tried_again_and_nothing_is_lost(world: World) -> None:
    """An outcome is told once: it must outlive a fact that cannot be read in that moment."""
    row = world.wanted(client())
    world.outcome(row)
    world.pass_time(2 * DAY)
    world.facts["calendar.place"] = UNKNOWN
    world.outcome(row)
    assert where(row) == ("remind", Phase.SENDING)
    assert world.run() == 0
    retry_now()
    world.run()
    assert where(row) == ("remind", Phase.SENDING)
    world.facts["calendar.place"] = OSLO
    retry_now()
    world.run()
    assert where(row) == ("rest", Phase.WAITING)
    assert row.retry_at is None


def test_trouble_with_an_event_does_not_shorten_a_wait(world: World) -> None:
    row = world.wanted(client())
    world.outcome(row)
    row.refresh_from_db()
    due = row.due_at
    world.facts["documents.missing"] = UNKNOWN
    Enrolment.objects.filter(id=row.id).update(step="gone")
    world.hear("viewed", row.contact_id, engagement=17)
    row.refresh_from_db()
    assert (row.due_at, row.failures) == (due, 1)
    assert "gone" in row.error
    Enrolment.objects.filter(id=row.id).update(step="pause")
    retry_now()
    world.run()
    assert where(row) == ("thank", Phase.SENDING)
    assert (row.failures, row.error, row.retry_at) == (0, "", None)


def test_a_row_that_time_cannot_move_does_not_keep_the_worker_busy(world: World) -> None:
    row = world.wanted(client())
    Enrolment.objects.filter(id=row.id).update(due_at=world.now)
    assert driver.run_due(world.load, world.now) == 1
    assert driver.run_due(world.load, world.now) == 0
    assert where(row) == ("ask", Phase.SENDING)


def test_failures_back_off_for_ever_longer_and_never_overflow(world: World) -> None:
    row = world.wanted(client())
    Enrolment.objects.filter(id=row.id).update(step="gone", due_at=world.now, phase="waiting", failures=1000)
    world.run()
    row.refresh_from_db()
    assert row.failures == 1000
    assert row.retry_at is not None


def test_a_journey_that_is_off_stands_still_and_misses_nothing(world: World) -> None:
    asked, waiting = world.wanted(client()), world.wanted(client())
    world.outcome(waiting)
    switch_off(world.journey, acting_user=None, now=world.now)
    world.outcome(asked)
    world.pass_time(3 * DAY)
    world.hear("viewed", asked.contact_id, engagement=17)
    assert where(asked) == ("ask", Phase.SENDING)
    assert where(waiting) == ("pause", Phase.WAITING_EVENT)
    assert world.run() == 0
    switch_on(world.journey, acting_user=None, now=world.now)
    world.run()
    assert where(asked) == ("thank", Phase.SENDING)
    assert where(waiting) == ("remind", Phase.SENDING)


def test_a_duplicate_trigger_does_not_restart_what_it_began() -> None:
    world = make_world(reentry=Reentry(ReentryMode.ALWAYS))
    contact = client()
    first = world.fact("wanted", contact, engagement=17)
    world.feed(first, first)
    world.run()
    world.feed(first)
    row = Enrolment.objects.get(contact_id=contact)
    assert where(row) == ("ask", Phase.SENDING)


def test_a_new_beginning_stops_the_one_that_runs_even_within_one_batch() -> None:
    world = make_world(reentry=Reentry(ReentryMode.ALWAYS))
    contact = client()
    world.wanted(contact)
    world.feed(*(world.fact("wanted", contact, engagement=17) for _ in range(2)))
    world.run()
    rows = Enrolment.objects.filter(contact_id=contact).order_by("entry_no")
    assert [(row.entry_no, row.end_reason) for row in rows] == [(1, "restarted"), (2, "restarted"), (3, "")]
    states = Dispatch.objects.filter(contact_id=contact).order_by("message_id")
    assert list(states.values_list("state", flat=True)) == ["cancelled", "queued"]
