"""What a person is asked about a message is no question any more when the message has come to its end."""

from datetime import timedelta

import pytest

from tactful.delivery.actions import cancel, release
from tactful.delivery.models import Dispatch
from tactful.delivery.verdicts import NEEDS_PERSON
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.inbox.actions.answer import answered_elsewhere
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.actions.tasks import finish
from tactful.inbox.models import Task
from tactful.touchpoints.types import MessageClass
from tactful.wiring.deciding import decide_held
from tactful.wiring.tests.cast import Cast

ENDS = ("sent", "merged", "refused", "expired", "released")


def asked_about(cast: Cast, kind: str) -> int:
    """A message waits, and somebody is asked whether it shall go."""
    ident = cast.plans(cast.liv)
    record([NewFact(NEEDS_PERSON, cast.liv.id, {"kind": kind, "message": ident})], now=cast.now)
    cast.reacts()
    assert [task.subject_id for task in cast.tasks(code=kind)] == [ident]
    return ident


@pytest.mark.parametrize("kind", ["message_held", "hold_expired", "hold_ended", "message_unknown"])
@pytest.mark.parametrize("end", ENDS)
def test_nobody_is_asked_about_a_message_that_has_ended(cast: Cast, kind: str, end: str) -> None:
    ident = asked_about(cast, kind)
    record([NewFact(f"message.{end}", cast.liv.id, {"message": ident})], now=cast.now)
    cast.reacts()
    assert cast.tasks(code=kind) == []


@pytest.mark.parametrize(
    ("kind", "left"), [("reminder", ["message_missed"]), ("deadline", ["message_missed"]), ("marketing", [])]
)
def test_a_date_that_was_held_until_it_was_too_late_is_not_lost_in_silence(
    cast: Cast, kind: str, left: list[str]
) -> None:
    ident = cast.plans(cast.liv, message_class=MessageClass(kind))
    record([NewFact(NEEDS_PERSON, cast.liv.id, {"kind": "message_held", "message": ident})], now=cast.now)
    cast.reacts()
    record([NewFact("message.expired", cast.liv.id, {"message": ident})], now=cast.now)
    cast.reacts()
    assert [task.code for task in cast.tasks()] == left
    assert Task.objects.count() == 1


def test_nobody_hears_of_a_date_about_which_nobody_was_asked(cast: Cast) -> None:
    ident = cast.plans(cast.liv, message_class=MessageClass.REMINDER)
    record([NewFact("message.expired", cast.liv.id, {"message": ident})], now=cast.now)
    cast.reacts()
    assert cast.tasks() == []


def test_nor_about_one_that_was_called_back(cast: Cast) -> None:
    asked_about(cast, "message_held")
    cancel(contact_ids=[cast.liv.id], now=cast.now)
    cast.reacts()
    assert cast.tasks() == []


def test_about_one_that_is_dead_there_is_another_question(cast: Cast) -> None:
    ident = asked_about(cast, "message_held")
    record([NewFact("message.dead", cast.liv.id, {"message": ident, "outcome": "content"})], now=cast.now)
    cast.reacts()
    assert [task.code for task in cast.tasks()] == ["undelivered"]


def test_a_question_about_another_message_stays(cast: Cast) -> None:
    ident, other = asked_about(cast, "message_held"), cast.plans(cast.paal)
    record([NewFact("message.sent", cast.paal.id, {"message": other})], now=cast.now)
    cast.reacts()
    assert [task.subject_id for task in cast.tasks()] == [ident]


@pytest.mark.parametrize("about", [{"message": 1}, {"account": 7}])
def test_what_was_answered_may_be_asked_again(cast: Cast, about: dict[str, int]) -> None:
    """A second outcome that nobody knows, a second refusal of the provider: each time somebody is asked."""
    about = {"message": cast.plans(cast.liv)} if "message" in about else about
    for _ in range(2):
        fact = NewFact(NEEDS_PERSON, None, {"kind": "account_paused", **about})
        record([fact, fact], now=cast.now)
        cast.reacts()
        record([fact], now=cast.now)
        cast.reacts()
        (task,) = cast.tasks(code="account_paused")
        finish(task.id, acting_user=cast.owner.id, now=cast.now)
        cast.reacts()
    assert Task.objects.filter(code="account_paused").count() == 2


def test_while_it_is_asked_it_is_not_asked_again(cast: Cast) -> None:
    ident = asked_about(cast, "message_held")
    record([NewFact(NEEDS_PERSON, cast.liv.id, {"kind": "message_held", "message": ident})], now=cast.now)
    cast.reacts()
    assert Task.objects.filter(code="message_held").count() == 1


@pytest.mark.parametrize("kind", ["message_held", "hold_expired"])
def test_what_is_late_because_nothing_could_be_sent_is_one_list_of_the_owner(cast: Cast, kind: str) -> None:
    late: dict[str, object] = {"check": "not_too_late", "code": "late.grace", "params": {}, "owner": None}
    for hours, contact in ((0, cast.liv), (20, cast.paal)):
        ident = cast.plans(contact)
        Dispatch.objects.filter(pk=ident).update(state="held", reasons=[late], not_before=cast.now)
        record([NewFact(NEEDS_PERSON, contact.id, {"kind": kind, "message": ident})], now=cast.now)
        cast.later(timedelta(hours=hours))
        cast.reacts()
    first, second = cast.tasks(code="message_late")
    assert {first.owner_id, second.owner_id} == {cast.owner.id}
    assert second.joined == first.id


