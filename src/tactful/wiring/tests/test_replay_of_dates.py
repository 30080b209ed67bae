"""Journeys that begin by a date, replayed by what was known of it then."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tactful.contacts.actions import record_basis, update_contact
from tactful.contacts.types import Ground
from tactful.delivery.models import Dispatch
from tactful.foundation.clock import business_now
from tactful.journeys.queries import run_stored
from tactful.journeys.recipes import text
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.replayed import Replay
from tactful.wiring.frozen import message_as_test
from tactful.wiring.replay import replay, whom
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm

pytestmark = pytest.mark.django_db
VISIT, REMINDER = "appointment-reminders", {"appointment-reminder": "reminder"}
BIRTHDAY, GREETING = "birthday-greeting", {"birthday": "marketing"}
DAY = timedelta(days=1)


def replayed(slug: str, since: datetime) -> Replay:
    return replay(read(text(slug)), since=since, until=business_now())


def days_pass(firm: PastFirm, number: int) -> None:
    for _ in range(number):
        firm.until(business_now() + DAY)


def agree(firm: PastFirm, client: int, key: str, days: int, verb: str = "dated") -> None:
    starts = (business_now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    firm.happens(client, f"appointment.{verb}", appointment=key, starts_at=starts.isoformat(), active=True)


def test_appointments_that_were_known_before_the_stretch_and_moved_within_it(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(VISIT)], REMINDER, ("Liv", "Per", "Ida"), **OPEN) as firm:
        liv, per, ida = firm.clients
        agree(firm, liv, "a", 20)
        agree(firm, per, "b", 4)  # has its first reminder before the stretch begins: its way is not told
        agree(firm, ida, "c", 16)
        days_pass(firm, 3)
        since = business_now()
        days_pass(firm, 5)
        agree(firm, liv, "a", 6, verb="moved")
        firm.happens(ida, "appointment.cancelled", appointment="c")
        days_pass(firm, 12)
        found, really = replayed(VISIT, since), firm.sent()
        assert len(whom(read(text(VISIT)), since, business_now())) == 3
    assert (found.troubles, found.not_known) == ([], [])
    assert [(line.contact, line.step, line.change) for line in found.lines] == [
        (liv, "early", "same"),
        (liv, "day-before", "same"),
    ]
    assert found.dropped == []
    assert [contact for contact, _, _ in really] == [liv, liv, per, per]


def test_a_birthday_that_was_written_down_within_the_stretch(tmp_path: Path) -> None:
    with past_firm(tmp_path, [text(BIRTHDAY)], GREETING, ("Liv", "Per"), **OPEN) as firm:
        liv, per = firm.clients
        now = business_now()
        for client in firm.clients:
            ground = Ground("marketing", "mail", "consent", "form", wording="Yes, write to me.")
            record_basis(client, ground, acting_user=None, now=now)
        days_pass(firm, 1)
        since = business_now()
        update_contact(liv, {"birthday": "1984-01-20"}, acting_user=None, now=business_now())
        days_pass(firm, 9)
        update_contact(per, {"birthday": "1990-01-15"}, acting_user=None, now=business_now())
        days_pass(firm, 3)
        found = replayed(BIRTHDAY, since)
        message = Dispatch.objects.get(state="sent").pk
        test = message_as_test(message, name="Not this year", acting_user=None, now=business_now())
        assert not run_stored(test.journey_id, read(text(BIRTHDAY)))[0].passes
    assert (found.troubles, found.not_known) == ([], [])
    assert [(line.contact, line.step, line.change) for line in found.lines] == [(liv, "greet", "same")]
