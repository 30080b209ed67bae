"""The brake: after it nothing of automation is handed over; and starting again thinks each one over."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tactful.delivery.actions import Words, approve_and_send
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import pass_time
from tactful.foundation.clock import business_now
from tactful.foundation.models import User
from tactful.gate import queries as gate
from tactful.journeys import driver
from tactful.journeys.recipes import text
from tactful.wiring.brake import let_go, pull, stopped
from tactful.wiring.journey_facts import loader
from tactful.wiring.tests.past_firm import OPEN, PastFirm, past_firm
from tactful.wiring.trust import NotNow, begin_trial

pytestmark = pytest.mark.django_db
RECIPE = "annual-accounts-documents"
CLASSES = {"document-request": "reminder", "document-reminder": "reminder", "document-received": "awaited"}
PERSON = 7


def run(tmp_path: Path, *names: str) -> Any:
    return past_firm(tmp_path, [text(RECIPE)], CLASSES, names, **OPEN)


def pulls() -> None:
    pull(acting_user=PERSON, now=business_now())


def lets_go() -> None:
    let_go(acting_user=PERSON, now=business_now())


def claimed(firm: PastFirm) -> Any:
    """What a worker has in its hands when the brake is pulled."""
    for client in firm.clients:
        firm.ask(client)
    now = business_now()
    while firm.take_in() | bool(driver.run_due(loader(now), now)):
        now = business_now()
    found = firm.clerk.claim()
    assert len(found.items) == len(firm.clients)
    return found


def test_what_is_in_a_workers_hands_comes_back_at_the_mark(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per") as firm:
        hand = claimed(firm)
        pulls()
        firm.clerk.send(hand)
        assert firm.clerk.provider.accepted == []
        assert set(Dispatch.objects.values_list("state", flat=True)) == {"queued"}
        firm.work()
        assert set(Dispatch.objects.values_list("state", flat=True)) == {"held"}


def test_without_a_brake_the_same_hand_sends(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per") as firm:
        firm.clerk.send(claimed(firm))
        assert len(firm.clerk.provider.accepted) == 2


def test_a_trial_that_begins_between_gate_and_mark_counts_too(tmp_path: Path) -> None:
    with run(tmp_path, "Liv") as firm:
        hand = claimed(firm)
        begin_trial(acting_user=PERSON, now=business_now())
        firm.clerk.send(hand)
        assert firm.clerk.provider.accepted == []


def test_what_a_person_writes_still_goes(tmp_path: Path) -> None:
    with run(tmp_path, "Liv") as firm:
        kari = User.objects.create(id=PERSON, email="kari@fjord.example", name="Kari Blomdal", role="staff")
        words = Words(firm.clients[0], "Hello", "See you on Thursday.")
        approve_and_send(words=words, acting_user=kari.pk, now=business_now())
        hand = firm.clerk.claim()
        pulls()
        firm.clerk.send(hand)
        assert len(firm.clerk.provider.accepted) == 1


def test_it_lists_what_it_stopped_and_what_had_left(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per", "Ida") as firm:
        liv, per, ida = firm.clients
        firm.ask(liv)
        firm.work()
        pass_time(timedelta(hours=2))
        firm.work()
        firm.ask(per)
        firm.work()
        assert stopped(business_now(), 10) is None
        pulls()
        pulls()
        assert gate.everything_held(business_now()).count() == 1
        firm.ask(ida)
        firm.work()
        found = stopped(business_now(), 10)
        assert found is not None
        assert [row.contact_id for row in found.left] == [per], "Liv's left two hours ago"
        assert [row.contact_id for row in found.waiting] == [ida]
        assert (found.left_total, found.waiting_total) == (1, 1)


def test_starting_again_sends_only_what_is_still_wanted(tmp_path: Path) -> None:
    with run(tmp_path, "Liv", "Per") as firm:
        liv, per = firm.clients
        pulls()
        for client in firm.clients:
            firm.ask(client)
        firm.until(business_now() + timedelta(days=2))
        assert firm.sent() == []
        firm.documents_come(liv)
        lets_go()
        firm.work()
        assert [(who, what) for who, what, _ in firm.sent() if what == "document-request"] == [
            (per, "document-request")
        ]
        with pytest.raises(NotNow):
            lets_go()
