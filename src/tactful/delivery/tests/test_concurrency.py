"""Many at once, with real commits: two claims and one place, dispatchers that start together, locks."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from tactful.contacts.models import Contact
from tactful.delivery.actions import cancel
from tactful.delivery.hot import sweeps
from tactful.delivery.models import Batch, CapUse, Dispatch
from tactful.delivery.tests.house import (
    Clerk,
    House,
    Provider,
    make_account,
    make_contacts,
    make_touchpoint,
    queue,
    state,
    states,
)
from tactful.foundation.clock import business_now
from tactful.touchpoints.types import MessageClass

pytestmark = pytest.mark.usefixtures("committed_db")
COUNTED = MessageClass.RELATIONSHIP


def together(*works: Callable[[], Any]) -> None:
    """Run all at the same moment, each in a thread with a database session of its own."""
    start = Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            work()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]


def work_until_empty(clerk: Clerk) -> Callable[[], None]:
    """A claim may come away empty while another one has all the clients in hand."""

    def work() -> None:
        while Dispatch.objects.filter(shelf=1).exists():
            clerk.turn(20)

    return work


@pytest.mark.parametrize("number", [2, 10])
def test_dispatchers_started_in_the_same_second_send_each_once(number: int, tmp_path: Path) -> None:
    make_account()
    house, provider = House(), Provider()
    ids = queue(make_contacts(150), make_touchpoint())
    clerks = [Clerk(house, provider, tmp_path) for _ in range(number)]
    together(*(work_until_empty(clerk) for clerk in clerks))
    assert states(ids) == {"sent": 150}
    assert set(provider.copies().values()) == {1}
    assert Batch.objects.count() == 0


@pytest.mark.parametrize("may_merge", [False, True])
def test_two_claims_at_once_and_one_place(tmp_path: Path, may_merge: bool) -> None:
    """For each client two messages, two dispatchers, and a cap of one a day."""
    make_account()
    house, provider = House(takes_also=True), Provider()
    line, contacts = make_touchpoint(), make_contacts(20)
    more = {"message_class": COUNTED, "may_merge": may_merge, "variables": {"summary": "more"}}
    first, second = queue(contacts, line, **more), queue(contacts, line, **more)
    clerks = [Clerk(house, provider, tmp_path) for _ in range(2)]
    together(*(work_until_empty(clerk) for clerk in clerks))
    assert states(first + second)["sent"] == 20
    assert states(first + second)["merged" if may_merge else "held"] == 20
    assert {message.recipient for message in provider.accepted} == {
        f"c{who}@client.example" for who in contacts
    }
    assert set(CapUse.objects.values_list("used", flat=True)) == {1}


def test_a_household_is_shared_by_claims_that_run_together(tmp_path: Path) -> None:
    from tactful.contacts.models import Household  # noqa: PLC0415

    make_account()
    house, provider, line = House(), Provider(), make_touchpoint()
    family = make_contacts(6, household=Household.objects.create(name="Hansen"))
    clerks = [Clerk(house, provider, tmp_path) for _ in range(6)]
    ids = queue(family, line, message_class=COUNTED)
    together(*(lambda clerk=clerk: clerk.turn(1) for clerk in clerks))
    while clerks[0].turn():
        pass
    assert states(ids) == {"sent": 2, "held": 4}
    assert CapUse.objects.get(scope="household").used == 2


def test_cancelling_and_claiming_do_not_wait_for_each_other_in_a_circle(tmp_path: Path) -> None:
    make_account()
    house, provider, line = House(), Provider(), make_touchpoint()
    contacts = make_contacts(60)
    ids = queue(contacts, line, message_class=COUNTED)
    clerks = [Clerk(house, provider, tmp_path) for _ in range(2)]

    def stop_some() -> None:
        for at in range(0, 60, 6):
            cancel(contact_ids=contacts[at : at + 6], now=business_now())

    together(*(work_until_empty(clerk) for clerk in clerks), stop_some)
    ended = states(ids)
    assert ended["sent"] + ended["cancelled"] == 60
    assert len(provider.accepted) == ended["sent"]
    assert sum(CapUse.objects.values_list("used", flat=True)) == ended["sent"]


def test_a_reply_that_commits_while_the_mark_waits(tmp_path: Path) -> None:
    """The mark waits for the lock of whoever is changing the facts, and then sees the new revision."""
    make_account()
    (contact,) = make_contacts(1)
    (ident,) = queue([contact], make_touchpoint())
    provider = Provider()
    clerk = Clerk(House(), provider, tmp_path)
    claimed = clerk.claim()

    def mark() -> None:
        clerk.send(claimed)
        connection.close()

    thread = Thread(target=mark)
    with transaction.atomic():
        Contact.objects.filter(pk=contact).update(gate_rev=1)
        thread.start()
        wait_until_somebody_waits()
    thread.join(20)
    assert provider.accepted == []
    assert state(ident) == "queued"


def wait_until_somebody_waits() -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with connection.cursor() as cursor:
        for _ in range(20_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits for the contact; the mark does not lock it.")


def test_a_claim_skips_a_client_whom_somebody_has_in_hand(tmp_path: Path) -> None:
    make_account()
    busy, free = make_contacts(2)
    ids = queue([busy, free], make_touchpoint())
    clerk = Clerk(House(), Provider(), tmp_path)
    done: list[bool] = []
    with transaction.atomic():
        Contact.objects.filter(pk=busy).update(gate_rev=1)
        together(lambda: done.append(clerk.turn()))
    assert done == [True]
    assert [state(ident) for ident in ids] == ["queued", "sent"]


def test_the_end_of_a_hold_is_swept_by_many(tmp_path: Path) -> None:
    make_account()
    ids = queue(make_contacts(50), make_touchpoint())
    Dispatch.objects.update(state="held", not_before=business_now())
    together(*(lambda: sweeps.end_holds(business_now()) for _ in range(4)))
    assert states(ids) == {"queued": 50}
