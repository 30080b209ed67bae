"""Which messages an order reaches: an absence holds what can wait for the return, and nothing else."""

from dataclasses import replace
from datetime import datetime

import pytest

from tactful.gate.rules.check import check
from tactful.gate.rules.orders import QUESTION, UNCONFIRMED, UNTIL_BACK, orders_on
from tactful.gate.tests.cast import NOW, REQUEST, SETTINGS, facts, request, utc
from tactful.gate.types import GateRequest, Standing, Verdict, VerdictKind
from tactful.touchpoints.types import MessageClass, Purpose

BACK = utc(20, 10)
SOON, LATER = utc(15, 10), utc(24, 10)
ABSENCE = Standing(1, "contact", REQUEST.contact_id, UNTIL_BACK, "away", None, BACK, "recompute", NOW)


def asked(message: GateRequest) -> Verdict:
    standing = orders_on(message, [ABSENCE], placed=True, household_id=None)
    return check(message, facts(standing=standing), SETTINGS, NOW)


@pytest.mark.parametrize(
    ("kind", "latest_at", "goes"),
    [
        (MessageClass.AWAITED, None, True),
        (MessageClass.AWAITED, LATER, True),
        (MessageClass.DEADLINE, SOON, True),
        (MessageClass.REMINDER, SOON, True),
        (MessageClass.REMINDER, BACK, True),  # back at that very moment is too late to read it
        (MessageClass.DEADLINE, LATER, False),
        (MessageClass.REMINDER, LATER, False),
        (MessageClass.DEADLINE, None, False),
        (MessageClass.RELATIONSHIP, None, False),
        (MessageClass.RELATIONSHIP, LATER, False),
        (MessageClass.MARKETING, LATER, False),
    ],
)
def test_an_absence_holds_what_can_wait_for_the_return(
    kind: MessageClass, latest_at: datetime | None, goes: bool
) -> None:
    purpose = Purpose.MARKETING if kind is MessageClass.MARKETING else Purpose.SERVICE
    verdict = asked(request(message_class=kind, latest_at=latest_at, purpose=purpose))
    assert verdict.kind is (VerdictKind.CLEAR if goes else VerdictKind.HOLD)
    if not goes:
        assert verdict.reasons[0].code == "standing.contact_away"
        assert verdict.until == BACK


@pytest.mark.parametrize("kind", [MessageClass.RELATIONSHIP, MessageClass.MARKETING])
def test_what_is_nice_to_have_and_too_late_after_the_return_is_left_out(kind: MessageClass) -> None:
    """Nobody is asked whether to wish somebody who is away a good birthday."""
    verdict = asked(request(message_class=kind, latest_at=SOON))
    assert verdict.kind is VerdictKind.REFUSE
    assert [reason.code for reason in verdict.reasons] == ["late.no_room", "standing.contact_away"]


def test_an_order_of_a_person_reaches_everything_as_before() -> None:
    order = replace(ABSENCE, topic="")
    for kind in MessageClass:
        assert orders_on(request(message_class=kind), [order], placed=True, household_id=None)


@pytest.mark.parametrize("kind", list(MessageClass))
def test_a_stranger_who_has_not_said_yes_hears_the_question_and_nothing_else(kind: MessageClass) -> None:
    order = replace(ABSENCE, topic=UNCONFIRMED, reason=UNCONFIRMED)

    def answer(message: GateRequest) -> Verdict:
        standing = orders_on(message, [order], placed=True, household_id=None)
        return check(message, facts(standing=standing), SETTINGS, NOW)

    held = answer(request(message_class=kind, latest_at=LATER))
    assert (held.kind, held.reasons[0].code) == (VerdictKind.HOLD, "standing.contact")
    question = request(message_class=kind, latest_at=LATER, topics=frozenset({QUESTION}))
    assert answer(question).kind is VerdictKind.CLEAR
