"""Between the gate and the mark: time passes, the database stumbles, and one account is slow."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from tactful.channels.types import OutboundMessage
from tactful.delivery import handoff
from tactful.delivery.hot import handoff as hot
from tactful.delivery.models import Batch, Dispatch
from tactful.delivery.rules.words import version_hash
from tactful.delivery.tests.house import (
    Clerk,
    Drawn,
    House,
    Provider,
    make_account,
    make_contacts,
    queue,
    states,
)
from tactful.foundation.clock import business_now, machine_now
from tactful.gate.types import Author
from tactful.kernel.clock import machine_ms

pytestmark = pytest.mark.django_db
LONG = handoff.STALE_MS + 1_000


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The machine's clock, which a test may let run on."""
    on: dict[str, int] = {"by": 0}
    monkeypatch.setattr(handoff, "machine_ms", lambda: machine_ms() + on["by"])
    return on


def slow(watch: dict[str, int], provider: Provider) -> None:
    """Each mail takes longer than a word of the gate is good for."""

    def take(_message: OutboundMessage) -> None:
        watch["by"] += LONG

    provider.before = take


def test_what_the_gate_said_long_ago_lets_nothing_go(
    clerk: Clerk, provider: Provider, line: Drawn, watch: dict[str, int]
) -> None:
    """Quiet hours begin, while a provider takes a mail in half a minute."""
    ids = queue(make_contacts(100), line)
    slow(watch, provider)
    clerk.turn()
    sent = states(ids)["sent"]
    assert sent == handoff.FIRST_GROUP
    assert states(ids)["queued"] == 100 - sent
    assert not Batch.objects.exists()


def test_all_of_them_go_in_the_end(
    clerk: Clerk, provider: Provider, line: Drawn, watch: dict[str, int]
) -> None:
    ids = queue(make_contacts(40), line)
    slow(watch, provider)
    for _ in range(20):
        watch["by"] = 0
        clerk.turn()
    assert states(ids) == {"sent": 40}
    assert max(provider.copies().values()) == 1


def test_nothing_is_marked_after_its_latest_moment(
    clerk: Clerk, provider: Provider, line: Drawn, watch: dict[str, int]
) -> None:
    """A reminder waits in the hand of a worker until the appointment has begun (R28)."""
    first, later = make_contacts(2)
    (early,) = queue([first], line)
    (ident,) = queue([later], line, latest_at=business_now() + timedelta(seconds=10))
    claimed = clerk.claim()
    watch["by"] = 11_000
    clerk.send(claimed)
    assert states([early]) == {"sent": 1}
    assert states([ident]) == {"queued": 1}


def test_a_slow_account_does_not_always_go_first(
    clerk: Clerk, provider: Provider, line: Drawn, account: int, watch: dict[str, int]
) -> None:
    other = make_account()
    many = queue(make_contacts(90), line, account_id=account)
    (one,) = queue(make_contacts(1), line, account_id=other)
    slow(watch, provider)
    for _ in range(2):
        watch["by"] = 0
        clerk.turn()
    assert states([one]) == {"sent": 1}
    assert states(many)["sent"]


def test_a_mark_that_fails_leaves_nothing_in_nobodys_hand(
    clerk: Clerk, provider: Provider, line: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadlock, a time-out: the batch ends, and all of it is queued again."""
    ids = queue(make_contacts(60), line)
    real, fails = hot.mark, [True]

    def mark(params: Mapping[str, Any]) -> set[int]:
        if fails:
            fails.clear()
            raise OperationalError("deadlock detected")
        return real(params)

    monkeypatch.setattr(hot, "mark", mark)
    clerk.turn()
    assert states(ids) == {"queued": 60}
    clerk.turn()
    assert states(ids) == {"sent": 60}


def test_one_that_the_promise_refuses_stops_no_other(
    clerk: Clerk, provider: Provider, line: Drawn, house: House
) -> None:
    """Approved were the words of another version: the database lets it go nowhere, and the others go."""
    people = make_contacts(6)
    words = version_hash(house.sources().template("reminder", "nb").version_id)
    said = {"author": Author.PERSON_BULK, "approved_by": 7}
    good = queue(people[1:], line, approved_hash=words, **said)
    (bad,) = queue(people[:1], line, approved_hash=b"x" * 32, **said)
    for _ in range(4):
        clerk.turn()
        Dispatch.objects.filter(retry_at__isnull=False).update(retry_at=machine_now())
    assert states(good) == {"sent": 5}
    assert states([bad]) == {"dead": 1}
    assert bad not in provider.copies()


def test_a_broadcast_that_cannot_be_built_for_one_stops_no_other(
    clerk: Clerk, provider: Provider, line: Drawn, house: House
) -> None:
    house.broken = {"poison"}
    people = make_contacts(4)
    words = version_hash(house.sources().template("reminder", "nb").version_id)
    said = {"author": Author.PERSON_BULK, "approved_by": 7, "approved_hash": words}
    (bad,) = queue(people[:1], line, template="poison", **said)
    for _ in range(4):
        clerk.turn()
        Dispatch.objects.filter(retry_at__isnull=False).update(retry_at=machine_now())
    good = queue(people[1:], line, **said)
    clerk.turn()
    assert states(good) == {"sent": 3}
    assert states([bad]) == {"dead": 1}