def test_what_more_holds_than_a_missed_moment_is_asked_about_by_itself(cast: Cast) -> None:
    reasons: list[dict[str, object]] = [
        {"check": "clean_hands", "code": "debt.promise", "params": {}, "owner": None},
        {"check": "not_too_late", "code": "late.grace", "params": {}, "owner": None},
    ]
    ident = cast.plans(cast.liv)
    Dispatch.objects.filter(pk=ident).update(state="held", reasons=reasons, not_before=cast.now)
    record([NewFact(NEEDS_PERSON, cast.liv.id, {"kind": "message_held", "message": ident})], now=cast.now)
    cast.reacts()
    assert [task.code for task in cast.tasks()] == ["message_held"]


def test_what_is_asked_is_due_before_it_is_too_late(cast: Cast) -> None:
    latest_at = cast.now + timedelta(hours=3)
    ident = cast.plans(cast.liv, latest_at=latest_at)
    record([NewFact(NEEDS_PERSON, cast.liv.id, {"kind": "message_held", "message": ident})], now=cast.now)
    cast.reacts()
    assert cast.tasks()[0].due_at == latest_at


def test_what_has_ended_is_no_reason_any_more_when_a_person_is_asked(cast: Cast) -> None:
    """A complaint that took long: the request is late now, so a person decides, and their word counts."""
    codes = ("mood.complaint_open", "late.grace", "talk.question", "debt.answer")
    checks = ("mood", "not_too_late", "nobody_talking", "clean_hands")
    reasons: list[dict[str, object]] = [
        {"check": check, "code": code, "params": {}, "owner": None}
        for check, code in zip(checks, codes, strict=True)
    ]
    ident = cast.plans(cast.liv)
    later = cast.now + timedelta(days=2)
    Dispatch.objects.filter(pk=ident).update(
        state="held", reasons=reasons, on_release="ask", held_since=cast.now, not_before=later,
        wake_on=["complaint.closed", "question.answered"],
    )  # fmt: skip
    release(names=["complaint.closed"], contact_ids=[cast.liv.id], now=cast.now)
    left = [reason["code"] for reason in Dispatch.objects.get(pk=ident).reasons or ()]
    assert left == ["late.grace", "talk.question", "debt.answer"]
    release(names=["question.answered"], contact_ids=[cast.liv.id], now=cast.now)
    decide_held(ident, send=True, acting_user=cast.colleague.id, now=cast.now)
    assert Dispatch.objects.get(pk=ident).state == "queued"


def held_while_we_talk(cast: Cast, *reasons: str) -> None:
    """A message has been held for long, and its owner would be asked."""
    data = {"kind": "hold_expired", "message": cast.plans(cast.liv), "reasons": list(reasons)}
    record([NewFact(NEEDS_PERSON, cast.liv.id, data)], now=cast.now)
    cast.reacts()


def answered(cast: Cast, ago: timedelta) -> None:
    """A client's question, answered by one of us so long before now. No day off comes between."""
    cast.on_a_monday_at_ten()
    cast.writes("Når er fristen?")
    answered_elsewhere(cast.thread().id, "phone", acting_user=cast.colleague.id, now=cast.now)
    cast.later(ago)


@pytest.mark.parametrize(("ago", "asks"), [(47, False), (26, False), (20, True)])
def test_a_talk_that_ends_by_itself_within_a_day_asks_nobody(cast: Cast, ago: int, asks: bool) -> None:
    answered(cast, timedelta(hours=ago))
    held_while_we_talk(cast, "talk.handoff", "talk.conversation", "talk.unread")
    assert [task.code for task in cast.tasks()] == ["hold_expired"] * asks


def test_nor_does_one_that_has_just_ended(cast: Cast) -> None:
    """The gate has asked a moment before it heard of that."""
    answered(cast, timedelta(hours=49))
    hand_back_the_quiet(now=cast.now)
    held_while_we_talk(cast, "talk.handoff", "talk.conversation")
    assert cast.tasks() == []


def test_where_more_than_our_talk_holds_it_somebody_is_asked(cast: Cast) -> None:
    answered(cast, timedelta(hours=40))
    held_while_we_talk(cast, "talk.conversation", "debt.promise")
    assert [task.code for task in cast.tasks()] == ["hold_expired"]


def test_where_the_client_wrote_last_somebody_is_asked(cast: Cast) -> None:
    answered(cast, timedelta(hours=40))
    cast.writes("Og når er den neste fristen?")
    held_while_we_talk(cast, "talk.conversation")
    assert {task.code for task in cast.tasks()} == {"answer", "hold_expired"}


def test_a_mailbox_that_cannot_be_read_ends_nothing_by_itself(cast: Cast) -> None:
    held_while_we_talk(cast, "talk.unread")
    assert [task.code for task in cast.tasks()] == ["hold_expired"]
