"""What goes out today: the outbox and the journeys in one list, each with a stop."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tactful.foundation.clock import business_now
from tactful.journeys.recipes import text
from tactful.touchpoints.actions import LineError
from tactful.wiring.going_out import count_today, going_out, stop_coming, unstop_coming
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm
from tactful.wiring.tests.test_touches import kari

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {"document-request": "reminder", "document-reminder": "reminder", "document-received": "awaited"}
ZONE = "Europe/Oslo"


def on_the_seventh_day(firm: PastFirm) -> None:
    for client in firm.clients:
        firm.ask(client)
    firm.until(business_now() + timedelta(days=6, hours=13))  # at ten in the evening before


def run(tmp_path: Path, *names: str, **house: Any) -> Any:
    return past_firm(tmp_path, [text(RECIPE)], CLASSES, names, **(OPEN | house))


def test_what_journeys_come_to_today_is_on_the_list_and_can_be_stopped(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per", "Ida") as firm:
        assert count_today(business_now(), ZONE) == (0, False)
        on_the_seventh_day(firm)
        assert going_out(business_now(), ZONE, None, 10).rows == ()
        firm.until(business_now() + timedelta(hours=3))
        person = kari()
        day = going_out(business_now(), ZONE, None, 10)
        assert {each.row.contact_id for each in day.rows} == set(firm.clients)
        assert (day.total, day.more, day.next) == (3, False, None)
        liv = next(each for each in day.rows if each.row.contact_id == firm.clients[0])
        firm.until(liv.at - timedelta(hours=1))
        stop_coming(liv.key, acting_user=person, now=business_now(), zone=ZONE)
        per = next(each for each in day.rows if each.row.contact_id == firm.clients[1])
        stop_coming(per.key, acting_user=person, now=business_now(), zone=ZONE)
        unstop_coming(per.key, acting_user=person, now=business_now())
        again = {each.row.contact_id: each.touch for each in going_out(business_now(), ZONE, None, 10).rows}
        assert [touch is not None and touch.stopped for touch in map(again.get, firm.clients)] == [
            True, False, False,
        ]  # fmt: skip
        firm.until(liv.at + timedelta(hours=1))
        reminded = {who for who, what, _ in firm.sent() if what == "document-reminder-1"}
        assert reminded == set(firm.clients[1:])
        with pytest.raises(LineError, match="quicker than you"):
            stop_coming(per.key, acting_user=person, now=business_now(), zone=ZONE)


def test_it_says_what_would_hold_a_message(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per") as firm:
        on_the_seventh_day(firm)
        firm.begins(firm.clients[0], "question")
        firm.until(business_now() + timedelta(hours=3))
        rows = going_out(business_now(), ZONE, None, 10).rows
        said = {each.row.contact_id: each.against and each.against.code for each in rows}
        assert said == {firm.clients[0]: "talk.question", firm.clients[1]: None}


def test_page_by_page_each_once(tmp_path: Path) -> None:
    with run(tmp_path, *(f"C{n}" for n in range(7))) as firm:
        on_the_seventh_day(firm)
        firm.until(business_now() + timedelta(hours=3))
        seen, place, pages = [], None, 0
        while True:
            day = going_out(business_now(), ZONE, place, 3)
            seen += [each.row.contact_id for each in day.rows]
            pages += 1
            if day.next is None:
                break
            place = day.next
        assert sorted(seen) == sorted(firm.clients)
        assert pages >= 1
