"""The whole way against a real server on this machine: read, found whose, told, moved, called off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from tactful.calendars import actions, queries
from tactful.calendars.actions import CalendarTrouble, NewFeed
from tactful.calendars.models import Appointment, Feed
from tactful.calendars.tests.server import PASSWORD, USER, CalendarServer, event, ics, serving
from tactful.calendars.types import CalendarKind
from tactful.calendars.worker import read_due
from tactful.contacts.models import Contact, Identity
from tactful.events.models import Event
from tactful.events.types import Fact
from tactful.foundation.models import Role, User
from tactful.inbox.models import Task
from tactful.wiring.reactor import react

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
KARI = "ATTENDEE;CN=Kari:mailto:kari@example.no"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[CalendarServer]:
    settings.LOCAL_MAIL_HOSTS = True
    with serving() as made:
        yield made


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.add(email="o@fjord.example", name="Ola", role=Role.OWNER)


@pytest.fixture
def kari(db: None) -> Contact:
    made = Contact.objects.create(name="Kari Nordmann", sort_key="nordmann kari", created_at=NOW)
    Identity.objects.create(contact=made, kind="email", value="kari@example.no", shown="", added_at=NOW)
    return made


def added(server: CalendarServer, kind: CalendarKind = CalendarKind.ICS, password: str = PASSWORD) -> Feed:
    return actions.add_feed(NewFeed("Chair 1", kind, server.url, USER, password), acting_user=None, now=NOW)


def again(now: datetime = NOW, whole: bool = False) -> Feed:
    """The ten minutes are machine time; a test does not wait for them."""
    more = {"whole_at": None} if whole else {}
    Feed.objects.update(next_at="2020-01-01T00:00Z", **more)
    assert read_due(now)
    assert not read_due(now)
    return Feed.objects.get()


def told() -> list[tuple[str, str]]:
    rows = Event.objects.filter(source="calendar").order_by("id")
    return [(row.name, row.data.get("starts_at", "")) for row in rows]


def test_an_appointment_is_told_moved_and_called_off(server: CalendarServer, kari: Contact) -> None:
    added(server)
    other = event("other", "20261130T090000Z")
    server.body = ics(event("a", more=f"LOCATION:Storgata 1\n{KARI}"), other)
    again()
    fact = Event.objects.get(source="calendar")
    assert (fact.name, fact.contact_id) == ("appointment.dated", kari.id)
    assert fact.data | {"appointment": ""} == {
        "appointment": "",
        "starts_at": "2026-11-24T09:00:00+00:00",
        "ends_at": "2026-11-24T09:30:00+00:00",
        "when": "tirsdag 24. november kl. 10:00",
        "place": "Storgata 1",
        "active": True,
    }
    again()  # nothing new
    server.body = ics(event("a", "20261126T120000Z", more=f"LOCATION:Storgata 1\n{KARI}"), other)
    again()
    server.body = ics(other)
    again()
    assert told() == [
        ("appointment.dated", "2026-11-24T09:00:00+00:00"),
        ("appointment.moved", "2026-11-26T12:00:00+00:00"),
        ("appointment.cancelled", ""),
    ]
    assert len(set(Event.objects.filter(source="calendar").values_list("data__appointment", flat=True))) == 1
    server.body = ics(event("a", more=KARI), other)
    again()  # somebody has put it back
    assert told()[-1] == ("appointment.dated", "2026-11-24T09:00:00+00:00")


def test_it_is_asked_only_for_what_is_new(server: CalendarServer, kari: Contact) -> None:
    added(server)
    server.etag, server.body = '"one"', ics(event("a", more=KARI))
    again()
    feed = again()
    assert server.asked[-1][1]["If-None-Match"] == '"one"'
    assert feed.error == ""
    again(NOW + timedelta(days=1))  # the ninety days have moved on: once a day, all of it
    assert "If-None-Match" not in server.asked[-1][1]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>Sign in</html>", "html"),
        (200, b"", "no_calendar"),
        (404, b"", "gone"),
        (500, b"", "trouble"),
        (200, ics(event("a", more=KARI))[:-40], "cut"),
    ],
)
def test_a_broken_answer_calls_nothing_off(
    server: CalendarServer, kari: Contact, status: int, body: bytes, error: str
) -> None:
    added(server)
    server.body = ics(event("a", more=KARI))
    again()
    server.status, server.body = status, body
    assert again().error == error
    assert [name for name, _ in told()] == ["appointment.dated"]
    server.status, server.body = 200, ics(event("a", more=KARI))
    assert again().failing_since is None


def test_an_empty_calendar_is_believed_only_when_a_person_says_so(
    server: CalendarServer, kari: Contact, owner: User
) -> None:
    added(server)
    server.body = ics(event("a", more=KARI))
    again()
    server.body = ics()
    assert again().held
    assert [name for name, _ in told()] == ["appointment.dated"]
    actions.believe(Feed.objects.get(), acting_user=owner.id, now=NOW)
    assert not again().held
    assert [name for name, _ in told()] == ["appointment.dated", "appointment.cancelled"]
    assert again().held is False


def test_after_a_day_the_owner_is_told_once(server: CalendarServer, owner: User) -> None:
    added(server)
    server.status = 503
    for hours in (0, 1, 25, 26, 60):
        again(NOW + timedelta(hours=hours))
    rows = Event.objects.filter(name="calendar.failing")
    assert rows.count() == 1
    row = rows.get()
    react([Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data)], NOW)
    assert Task.objects.get().code == "calendar_failing"


def test_whose_is_this_is_answered_once_for_the_series(
    server: CalendarServer, kari: Contact, owner: User
) -> None:
    feed = added(server)
    server.body = ics(event("a", title="Colour", more="RRULE:FREQ=WEEKLY;COUNT=3"))
    again()
    assert told() == []
    assert queries.counts(NOW)[feed.id] == (3, 3)
    actions.tie(Appointment.objects.earliest("starts_at"), kari.id, acting_user=owner.id, now=NOW)
    assert [name for name, _ in told()] == ["appointment.dated"] * 3
    assert queries.counts(NOW)[feed.id] == (3, 0)
    server.body = ics(event("a", title="Colour", more="RRULE:FREQ=WEEKLY;COUNT=4"))
    again()
    assert len(told()) == 4  # remembered
    actions.tie(Appointment.objects.earliest("starts_at"), None, acting_user=owner.id, now=NOW)
    assert [name for name, _ in told()][4:] == ["appointment.cancelled"] * 4


def test_caldav(server: CalendarServer, kari: Contact) -> None:
    added(server, CalendarKind.CALDAV)
    server.parts = [ics(event("a", more=KARI)), ics(event("b"))]
    again()
    assert [method for method, _ in server.asked] == ["PROPFIND", "REPORT"]
    again()
    assert [method for method, _ in server.asked][2:] == ["PROPFIND"]  # its mark has not changed
    server.tag, server.parts = "2", [ics(event("a", "20261201T090000Z", more=KARI)), ics(event("b"))]
    again()
    assert [name for name, _ in told()] == ["appointment.dated", "appointment.moved"]


def test_a_wrong_password_is_said_so(server: CalendarServer, db: None) -> None:
    added(server, CalendarKind.CALDAV, "wrong")
    assert again().error == "denied"


def test_a_calendar_that_has_moved_house_is_found(server: CalendarServer, kari: Contact) -> None:
    feed = added(server)
    server.body = ics(event("a", more=KARI))
    actions.stop_feed(feed, acting_user=None, now=NOW)
    url = server.url.replace("calendar.ics", "moved")
    new = actions.add_feed(NewFeed("x", CalendarKind.ICS, url), acting_user=None, now=NOW)
    assert read_due(NOW)
    assert Appointment.objects.filter(feed=new).count() == 1
    assert actions.address_of(feed) == ""


def test_private_addresses_are_refused_and_so_is_what_leads_there(
    server: CalendarServer, settings: LazySettings
) -> None:
    added(server)
    settings.LOCAL_MAIL_HOSTS = False
    Feed.objects.update(next_at="2020-01-01T00:00Z")
    read_due(NOW)
    assert Feed.objects.get().error in ("private", "nobody")
    assert server.asked == []


@pytest.mark.parametrize(
    "url", ["", "calendar", "ftp://a.example/x", "https://u:p@a.example/x", "http://a.example/"]
)
def test_addresses_that_are_none(url: str, db: None, settings: LazySettings) -> None:
    settings.LOCAL_MAIL_HOSTS = False
    with pytest.raises(CalendarTrouble):
        actions.add_feed(NewFeed("x", CalendarKind.ICS, url), acting_user=None, now=NOW)


def test_what_is_past_for_a_month_is_forgotten(server: CalendarServer, kari: Contact) -> None:
    added(server)
    server.body = ics(event("a", more=KARI))
    again()
    assert actions.forget_past(now=NOW + timedelta(days=20)) == 0
    assert actions.forget_past(now=NOW + timedelta(days=40)) == 1
