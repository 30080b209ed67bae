"""The trial week and the first ones: asked only when nothing else is in the way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tactful.gate.rules.check import check
from tactful.gate.rules.last import GOES_AT
from tactful.gate.rules.orders import FIRST, TRIAL, orders_on
from tactful.gate.tests.cast import NOW, REQUEST, SETTINGS, facts, request, utc
from tactful.gate.types import (
    AddressState,
    Author,
    ConditionFact,
    GateRequest,
    OnRelease,
    Standing,
    TalkFact,
    Verdict,
    VerdictKind,
)
from tactful.touchpoints.types import MessageClass

ENDS = NOW + timedelta(days=7)
POINT = 41
WEEK = Standing(1, "everything", None, TRIAL, "trial", 7, ENDS, "recompute", NOW)
FIRST_ONES = Standing(2, "touchpoint", POINT, FIRST, "first", 7, None, "send", NOW)
TRUE = ConditionFact(holds=True, code="engagement.missing")


def asked(message: GateRequest, *orders: Standing, **more: object) -> Verdict:
    standing = orders_on(message, orders, placed=True, household_id=None)
    return check(message, facts(standing=standing, **more), SETTINGS, NOW)


def codes(verdict: Verdict) -> list[str]:
    return [str(reason.code) for reason in verdict.reasons]


def test_a_trial_holds_what_nothing_else_does() -> None:
    verdict = asked(request(), WEEK)
    assert (verdict.kind, codes(verdict)) == (VerdictKind.HOLD, ["standing.trial"])
    assert verdict.until is not None
    assert verdict.until > ENDS, "time alone must not let it go"


@pytest.mark.parametrize("kind", list(MessageClass))
@pytest.mark.parametrize("author", [Author.AUTOMATION, Author.PERSON_BULK])
def test_no_class_passes_a_trial(kind: MessageClass, author: Author) -> None:
    assert asked(request(message_class=kind, author=author), WEEK).kind is VerdictKind.HOLD


def test_what_a_person_writes_for_one_client_passes_both() -> None:
    own = request(author=Author.PERSON_DIRECT, touchpoint_id=POINT)
    assert asked(own, WEEK, FIRST_ONES).kind is VerdictKind.CLEAR


def test_every_other_reason_speaks_first_and_alone() -> None:
    talk = (TalkFact("question", NOW, 1),)
    assert codes(asked(request(), WEEK, FIRST_ONES, talks=talk)) == ["talk.question"]
    bounced = asked(request(), WEEK, address=AddressState.BOUNCED)
    assert (bounced.kind, codes(bounced)) == (VerdictKind.REFUSE, ["address.bounced"])


@pytest.mark.parametrize(
    ("kind", "latest", "condition", "fate"),
    [
        (MessageClass.RELATIONSHIP, None, None, OnRelease.SKIP),
        (MessageClass.RELATIONSHIP, None, TRUE, OnRelease.RECOMPUTE),
        (MessageClass.REMINDER, utc(24, 10), None, OnRelease.RECOMPUTE),
        (MessageClass.AWAITED, None, TRUE, OnRelease.SKIP),
        (MessageClass.MARKETING, None, None, OnRelease.SKIP),
    ],
)
def test_only_what_can_be_thought_over_outlives_a_trial(
    kind: MessageClass, latest: object, condition: ConditionFact | None, fate: OnRelease
) -> None:
    known = {} if condition is None else {"condition": condition}
    assert asked(request(message_class=kind, latest_at=latest), WEEK, **known).on_release is fate
    bulk = request(message_class=kind, latest_at=latest, author=Author.PERSON_BULK)
    assert asked(bulk, WEEK, **known).on_release is OnRelease.SKIP


def test_only_a_date_that_hurts_asks_a_person_in_a_trial() -> None:
    soon = {"latest_at": utc(24, 10)}
    assert asked(request(message_class=MessageClass.DEADLINE, **soon), WEEK).task_at is not None
    assert asked(request(message_class=MessageClass.REMINDER, **soon), WEEK).task_at is None


def test_a_trial_that_is_over_holds_nothing() -> None:
    over = replace(WEEK, expires_at=NOW)
    assert asked(request(), over).kind is VerdictKind.CLEAR


def test_the_first_of_a_touchpoint_wait_for_a_look() -> None:
    mine = request(touchpoint_id=POINT)
    verdict = asked(mine, FIRST_ONES)
    assert (codes(verdict), verdict.on_release) == (["standing.first"], OnRelease.SEND)
    assert asked(mine._replace(seen=True), FIRST_ONES).kind is VerdictKind.CLEAR
    assert asked(request(touchpoint_id=POINT + 1), FIRST_ONES).kind is VerdictKind.CLEAR
    assert asked(request(), FIRST_ONES).kind is VerdictKind.CLEAR
    assert asked(mine._replace(author=Author.PERSON_BULK), FIRST_ONES).kind is VerdictKind.CLEAR


def test_a_look_before_a_latest_moment_becomes_a_task() -> None:
    assert REQUEST.latest_at is None
    verdict = asked(request(touchpoint_id=POINT, latest_at=utc(13, 10)), FIRST_ONES)
    assert verdict.task_at is not None
    assert verdict.until == utc(10, 14)
    assert codes(asked(request(touchpoint_id=POINT), WEEK, FIRST_ONES)) == ["standing.trial"]


@pytest.mark.parametrize("kind", list(MessageClass))
def test_no_deadline_is_lost_to_a_look_and_nothing_else_goes_unseen(kind: MessageClass) -> None:
    """DESIGN 8. Thursday to Monday at midnight: quiet hours end it at 20:00 before."""
    latest = utc(13, 22)
    mine = request(touchpoint_id=POINT, message_class=kind, latest_at=latest)
    verdict = asked(mine, FIRST_ONES)
    assert verdict.task_at is not None
    (reason,) = verdict.reasons
    if kind is not MessageClass.DEADLINE:
        assert GOES_AT not in reason.params
        late = _asked_at(mine, latest - timedelta(hours=5))
        assert (late.kind, codes(late)) == (VerdictKind.HOLD, ["standing.first"])
        return
    goes_at = datetime.fromisoformat(str(reason.params[GOES_AT]))
    assert latest - timedelta(hours=6) < goes_at < latest - timedelta(hours=4)
    assert verdict.task_at < goes_at
    before = _asked_at(mine, goes_at - timedelta(minutes=1))
    assert (before.kind, before.until) == (VerdictKind.HOLD, goes_at)
    for later in (goes_at, goes_at + timedelta(minutes=50)):
        assert _asked_at(mine, later).kind is VerdictKind.CLEAR


def _asked_at(message: GateRequest, at: datetime) -> Verdict:
    """When its hold has come to its end: it is due from then on."""
    standing = orders_on(message, (FIRST_ONES,), placed=True, household_id=None)
    return check(message._replace(due_at=at), facts(standing=standing), SETTINGS, at)
