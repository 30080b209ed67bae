"""Journeys that begin by the calendar, with the clients and the quiet hours of the house."""

from datetime import UTC, datetime, time, timedelta

import pytest

from tactful.contacts.models import Contact
from tactful.contacts.queries import days
from tactful.events.types import Fact
from tactful.gate.types import UNKNOWN
from tactful.journeys import driver
from tactful.journeys.models import Enrolment
from tactful.journeys.rules.moves import State
from tactful.journeys.tests.build import MONDAY, definition
from tactful.journeys.tests.world import make_journey
from tactful.journeys.types import END, DateEntry, Send
from tactful.wiring.journey_facts import loader
from tactful.wiring.occasions import begin_by_calendar

pytestmark = pytest.mark.django_db


def person(**attributes: str) -> int:
    row = Contact.objects.create(
        name="Kari", sort_key="kari", attributes=attributes, created_at=MONDAY, country="NO",
        time_zone="Europe/Oslo",
    )  # fmt: skip
    return row.id


def test_clients_come_page_by_page() -> None:
    ids = sorted(person(birthday=day) for day in ("1980-03-03", "2000-03-03", "1980-03-04", "03-03", ""))
    assert days.everybody(0, 3) == ids[:3]
    assert days.everybody(ids[2], 3) == ids[3:]
    found = Contact.objects.filter(id__in=days.with_day("birthday", ["03-03"], 0, 9))
    assert {row.attributes["birthday"] for row in found} == {"1980-03-03", "2000-03-03"}
    assert len(days.with_day("birthday", ["1980-03-04"], 0, 9)) == 1


def test_a_birthday_begins_a_journey() -> None:
    entry = DateEntry("contact.attribute.birthday", yearly=True, at=time(9))
    wish = Send("wish", END, "reminder", "wish")
    make_journey(definition(entry=entry, steps=(wish,), goal=None, exits=()))
    born = person(birthday="1980-03-03")
    person(birthday="1980-04-03")
    person()
    for _ in range(4):
        begin_by_calendar(MONDAY)
    row = Enrolment.objects.get()
    assert (row.contact_id, row.due_at) == (born, datetime(2026, 3, 3, 8, tzinfo=UTC))


def test_dates_of_objects_and_the_quiet_hours_are_known() -> None:
    """An early visit: two hours before is night, so the reminder comes on the evening before."""
    entry = DateEntry("visit.starts_at", timedelta(hours=2), "visit")
    make_journey(definition(entry=entry, steps=(Send("r", END, "reminder", "r"),), goal=None, exits=()))
    mine, other = person(), person()
    data = {"visit": 7, "starts_at": "2026-03-05T07:00"}
    driver.feed([Fact(1, "visit.dated", mine, MONDAY, MONDAY, data)], loader(MONDAY), MONDAY)
    due = Enrolment.objects.get().due_at
    assert due is not None
    assert due < datetime(2026, 3, 4, 22, tzinfo=UTC)
    keys = ("visit.starts_at:visit=7", "visit.room:visit=7", "visit.starts_at:visit=8", "odd")
    known, foreign = loader(MONDAY)([(State(1, mine, "7"), keys), (State(1, other, "7"), keys)])
    assert [known[key] for key in keys] == ["2026-03-05T07:00", None, UNKNOWN, UNKNOWN]
    assert [foreign[key] for key in keys] == [UNKNOWN] * 4
