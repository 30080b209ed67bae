"""Words that go out in another's mail: the gate is asked about them as if they went alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tactful.contacts.actions import bump_gate
from tactful.delivery.models import Dispatch
from tactful.delivery.tests.house import (
    Clerk,
    Drawn,
    House,
    Provider,
    make_contacts,
    make_touchpoint,
    move_line,
    queue,
    state,
)
from tactful.delivery.types import DueMessage
from tactful.gate.types import BasisFact, BasisKind, Facts
from tactful.touchpoints.types import Line, MessageClass, Purpose

pytestmark = pytest.mark.django_db
OFFER = {
    "message_class": MessageClass.MARKETING,
    "purpose": Purpose.MARKETING,
    "may_merge": True,
    "variables": {"summary": "Offer"},
}
WITHDRAWN = BasisFact(BasisKind.NONE, withdrawn=True)


class Withdrawing(House):
    """Clients who have said no to news, and to nothing else."""

    def __init__(self) -> None:
        super().__init__(takes_also=True)
        self.said_no = False

    def _facts(self, messages: Sequence[DueMessage], now: datetime) -> Mapping[int, Facts]:
        found = dict(super()._facts(messages, now))
        for due in messages:
            if self.said_no and due.request.purpose is Purpose.MARKETING:
                found[due.id] = found[due.id]._replace(basis=WITHDRAWN)
        return found


@pytest.fixture
def people(provider: Provider, account: int, tmp_path: Path) -> tuple[Withdrawing, Clerk]:
    house = Withdrawing()
    return house, Clerk(house, provider, tmp_path)


def speaker_and_rider(line: Drawn, other: Drawn) -> tuple[int, int, int]:
    (contact,) = make_contacts(1)
    (speaker,) = queue([contact], line, message_class=MessageClass.RELATIONSHIP, may_merge=True)
    (rider,) = queue([contact], other, **OFFER)
    return contact, speaker, rider


def test_an_offer_rides_with_nobody_after_a_withdrawal(
    people: tuple[Withdrawing, Clerk], provider: Provider, line: Drawn
) -> None:
    house, clerk = people
    _, speaker, rider = speaker_and_rider(line, line)
    house.said_no = True
    clerk.turn()
    assert (state(speaker), state(rider)) == ("sent", "refused")
    assert b"Offer" not in provider.accepted[0].payload
    clerk.leave()


def test_nor_after_one_between_gate_and_mark(
    people: tuple[Withdrawing, Clerk], provider: Provider, line: Drawn
) -> None:
    house, clerk = people
    contact, speaker, rider = speaker_and_rider(line, line)
    claimed = clerk.claim()
    assert state(rider) == "merged"
    house.said_no = True
    bump_gate([contact])
    clerk.send(claimed)
    assert state(speaker) == "queued"
    clerk.turn()
    clerk.turn()  # the offer's own turn
    assert (state(speaker), state(rider)) == ("sent", "refused")
    assert b"Offer" not in provider.accepted[0].payload
    clerk.leave()


def test_nor_once_its_place_on_the_line_has_moved(
    people: tuple[Withdrawing, Clerk], provider: Provider, line: Drawn
) -> None:
    _, clerk = people
    other = make_touchpoint()
    _, speaker, rider = speaker_and_rider(line, other)
    move_line(other.touchpoint, Line.JUDGEMENT)
    clerk.turn()
    assert state(speaker) == "sent"
    assert b"Offer" not in provider.accepted[0].payload
    assert Dispatch.objects.get(pk=rider).state not in ("sent", "merged")
    clerk.leave()


def test_what_may_be_said_still_rides(
    people: tuple[Withdrawing, Clerk], provider: Provider, line: Drawn
) -> None:
    _, clerk = people
    _, speaker, rider = speaker_and_rider(line, line)
    clerk.turn()
    assert (state(speaker), state(rider)) == ("sent", "merged")
    assert b"also=Offer" in provider.accepted[0].payload
    clerk.leave()
