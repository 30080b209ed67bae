"""An appointment in a calendar starts reminders, takes them along and calls them off (R28)."""

from datetime import datetime, timedelta

import pytest

from tactful.calendars import actions
from tactful.calendars.actions import Found, NewFeed
from tactful.calendars.models import Feed
from tactful.calendars.types import CalendarKind, Occurrence, Reading
from tactful.contacts.actions import create_contact
from tactful.contacts.types import NewContact
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.templates_seed import load_seed_templates
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.foundation.actions import change_settings
from tactful.foundation.clock import business_now
from tactful.journeys.actions import import_journey, switch_on
from tactful.journeys.models import Enrolment
from tactful.journeys.recipes import text
from tactful.touchpoints.models import Touchpoint, TouchpointRevision
from tactful.wiring import reactor

pytestmark = pytest.mark.django_db
ALWAYS = {"gate.quiet_from": "00:00", "gate.quiet_to": "00:00", "gate.quiet_weekdays": [],
          "gate.quiet_holidays": False}  # fmt: skip
EARLIER = timedelta(hours=72)


@pytest.fixture
def now() -> datetime:
    at = business_now()
    change_settings(values=ALWAYS, acting_user=None, now=at)
    point = Touchpoint.objects.create(
        slug="appointment-reminder", name_en="r", name_nb="r", phase="working", position=1,
        message_class="reminder",
    )  # fmt: skip
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=at)
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)
    for seed in load_seed_templates():
        publish_template(NewTemplate(seed.slug, seed.name, seed.name, seed.source), acting_user=None, now=at)
    journey = import_journey(text("appointment-reminders"), acting_user=None, now=at).journey_id
    switch_on(journey, acting_user=None, now=at)
    create_contact(NewContact("Kari Hansen", mails=("kari@client.example",)), acting_user=None, now=at)
    return at


def read(feed: Feed, now: datetime, *starts: tuple[str, datetime]) -> None:
    """The calendar as it stands now; then the log is read."""
    seen = set(Event.objects.values_list("id", flat=True))
    occurrences = tuple(
        Occurrence(uid, "", at, at + timedelta(hours=1), attendees=("kari@client.example",))
        for uid, at in starts
    )
    actions.apply(feed, Reading(occurrences, len(occurrences)), Found(), now=now)
    rows = Event.objects.exclude(id__in=seen).order_by("id")
    facts = [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows]
    reactor.move_journeys(facts, now)


def test_reminders_follow_the_calendar(now: datetime) -> None:
    new = NewFeed("Chair", CalendarKind.ICS, "https://calendar.example/a.ics")
    feed = actions.add_feed(new, acting_user=None, now=now)
    other = ("other", now + timedelta(days=30))
    read(feed, now, ("a", now + timedelta(days=10)), other)
    first = Enrolment.objects.order_by("due_at").first()
    assert first is not None
    assert first.due_at == now + timedelta(days=10) - EARLIER
    read(feed, now, ("a", now + timedelta(days=20)), other)
    first.refresh_from_db()
    assert first.due_at == now + timedelta(days=20) - EARLIER
    read(feed, now, other)
    assert not Enrolment.objects.filter(id=first.id, ended_at=None).exists()
    assert Enrolment.objects.filter(ended_at=None).count() == 1
