"""Dates, occasions, other journeys and other systems on the real database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tactful.contacts.models import Contact
from tactful.delivery.models import Dispatch, Message
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.journeys import driver, queries
from tactful.journeys.actions import begin_by_hand
from tactful.journeys.hot import objects
from tactful.journeys.models import Enrolment, Journey, JourneyVersion, ObjectFact, WebhookCall
from tactful.journeys.plans import plan_of
from tactful.journeys.rules.batch import Asked
from tactful.journeys.rules.moves import Facts, Phase
from tactful.journeys.tests.build import MONDAY, definition, hours
from tactful.journeys.tests.world import World, client, make_journey, make_world, steps, where
from tactful.journeys.types import (
    END,
    Approval,
    Compare,
    DateEntry,
    Delay,
    EventEntry,
    ManualEntry,
    Op,
    RecurringEntry,
    Ref,
    Send,
    Source,
    StartJourney,
    StopJourney,
    Values,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
BEFORE = DateEntry("visit.starts_at", hours(24), "visit")
VISIT = datetime(2026, 3, 20, 9, tzinfo=UTC)
REMIND = (
    Send("remind", END, "reminder", "reminder-1", latest=Delay(until=Ref(Source.FACT, "visit.starts_at"))),
)


class Dated(World):
    """A world that knows of objects what the log has told."""

    def load(self, asked: Sequence[Asked]) -> list[Facts]:
        plain = super().load(asked)
        return [{key: self._told(key, value) for key, value in facts.items()} for facts in plain]

    def _told(self, key: str, value: Any) -> Any:
        kind, _, ident = key.partition(":")[2].partition("=")
        found = queries.object_facts([(kind, ident)], self.now).get((kind, ident))
        return value if found is None else found.fields.get(key.partition(":")[0].partition(".")[2])


def dated(**changes: Any) -> Dated:
    parts = {"entry": BEFORE, "steps": REMIND, "goal": None, "exits": ()}
    made = make_journey(definition(**{**parts, **changes}))
    return Dated(made.journey, made.version)


def tell(world: World, verb: str, contact: int, starts: datetime | None = None) -> None:
    fields = {} if starts is None else {"starts_at": starts.isoformat()}
    world.hear(f"visit.{verb}", contact, visit=7, **fields)


def the_row(contact: int) -> Enrolment:
    return Enrolment.objects.filter(contact_id=contact).latest("entry_no")


def test_a_date_begins_moves_and_dies() -> None:
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    assert (the_row(contact).due_at, where(the_row(contact))) == (VISIT - DAY, ("", Phase.READY))
    assert not Event.objects.filter(name="journey.entered", contact_id=contact).exists()
    tell(world, "moved", contact, VISIT + DAY)
    assert the_row(contact).due_at == VISIT
    world.now = VISIT
    world.run()
    assert where(the_row(contact)) == ("remind", Phase.SENDING)
    assert Message.objects.get(contact_id=contact).latest_at == VISIT + DAY
    assert Event.objects.filter(name="journey.entered", contact_id=contact).count() == 1
    tell(world, "cancelled", contact)
    assert the_row(contact).end_reason == "cancelled"
    assert Dispatch.objects.get(contact_id=contact).state == "cancelled"


def test_what_was_known_of_an_object_at_any_moment_is_kept() -> None:
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    world.now += DAY
    tell(world, "moved", contact, VISIT + DAY)
    world.now += DAY
    tell(world, "cancelled", contact)
    known = [
        queries.object_facts([("visit", "7")], MONDAY + shift)["visit", "7"].fields
        for shift in (timedelta(), DAY, 2 * DAY)
    ]
    assert known == [{"starts_at": VISIT.isoformat()}, {"starts_at": (VISIT + DAY).isoformat()}, {}]
    assert queries.object_facts([("visit", "8")], MONDAY) == {}


def test_an_old_fact_that_comes_late_does_not_move_the_date_back() -> None:
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    old = world.fact("visit.moved", contact, visit=7, starts_at=(VISIT - DAY).isoformat(), at=MONDAY - DAY)
    world.feed(old)
    assert the_row(contact).due_at == VISIT - DAY
    assert ObjectFact.objects.running().count() == 1


def test_a_message_that_waits_is_called_back_and_said_at_the_new_time() -> None:
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    world.now = VISIT - DAY
    world.run()
    tell(world, "moved", contact, VISIT + 7 * DAY)
    assert Dispatch.objects.get(contact_id=contact).state == "cancelled"
    told = Event.objects.get(name="message.cancelled", contact_id=contact)
    world.hear(told.name, contact, **told.data)
    row = the_row(contact)
    assert (where(row), row.due_at) == (("", Phase.READY), VISIT + 6 * DAY)
    world.now = VISIT + 6 * DAY
    world.run()
    assert where(row) == ("remind", Phase.SENDING)
    assert steps(row) == [("remind", "moved")]


def test_a_date_that_moves_far_after_the_end_begins_once_more() -> None:
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    world.now = VISIT - DAY
    world.run()
    world.outcome(the_row(contact))
    tell(world, "moved", contact, VISIT - hours(2))
    assert Enrolment.objects.filter(contact_id=contact).count() == 1
    tell(world, "moved", contact, VISIT + 9 * DAY)
    assert the_row(contact).due_at == VISIT + 8 * DAY


class Crowd:
    def __init__(self, *ids: int) -> None:
        self.ids, self.asked = sorted(ids), 0

    def with_day(self, attribute: str, among: Sequence[str], after: int, limit: int) -> list[int]:
        self.asked += 1
        return self.everybody(after, limit)

    def everybody(self, after: int, limit: int) -> list[int]:
        return [ident for ident in self.ids if ident > after][:limit]


def sweep(world: World, crowd: Crowd) -> None:
    while driver.sweep(crowd, world.load, world.now, limit=2):
        pass


def test_birthdays_are_looked_for_once_a_day_and_begin_once_a_year() -> None:
    entry = DateEntry("contact.attribute.birthday", yearly=True, at=time(9))
    world = dated(entry=entry, steps=(Send("wish", END, "reminder", "wish"),))
    born, other, third = client(), client(), client()
    world.facts |= {(born, "contact.attribute.birthday"): "1980-03-03",
                    (third, "contact.attribute.birthday"): "1999-03-09"}  # fmt: skip
    crowd = Crowd(born, other, third)
    sweep(world, crowd)
    row = Enrolment.objects.get()
    assert (row.contact_id, row.entry_key, row.due_at) == (born, "2026", datetime(2026, 3, 3, 8, tzinfo=UTC))
    looked = crowd.asked
    sweep(world, crowd)
    assert crowd.asked == looked
    for _ in range(8):
        world.now += DAY
        sweep(world, crowd)
        world.run()
    assert [(row.contact_id, row.entry_key) for row in Enrolment.objects.order_by("id")] == [
        (born, "2026"), (third, "2026")]  # fmt: skip


def test_a_birthday_written_down_today_counts_today() -> None:
    entry = DateEntry("contact.attribute.birthday", yearly=True, at=time(18))
    world, contact = dated(entry=entry, steps=(Send("wish", END, "reminder", "wish"),)), client()
    sweep(world, Crowd())
    world.facts[contact, "contact.attribute.birthday"] = "1980-03-02"
    world.hear("contact.updated", contact, fields=["name"])
    assert not Enrolment.objects.exists()
    world.hear("contact.updated", contact, fields=["birthday"])
    assert the_row(contact).due_at == datetime(2026, 3, 2, 17, tzinfo=UTC)
    world.facts[contact, "contact.attribute.birthday"] = "1980-03-05"
    world.hear("contact.updated", contact, fields=["birthday"])
    assert the_row(contact).due_at == datetime(2026, 3, 5, 17, tzinfo=UTC)


def test_a_beginning_may_be_a_day_late_and_no_later() -> None:
    entry = DateEntry("contact.attribute.birthday", hours(36), yearly=True)
    world = dated(entry=entry, steps=(Send("wish", END, "reminder", "wish"),))
    late, too_late = client(), client()
    begins = datetime(2026, 3, 3, 11, tzinfo=UTC)  # for the fifth in Oslo
    for contact, now in ((late, begins + DAY), (too_late, begins + DAY + timedelta(seconds=1))):
        world.now, world.facts[contact, "contact.attribute.birthday"] = now, "1980-03-05"
        world.hear("contact.updated", contact, fields=["birthday"])
    assert [row.contact_id for row in Enrolment.objects.all()] == [late]


def test_what_comes_again_begins_for_those_of_whom_it_holds() -> None:
    holds = Compare(Ref(Source.ATTRIBUTE, "newsletter"), Op.IS, "yes")
    every = RecurringEntry("FREQ=WEEKLY;BYDAY=TU", time(9), date(2026, 1, 1), holds)
    world = dated(entry=every, steps=(Send("news", END, "reminder", "news"),))
    reader, gone, other = client(), client(), client()
    world.facts |= {(who, "contact.attribute.newsletter"): "yes" for who in (reader, gone)}
    sweep(world, Crowd(reader, gone, other))
    assert {row.contact_id for row in Enrolment.objects.all()} == {reader, gone}
    world.facts[gone, "contact.attribute.newsletter"] = "no"
    world.now += DAY
    sweep(world, Crowd(reader, gone, other))
    world.run()
    assert where(the_row(reader)) == ("news", Phase.SENDING)
    assert (the_row(gone).end_reason, Enrolment.objects.count()) == ("not_true", 2)


def test_a_journey_begins_and_stops_another() -> None:
    other = dated(entry=ManualEntry("engagement"), steps=(Wait("rest", END, Delay(days=9)),))
    slug = f"other-{other.journey}"
    make_slug(other, slug)
    first = dated(
        entry=EventEntry("wanted", key="engagement"),
        steps=(
            StartJourney("begin", "rest", slug, {"why": "late"}),
            Wait("rest", "end-it", Delay(days=2)),
            StopJourney("end-it", END, slug),
        ),
    )
    contact = client()
    first.wanted(contact)
    relay(first, "journey.start_wanted", contact)
    first.run()
    row = Enrolment.objects.get(journey_id=other.journey)
    assert (row.entry_key, where(row)) == ("17", ("rest", Phase.WAITING))
    assert row.context["depth"] == 1
    first.pass_time(2 * DAY)
    relay(first, "journey.stop_wanted", contact)
    row.refresh_from_db()
    assert row.end_reason == "stopped_by_journey"


def test_another_journey_ends_what_began_in_the_same_breath() -> None:
    """The reactor reads many facts at once: those after a beginning count for it."""
    listening = (WaitFor("look", END, Watch("wanted"), Delay(days=9), END),)
    world = dated(entry=EventEntry("wanted", key="engagement"), steps=listening)
    make_slug(world, slug := f"short-{world.journey}")
    contact = client()
    begins = world.fact("wanted", contact, engagement=17)
    again = world.fact("wanted", contact, engagement=18, at=world.now - DAY)
    stop = world.fact("journey.stop_wanted", contact, stop=slug, key="17")
    world.feed(begins, again, stop)
    reasons = {row.entry_key: row.end_reason for row in Enrolment.objects.all()}
    assert reasons == {"17": "stopped_by_journey", "18": ""}


def test_what_begins_again_sees_how_the_same_breath_has_ended_it() -> None:
    """Left, and wanted once more: read together, the second must find the door free."""
    resting = (Wait("rest", END, Delay(days=9)),)
    world = make_world(entry=EventEntry("wanted", key="engagement"), goal=None, steps=resting)
    contact = client()
    row = world.wanted(contact)
    left = world.fact("cancelled", contact, engagement=17)
    world.feed(left, world.fact("wanted", contact, engagement=17))
    assert [each.end_reason for each in Enrolment.objects.order_by("entry_no")] == ["exit", ""]
    assert row.entry_no == 1


def test_an_older_word_does_not_revive_what_was_called_off() -> None:
    """“Moved” was said before “cancelled” and is read after it."""
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    world.pass_time(DAY)
    tell(world, "cancelled", contact)
    assert the_row(contact).end_reason == "cancelled"
    late = world.now - hours(1)
    world.hear("visit.moved", contact, visit=7, starts_at=(VISIT + DAY).isoformat(), at=late)
    assert queries.object_facts([("visit", "7")], world.now)["visit", "7"].fields == {}
    assert Enrolment.objects.count() == 1
    tell(world, "moved", contact, VISIT + 2 * DAY)
    fields = queries.object_facts([("visit", "7")], world.now)["visit", "7"].fields
    assert fields == {"starts_at": (VISIT + 2 * DAY).isoformat()}


def test_an_older_word_does_not_undo_what_was_said_again() -> None:
    """The same date is said twice; what was said between the two and is read after them has no say."""
    world, contact = dated(), client()
    tell(world, "dated", contact, VISIT)
    world.pass_time(DAY)
    tell(world, "moved", contact, VISIT)
    late = world.now - hours(1)
    world.hear("visit.moved", contact, visit=7, starts_at=(VISIT + DAY).isoformat(), at=late)
    world.hear("visit.cancelled", contact, visit=7, at=late)
    fields = queries.object_facts([("visit", "7")], world.now)["visit", "7"].fields
    assert fields == {"starts_at": VISIT.isoformat()}
    assert the_row(contact).end_reason == ""


def test_called_off_twice_the_later_one_counts() -> None:
    """“Moved” was said between two cancellations and is read after both: at once, or a batch later."""
    for apart in (False, True):
        world, contact = dated(), client()
        tell(world, "dated", contact, VISIT)
        world.pass_time(DAY)
        early = world.fact("visit.cancelled", contact, visit=7, at=world.now - hours(3))
        again = world.fact("visit.cancelled", contact, visit=7, at=world.now - hours(1))
        late = world.fact(
            "visit.moved", contact, visit=7, starts_at=(VISIT + DAY).isoformat(), at=world.now - hours(3)
        )
        if apart:
            world.feed(early, again)
            world.feed(late)
        else:
            world.feed(early, again, late)
        assert queries.object_facts([("visit", "7")], world.now)["visit", "7"].fields == {}
        ObjectFact.objects.all().delete()


def test_an_occasion_that_has_not_begun_is_not_ended_by_another_journey() -> None:
    """Whether its row stands already is a matter of when the worker has looked ahead."""
    entry = DateEntry("contact.attribute.birthday", yearly=True, at=time(9))
    world, contact = dated(entry=entry, steps=(Wait("rest", END, Delay(days=9)),)), client()
    make_slug(world, slug := f"birthday-{world.journey}")
    world.facts[contact, "contact.attribute.birthday"] = "1980-03-03"
    sweep(world, Crowd(contact))
    world.hear("journey.stop_wanted", contact, stop=slug, key="")
    world.pass_time(DAY)
    assert where(the_row(contact)) == ("rest", Phase.WAITING)
    world.hear("journey.stop_wanted", contact, stop=slug, key="")
    assert the_row(contact).end_reason == "stopped_by_journey"


def make_slug(world: World, slug: str) -> None:
    """The definition as it would be under this slug, which its journey answers to."""
    version = JourneyVersion.objects.get(id=world.version)
    JourneyVersion.objects.filter(id=world.version).update(document={**version.document, "slug": slug})
    Journey.objects.filter(id=world.journey).update(slug=slug)
    plan_of.cache_clear()


def relay(world: World, name: str, contact: int) -> None:
    """What the reactor does with a fact of the log."""
    row = Event.objects.get(name=name, contact_id=contact)
    world.feed(Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data))


def test_a_person_begins_a_journey_by_hand() -> None:
    world, contact = dated(entry=ManualEntry(), steps=(Wait("rest", END, Delay(days=1)),)), client()
    slug = f"hand-{world.journey}"
    make_slug(world, slug)
    begin_by_hand(world.journey, [contact], data={"why": "asked"}, acting_user=None, now=world.now)
    relay(world, "journey.start_wanted", contact)
    world.run()
    assert where(the_row(contact)) == ("rest", Phase.WAITING)


def test_only_what_begins_when_told_can_be_begun_by_hand() -> None:
    world = dated()
    with pytest.raises(ValueError, match="does not begin when told"):
        begin_by_hand(world.journey, [1], data={}, acting_user=None, now=world.now)
    keyed = dated(entry=ManualEntry("order"))
    with pytest.raises(ValueError, match="“order” is missing"):
        begin_by_hand(keyed.journey, [1], data={}, acting_user=None, now=keyed.now)


def test_a_call_is_queued_once_and_its_answer_moves_the_journey() -> None:
    body: Values = {"visit": Ref(Source.ENTRY, "engagement"), "kind": "new"}
    hook = Webhook("tell", "rest", "https://example.org/x", body, Delay(elapsed=hours(1)), "ask")
    rest = (hook, Wait("rest", END, Delay(days=1)), Approval("ask", END, definition().name, "business_owner"))
    world = dated(entry=EventEntry("wanted", key="engagement"), steps=rest)
    good, bad, silent = client(), client(), client()
    rows = [world.wanted(who) for who in (good, bad, silent)]
    assert [where(row) for row in rows] == [("tell", Phase.CALLING)] * 3
    call = WebhookCall.objects.get(contact_id=good)
    assert (call.visit, call.body, call.state) == (1, {"visit": 17, "kind": "new"}, "queued")
    world.hear("webhook.answered", good, enrolment=rows[0].id, visit=1, ok=True, answer={"id": 5})
    world.hear("webhook.answered", bad, enrolment=rows[1].id, visit=1, ok=False)
    world.pass_time(hours(1))
    assert [where(row)[0] for row in rows] == ["rest", "ask", "ask"]
    world.answer(rows[1], "approved")
    assert steps(rows[1]) == [("tell", "failed"), ("ask", "answer:approved")]


@pytest.mark.parametrize("verb", ["dated", "moved", "cancelled"])
def test_news_of_an_object_reach_what_a_worker_has_in_hand(verb: str) -> None:
    """A mail that speaks of a visit is cleared and not handed over yet: it meets the gate once more."""
    contact = Contact.objects.create(name="Kari", sort_key="kari", created_at=MONDAY).id
    before = Contact.objects.get(id=contact).gate_rev
    data = {"visit": "7", "starts_at": VISIT.isoformat()}
    objects.take_in([Fact(1, f"visit.{verb}", contact, MONDAY, MONDAY, data)])
    assert Contact.objects.get(id=contact).gate_rev > before
