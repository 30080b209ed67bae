"""Checks 1 to 5, case by case."""

from datetime import timedelta
from typing import Any

import pytest

from tactful.gate.rules.check import check
from tactful.gate.tests.cast import (
    FACTS,
    KARI,
    NOW,
    REQUEST,
    facts,
    request,
    settings,
)
from tactful.gate.tests.drawn import OBJECTIONS
from tactful.gate.types import (
    AddressState,
    Author,
    BasisFact,
    BasisKind,
    Check,
    ConditionFact,
    Facts,
    GateRequest,
    Verdict,
    VerdictKind,
)
from tactful.touchpoints.types import Line, MessageClass, Purpose

CLEAR, HOLD, REFUSE, RETRY = VerdictKind.CLEAR, VerdictKind.HOLD, VerdictKind.REFUSE, VerdictKind.RETRY
SECOND = timedelta(seconds=1)


def ask(message: GateRequest = REQUEST, known: Facts = FACTS, now: Any = NOW, **house: Any) -> Verdict:
    return check(message, known, settings(**house), now)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_nothing_against_it_clears_with_all_twelve_checks() -> None:
    verdict = ask()
    assert verdict.kind is CLEAR
    assert verdict.reasons == ()
    assert verdict.clearance is not None
    assert verdict.clearance.message_id == REQUEST.message_id
    assert verdict.clearance.cleared_at == NOW
    assert verdict.clearance.checks == tuple(Check)
    assert verdict.clearance.mask == 0b1111_1111_1111


# 1 the line


@pytest.mark.parametrize("author", [Author.AUTOMATION, Author.PERSON_BULK])
@pytest.mark.parametrize(
    ("line", "code"), [(Line.JUDGEMENT, "line.judgement"), (Line.UNDECIDED, "line.undecided")]
)
@pytest.mark.parametrize("approved_by", [None, KARI])
def test_judgement_is_for_people_and_an_approval_changes_nothing(
    author: Author, line: Line, code: str, approved_by: int | None
) -> None:
    verdict = ask(request(author=author, line=line, approved_by=approved_by))
    assert (verdict.kind, codes(verdict)) == (REFUSE, [code])


def test_a_person_may_write_about_judgement() -> None:
    assert ask(request(author=Author.PERSON_DIRECT, line=Line.JUDGEMENT)).kind is CLEAR


# 2 the address


@pytest.mark.parametrize("author", list(Author))
@pytest.mark.parametrize("state", ["missing", "bounced", "suppressed", "channel_off"])
def test_an_unusable_address_refuses_everybody(author: Author, state: str) -> None:
    verdict = ask(request(author=author), facts(address=AddressState(state)))
    assert (verdict.kind, codes(verdict)) == (REFUSE, [f"address.{state}"])


@pytest.mark.parametrize("author", list(Author))
def test_a_provider_that_is_down_holds(author: Author) -> None:
    verdict = ask(request(author=author), facts(address=AddressState.PROVIDER_DOWN))
    assert (verdict.kind, codes(verdict)) == (HOLD, ["address.provider_down"])
    assert verdict.wake_on == ("provider.up",)
    assert verdict.until == NOW + timedelta(minutes=15)


# 3 the basis


@pytest.mark.parametrize(
    ("kind", "purpose", "message_class", "code"),
    [
        (BasisKind.NONE, Purpose.SERVICE, MessageClass.REMINDER, "basis.none"),
        (BasisKind.NONE, Purpose.MARKETING, MessageClass.MARKETING, "basis.none"),
        (BasisKind.CONTRACT, Purpose.MARKETING, MessageClass.RELATIONSHIP, "basis.not_for_marketing"),
        (BasisKind.CONTRACT, Purpose.SERVICE, MessageClass.MARKETING, "basis.not_for_marketing"),
        (BasisKind.CONTRACT, Purpose.SERVICE, MessageClass.REMINDER, ""),
        (BasisKind.EXISTING_CUSTOMER, Purpose.MARKETING, MessageClass.MARKETING, ""),
        (BasisKind.CONSENT, Purpose.MARKETING, MessageClass.MARKETING, ""),
    ],
)
def test_the_basis_must_carry_the_purpose(
    kind: BasisKind, purpose: Purpose, message_class: MessageClass, code: str
) -> None:
    verdict = ask(request(purpose=purpose, message_class=message_class), facts(basis=BasisFact(kind)))
    assert (verdict.kind, codes(verdict)) == ((REFUSE, [code]) if code else (CLEAR, []))


@pytest.mark.parametrize("author", list(Author))
@pytest.mark.parametrize("message_class", list(MessageClass))
@pytest.mark.parametrize(
    ("basis", "code"), list(zip(OBJECTIONS, ["objected", "withdrawn", "restricted"], strict=True))
)
def test_objection_withdrawal_and_restriction_always_refuse(
    author: Author, message_class: MessageClass, basis: BasisFact, code: str
) -> None:
    verdict = ask(request(author=author, message_class=message_class), facts(basis=basis))
    assert (verdict.kind, codes(verdict)) == (REFUSE, [f"basis.{code}"])


def test_a_person_needs_a_basis_for_marketing_only() -> None:
    none = facts(basis=BasisFact(BasisKind.NONE))
    assert ask(request(author=Author.PERSON_DIRECT), none).kind is CLEAR
    marketing = request(author=Author.PERSON_DIRECT, purpose=Purpose.MARKETING)
    assert codes(ask(marketing, none)) == ["basis.none"]


# 4 still true


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("condition.cancelled", "condition.cancelled"),
        ("", "condition.not_true"),
        ("odd", "condition.not_true"),
    ],
)
def test_what_is_no_longer_true_is_not_said(code: str, expected: str) -> None:
    verdict = ask(known=facts(condition=ConditionFact(False, code, {"what": "the meeting"})))
    assert (verdict.kind, codes(verdict)) == (REFUSE, [expected])
    assert verdict.reasons[0].params == {"what": "the meeting"}


# 5 not too late


@pytest.mark.parametrize(
    ("late", "latest", "decided", "expected"),
    [
        (timedelta(minutes=60), None, False, []),
        (timedelta(minutes=60) + SECOND, None, False, ["late.grace"]),
        (timedelta(minutes=60) + SECOND, None, True, []),
        (timedelta(), timedelta(), False, []),
        (timedelta(), -SECOND, False, ["late.latest"]),
        (timedelta(days=1), -SECOND, True, ["late.latest"]),
        (timedelta(days=1), timedelta(days=1), True, []),
        (-timedelta(days=1), None, False, []),
    ],
)
def test_latest_moment_and_grace(late: timedelta, latest: Any, decided: bool, expected: list[str]) -> None:
    latest_at = None if latest is None else NOW + latest
    verdict = ask(request(due_at=NOW - late, latest_at=latest_at, late_decided=decided))
    assert codes(verdict) == expected
    assert verdict.kind is (REFUSE if "late.latest" in expected else HOLD if expected else CLEAR)
    if "late.grace" in expected:
        assert verdict.wake_on == ("message.decided",)
        assert verdict.on_release == "ask"
