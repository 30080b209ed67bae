"""Which reason decides, when a hold ends, and who hears of it before it is too late."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.channels.types import Channel
from tactful.gate.rules.check import check
from tactful.gate.rules.pull_forward import pull_forward
from tactful.gate.tests.cast import (
    KARI,
    NOW,
    OLA,
    OSLO,
    SETTINGS,
    debt,
    facts,
    mood,
    order,
    question,
    request,
    utc,
)
from tactful.gate.tests.drawn import STRIDES
from tactful.gate.types import Author, CapUsage, ChannelFact, ConditionFact, PlaceFact, Verdict, VerdictKind
from tactful.touchpoints.types import Line, MessageClass


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_the_first_refusal_decides_and_all_reasons_are_kept() -> None:
    known = facts(condition=ConditionFact(False), talks=(question(),))
    verdict = check(request(line=Line.UNDECIDED), known, SETTINGS, NOW)
    assert verdict.kind is VerdictKind.REFUSE
    assert codes(verdict) == ["line.undecided", "condition.not_true", "talk.question"]
    assert (verdict.until, verdict.wake_on, verdict.task_at) == (None, (), None)


def test_the_longest_hold_decides() -> None:
    """A mood of six days outlasts a night."""
    night = utc(9, 20)
    verdict = check(request(due_at=night), facts(moods=(mood(at=utc(8, 9)),)), SETTINGS, night)
    assert codes(verdict) == ["mood.negative", "quiet.night"]
    assert (verdict.until, verdict.owner_id) == (utc(15, 9), KARI)
    shorter = facts(moods=(mood(at=night - timedelta(days=7) + timedelta(hours=1)),))
    assert codes(check(request(due_at=night), shorter, SETTINGS, night)) == ["quiet.night", "mood.negative"]


def test_what_a_fact_must_end_outlasts_what_time_ends() -> None:
    known = facts(moods=(mood(),), debts=(debt(),), caps=CapUsage(contact_day=1))
    verdict = check(request(), known, SETTINGS, NOW)
    assert codes(verdict) == ["debt.promise", "mood.negative", "cap.contact_day"]
    assert (verdict.owner_id, verdict.wake_on, verdict.on_release) == (OLA, ("promise.kept",), "recompute")
    assert verdict.until == utc(15, 9)  # the mood fades later than Ola is asked


def test_a_hold_has_an_owner_if_one_is_known() -> None:
    verdict = check(request(), facts(talks=(question(None),), debts=(debt(),)), SETTINGS, NOW)
    assert codes(verdict) == ["talk.question", "debt.promise"]
    assert verdict.owner_id == OLA


def test_several_facts_wake_it_and_the_strictest_release_counts() -> None:
    known = facts(talks=(question(), question()), debts=(debt(),), standing=(order(utc(20, 10)),))
    verdict = check(request(), known, SETTINGS, NOW)
    assert verdict.wake_on == ("hold.released", "question.answered", "promise.kept")
    assert verdict.on_release == "skip"


def test_an_owner_is_asked_in_time_to_decide_within_two_working_days() -> None:
    verdict = check(request(), facts(talks=(question(),)), SETTINGS, NOW)
    assert verdict.until == utc(10, 14)  # Thursday 12:00 to Friday 16:00 in Oslo


def test_where_only_we_talk_the_two_quiet_days_may_end_first() -> None:
    handoff = replace(question(), kind="handoff")
    verdict = check(request(), facts(talks=(handoff,)), SETTINGS, NOW)
    assert verdict.until == utc(13, 10)  # Monday 12:00
    both = check(request(), facts(talks=(handoff, question())), SETTINGS, NOW)
    assert both.until == utc(10, 14)


def test_being_asked_again_in_between_does_not_start_the_time_anew() -> None:
    later = utc(10, 9)
    verdict = check(request(due_at=later, held_since=NOW), facts(talks=(question(),)), SETTINGS, later)
    assert verdict.until == utc(10, 14)
    long_after = utc(17, 9)
    verdict = check(
        request(due_at=long_after, held_since=NOW), facts(talks=(question(),)), SETTINGS, long_after
    )
    assert verdict.until == utc(20, 13)


def test_an_order_with_a_date_ends_at_the_first_fitting_moment() -> None:
    verdict = check(request(), facts(standing=(order(utc(11, 10)),)), SETTINGS, NOW)  # a Saturday
    assert verdict.until == utc(13, 6)


def test_a_cap_at_the_end_of_the_week_waits_for_monday() -> None:
    friday = utc(10, 10)
    verdict = check(request(due_at=friday), facts(caps=CapUsage(contact_day=1)), SETTINGS, friday)
    assert verdict.until == utc(13, 6)


def test_unknown_zones_take_the_strictest_overlap() -> None:
    place = PlaceFact(("America/New_York", "America/Los_Angeles"), "US")
    morning = utc(9, 12)  # 08:00 in New York, 05:00 in Los Angeles
    verdict = check(request(due_at=morning), facts(place=place), SETTINGS, morning)
    assert (codes(verdict), verdict.until) == (["quiet.night"], utc(9, 15))
    full = check(request(due_at=morning), facts(place=place, caps=CapUsage(contact_day=1)), SETTINGS, morning)
    assert full.until == utc(10, 15)


@pytest.mark.parametrize(
    ("latest_at", "task_at"),
    [
        (utc(14, 12), utc(14, 6)),  # 14:00: as the office opens, and not at ten
        (utc(14, 10), utc(14, 6)),  # exactly four working hours
        (utc(14, 9), utc(13, 6)),  # 11:00: from 15:00 the day before on it would be too late
        (utc(13, 7), utc(10, 6)),  # Monday 09:00: Friday morning
        (utc(9, 12), NOW),  # no more than four working hours are left
    ],
)
def test_a_hold_never_swallows_a_latest_moment(latest_at: datetime, task_at: datetime) -> None:
    verdict = check(request(latest_at=latest_at), facts(talks=(question(),)), SETTINGS, NOW)
    assert verdict.task_at == task_at
    assert verdict.until is not None
    assert verdict.until <= latest_at


def test_nobody_is_asked_about_a_night_that_ends_in_time() -> None:
    night, latest_at = utc(8, 20), utc(9, 9)
    verdict = check(request(due_at=night, latest_at=latest_at), facts(), SETTINGS, night)
    assert (codes(verdict), verdict.task_at) == (["quiet.night"], None)
    assert verdict.until is not None
    assert verdict.until <= latest_at
    asked = check(request(due_at=night, latest_at=latest_at), facts(talks=(question(),)), SETTINGS, night)
    assert asked.task_at == night


def test_working_hours_are_ours_and_not_the_clients() -> None:
    ours = type(SETTINGS)(work_zone="Asia/Tokyo", work_country="JP")
    verdict = check(request(latest_at=utc(14, 12)), facts(talks=(question(),)), ours, NOW)
    assert verdict.task_at == utc(13, 23)  # 08:00 in Tokyo, whose 12:00 to 16:00 are the last four hours


def test_an_office_that_never_closes_has_no_morning() -> None:
    always = type(SETTINGS)(work_from=time(0), work_to=time(0))
    verdict = check(request(latest_at=utc(14, 12)), facts(talks=(question(),)), always, NOW)
    assert verdict.task_at == utc(14, 8)


def no_room(kind: MessageClass, **changes: Any) -> Verdict:
    """Friday evening, and it makes sense until Sunday."""
    friday_night = utc(10, 19)
    message = request(due_at=friday_night, latest_at=utc(12, 10), message_class=kind)
    return check(message, facts(**changes), SETTINGS, friday_night)


@pytest.mark.parametrize("kind", [MessageClass.REMINDER, MessageClass.RELATIONSHIP, MessageClass.MARKETING])
def test_without_a_permitted_moment_before_the_latest_one_it_is_left_out(kind: MessageClass) -> None:
    """No answer of a person would make the night shorter."""
    verdict = no_room(kind)
    assert verdict.kind is VerdictKind.REFUSE
    assert codes(verdict) == ["late.no_room", "quiet.night"]
    assert (verdict.until, verdict.task_at) == (None, None)


def test_a_full_week_that_lasts_until_the_latest_moment_leaves_it_out() -> None:
    full = CapUsage(contact_week=3, week_frees_on=date(2026, 4, 15))
    verdict = check(request(latest_at=utc(14, 10)), facts(caps=full), SETTINGS, NOW)
    assert (verdict.kind, codes(verdict)) == (VerdictKind.REFUSE, ["late.no_room", "cap.contact_week"])


def test_a_deadline_without_room_is_a_persons_matter() -> None:
    verdict = no_room(MessageClass.DEADLINE)
    assert verdict.kind is VerdictKind.HOLD
    assert codes(verdict) == ["quiet.night", "late.no_room"]
    assert (verdict.until, verdict.task_at) == (utc(12, 10), utc(10, 19))
    assert verdict.on_release == "ask"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"moods": (mood(at=utc(10, 9)),)}, "mood.negative"),
        ({"talks": (question(),)}, "talk.question"),
        ({"standing": (order(utc(20, 10)),)}, "standing.contact"),
    ],
)
def test_whatever_else_holds_it_no_answer_makes_room(changes: dict[str, Any], why: str) -> None:
    verdict = no_room(MessageClass.REMINDER, **changes)
    assert (verdict.kind, verdict.task_at) == (VerdictKind.REFUSE, None)
    assert codes(verdict)[:2] == ["late.no_room", why]


def test_a_mood_that_lasts_too_long_is_a_persons_matter() -> None:
    """The calendar would permit it: somebody may call whoever is not reminded."""
    message = request(latest_at=utc(14, 10), message_class=MessageClass.REMINDER)
    verdict = check(message, facts(moods=(mood(at=utc(9, 9)),)), SETTINGS, NOW)
    assert (verdict.kind, codes(verdict)) == (VerdictKind.HOLD, ["mood.negative", "late.no_room"])
    assert verdict.task_at == utc(14, 6)


def test_whoever_has_said_that_it_shall_go_hears_that_it_cannot() -> None:
    night = utc(9, 20)
    message = request(due_at=night, latest_at=utc(9, 22), message_class=MessageClass.REMINDER)
    verdict = check(message._replace(late_decided=True), facts(), SETTINGS, night)
    assert (verdict.kind, verdict.task_at) == (VerdictKind.HOLD, night)


def test_what_a_person_writes_is_never_left_out() -> None:
    """Their SMS at night waits for the morning, and they hear of it if that is too late."""
    night = utc(9, 20)
    own = {"author": Author.PERSON_DIRECT, "channel": Channel.SMS, "latest_at": utc(9, 22)}
    verdict = check(request(due_at=night, **own), facts(), SETTINGS, night)
    assert (verdict.kind, verdict.task_at) == (VerdictKind.HOLD, night)


def test_a_hold_at_the_very_latest_moment_still_lies_ahead() -> None:
    verdict = check(request(latest_at=NOW), facts(talks=(question(),)), SETTINGS, NOW)
    assert verdict.until == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("due_at", "latest_at", "expected"),
    [
        (utc(9, 10), utc(9, 12), utc(9, 10)),
        (utc(12, 7), utc(13, 7), utc(10, 17, 59)),  # 24 h before Monday 09:00: Friday evening
        (utc(14, 7, month=5), utc(15, 7, month=5), utc(13, 17, 59, month=5)),  # Ascension Day
        (utc(9, 10), utc(9, 4), utc(8, 17, 59)),  # meant for later than its own latest moment
        (utc(9, 20), None, utc(9, 17, 59)),
    ],
)
def test_a_reminder_is_pulled_forward(
    due_at: datetime, latest_at: datetime | None, expected: datetime
) -> None:
    assert pull_forward(due_at, latest_at, OSLO, SETTINGS) == expected


def test_nothing_to_pull_to_leaves_it_where_it_is() -> None:
    closed = type(SETTINGS)(quiet_weekdays=frozenset(range(7)))
    assert pull_forward(NOW, None, OSLO, closed) == NOW


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        (utc(9, 17, 30), utc(9, 16, 59)),  # 19:30 in Oslo: 18:59
        (utc(13, 6, 30), utc(10, 16, 59)),  # Monday 08:30: Friday
        (utc(9, 10), utc(9, 10)),
    ],
)
def test_an_sms_is_pulled_into_its_own_hours(due_at: datetime, expected: datetime) -> None:
    assert pull_forward(due_at, None, OSLO, SETTINGS, Channel.SMS) == expected


@given(st.sampled_from(STRIDES), st.sampled_from(list(Channel)), st.integers(0, 3000))
def test_a_reminder_pulled_forward_is_clear_then(at: datetime, channel: Channel, room: int) -> None:
    """Unless it would have been later: never after its date, and never into a hold."""
    latest_at = at + timedelta(minutes=room)
    due_at = pull_forward(at, latest_at, OSLO, SETTINGS, channel)
    message = request(
        due_at=due_at, latest_at=latest_at, channel=channel, message_class=MessageClass.REMINDER
    )
    known = facts(channel=ChannelFact(approved_template=True))
    assert due_at <= at
    assert check(message, known, SETTINGS, due_at).kind is VerdictKind.CLEAR
