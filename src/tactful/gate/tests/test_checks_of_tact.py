"""Checks 6 to 12, case by case, and who is asked which."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tactful.channels.types import Channel
from tactful.gate.rules.check import check
from tactful.gate.tests.cast import (
    FACTS,
    KARI,
    NOW,
    OLA,
    REQUEST,
    SETTINGS,
    debt,
    facts,
    mood,
    order,
    question,
    request,
    settings,
    utc,
)
from tactful.gate.types import (
    UNKNOWN,
    AddressState,
    Author,
    BasisFact,
    BasisKind,
    CapUsage,
    ChannelFact,
    Check,
    ConditionFact,
    Facts,
    GateRequest,
    PlaceFact,
    SensitiveFact,
    Verdict,
    VerdictKind,
)
from tactful.touchpoints.types import Line, MessageClass

CLEAR, HOLD, REFUSE, RETRY = VerdictKind.CLEAR, VerdictKind.HOLD, VerdictKind.REFUSE, VerdictKind.RETRY
SECOND = timedelta(seconds=1)


def ask(message: GateRequest = REQUEST, known: Facts = FACTS, now: Any = NOW, **house: Any) -> Verdict:
    return check(message, known, settings(**house), now)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


# 6 nobody is talking


@pytest.mark.parametrize(
    ("kind", "code", "wake"),
    [
        ("conversation", "talk.conversation", "conversation.closed"),
        ("question", "talk.question", "question.answered"),
        ("handoff", "talk.handoff", "handoff.returned"),
        ("something new", "talk.other", "conversation.closed"),
    ],
)
def test_talk_holds_until_it_ends(kind: str, code: str, wake: str) -> None:
    talk = type(question())(kind, utc(8, 9), 51, KARI)
    verdict = ask(known=facts(talks=(talk,)))
    assert (verdict.kind, codes(verdict), verdict.wake_on) == (HOLD, [code], (wake,))
    assert (verdict.owner_id, verdict.on_release) == (KARI, "recompute")


UNREAD = type(question())("unread", utc(8, 9), 0)
CHASES = {MessageClass.RELATIONSHIP, MessageClass.MARKETING}


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_who_cannot_hear_does_not_chase_and_still_speaks_of_dates(message_class: MessageClass) -> None:
    verdict = ask(request(message_class=message_class), facts(talks=(UNREAD,)))
    assert (verdict.kind is HOLD) == (message_class in CHASES)
    if verdict.kind is HOLD:
        assert (codes(verdict), verdict.wake_on) == (["talk.unread"], ())
        assert verdict.until == NOW + timedelta(minutes=15)


def test_what_a_person_writes_goes_though_the_mailbox_cannot_be_read() -> None:
    assert ask(request(author=Author.PERSON_DIRECT), facts(talks=(UNREAD,))).kind is CLEAR


def test_a_mailbox_that_cannot_be_read_hides_no_question() -> None:
    verdict = ask(known=facts(talks=(question(), UNREAD)))
    assert set(codes(verdict)) == {"talk.question", "talk.unread"}
    assert verdict.wake_on == ("question.answered",)


@pytest.mark.parametrize("message_class", list(MessageClass))
@pytest.mark.parametrize("scope", ["everything", "contact", "household", "engagement", "topic", "other"])
def test_an_order_holds_every_class(message_class: MessageClass, scope: str) -> None:
    allow = frozenset(Check)
    verdict = ask(request(message_class=message_class, allow=allow), facts(standing=(order(scope=scope),)))
    assert (verdict.kind, codes(verdict)) == (HOLD, [f"standing.{scope}"])
    assert (verdict.owner_id, verdict.on_release, verdict.wake_on) == (OLA, "skip", ("hold.released",))


def test_an_order_ends_at_its_moment() -> None:
    assert ask(known=facts(standing=(order(NOW),))).kind is CLEAR
    assert ask(known=facts(standing=(order(NOW + SECOND),))).kind is HOLD


def test_an_order_that_says_nothing_known_asks() -> None:
    assert ask(known=facts(standing=(order(on_release="?"),))).on_release == "ask"


def test_everything_can_be_held_but_a_person_can_still_write() -> None:
    assert codes(ask(everything_held=True)) == ["standing.everything"]
    assert ask(request(author=Author.PERSON_DIRECT), everything_held=True).kind is CLEAR


# 7 clean hands


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        (debt(NOW - SECOND), ["debt.promise"]),
        (debt(NOW), []),
        (debt(NOW + SECOND), []),
        (debt(NOW - SECOND, waits_on_client=True), []),
    ],
)
def test_clean_hands(owed: Any, expected: list[str]) -> None:
    verdict = ask(known=facts(debts=(owed,)))
    assert codes(verdict) == expected
    assert verdict.wake_on == (("promise.kept",) if expected else ())


@pytest.mark.parametrize(
    ("kind", "code", "wake"),
    [
        ("answer", "debt.answer", "question.answered"),
        ("promise", "debt.promise", "promise.kept"),
        ("deliverable", "debt.deliverable", "debt.settled"),
        ("something new", "debt.other", "debt.settled"),
    ],
)
def test_each_debt_ends_with_its_own_fact(kind: str, code: str, wake: str) -> None:
    verdict = ask(known=facts(debts=(replace(debt(), kind=kind),)))
    assert (codes(verdict), verdict.wake_on) == ([code], (wake,))
    assert (verdict.owner_id, verdict.on_release) == (OLA, "recompute")


# 8 mood


@pytest.mark.parametrize(
    ("felt", "expected"),
    [
        (mood("complaint", NOW - timedelta(days=90), is_open=True), ["mood.complaint_open"]),
        (mood("complaint", NOW - timedelta(days=6)), ["mood.complaint"]),
        (mood("negative", NOW - timedelta(days=7) + SECOND), ["mood.negative"]),
        (mood("negative", NOW - timedelta(days=7)), []),
        (mood("sensitive", NOW - timedelta(days=1)), ["mood.sensitive"]),
        (mood("something new", NOW - timedelta(days=1)), ["mood.sensitive"]),
    ],
)
def test_mood(felt: Any, expected: list[str]) -> None:
    verdict = ask(known=facts(moods=(felt,)))
    assert codes(verdict) == expected
    assert verdict.wake_on == (("complaint.closed",) if felt.open else ())


# 9 quiet hours


@pytest.mark.parametrize(
    ("now", "code", "until"),
    [
        (utc(9, 18), "quiet.night", utc(10, 6)),
        (utc(10, 5, 59), "quiet.night", utc(10, 6)),
        (utc(11, 10), "quiet.weekend", utc(13, 6)),
        (utc(12, 10), "quiet.weekend", utc(13, 6)),
        (utc(2, 10), "quiet.holiday", utc(7, 6)),  # Maundy Thursday to Easter Monday
        (utc(14, 10, month=5), "quiet.holiday", utc(15, 6, month=5)),
        (utc(15, 10), "quiet.closed", utc(16, 6)),
    ],
)
def test_quiet_hours(now: Any, code: str, until: Any) -> None:
    closed = frozenset({utc(15, 0).date()})
    verdict = ask(request(due_at=now), now=now, extra_quiet_days=closed)
    assert (verdict.kind, codes(verdict), verdict.until) == (HOLD, [code], until)
    assert (verdict.wake_on, verdict.on_release) == ((), "send")


def test_holidays_are_those_of_the_clients_country() -> None:
    maundy_thursday = utc(2, 10)
    swede = facts(place=PlaceFact(("Europe/Stockholm",), "SE"))
    assert ask(request(due_at=maundy_thursday), swede, maundy_thursday).kind is CLEAR
    assert ask(request(due_at=maundy_thursday), now=maundy_thursday, quiet_holidays=False).kind is CLEAR


def test_quiet_for_ever_asks_for_other_settings() -> None:
    verdict = ask(quiet_weekdays=frozenset(range(7)))
    assert (verdict.kind, codes(verdict)) == (HOLD, ["quiet.always"])
    assert (verdict.wake_on, verdict.on_release) == (("settings.changed",), "ask")
    assert verdict.until is not None


# 10 frequency


@pytest.mark.parametrize(
    ("used", "code", "until"),
    [
        (CapUsage(contact_day=1), "cap.contact_day", utc(10, 6)),
        (CapUsage(contact_week=3), "cap.contact_week", utc(10, 6)),
        (CapUsage(contact_week=3, week_frees_on=utc(12, 0).date()), "cap.contact_week", utc(13, 6)),
        (CapUsage(household_day=2), "cap.household_day", utc(10, 6)),
        (CapUsage(company_day=5), "cap.company_day", utc(10, 6)),
        (CapUsage(0, 2, 1, 4), "", None),
    ],
)
def test_caps_wait_for_the_next_permitted_day(used: CapUsage, code: str, until: Any) -> None:
    verdict = ask(known=facts(caps=used))
    assert codes(verdict) == ([code] if code else [])
    assert verdict.until == until


# 11 the channel's own rules


@pytest.mark.parametrize(
    ("silence", "template", "basis", "code"),
    [
        (timedelta(hours=24), False, BasisKind.CONTRACT, ""),
        (timedelta(hours=24) + SECOND, False, BasisKind.CONSENT, "channel.window"),
        (None, False, BasisKind.CONSENT, "channel.window"),
        (timedelta(hours=24) + SECOND, True, BasisKind.CONSENT, ""),
        (timedelta(hours=24) + SECOND, True, BasisKind.CONTRACT, "channel.no_opt_in"),
    ],
)
@pytest.mark.parametrize("author", list(Author))
def test_whatsapp_window(author: Author, silence: Any, template: bool, basis: BasisKind, code: str) -> None:
    """R47."""
    fact = ChannelFact(None if silence is None else NOW - silence, template)
    verdict = ask(
        request(channel=Channel.WHATSAPP, author=author), facts(channel=fact, basis=BasisFact(basis))
    )
    assert (verdict.kind, codes(verdict)) == ((REFUSE, [code]) if code else (CLEAR, []))


def test_sms_hours_hold_even_what_is_awaited_and_what_a_person_writes() -> None:
    late = utc(9, 17)  # 19:00 in Oslo
    for changes in ({"message_class": MessageClass.AWAITED}, {"author": Author.PERSON_DIRECT}):
        sms = request(channel=Channel.SMS, due_at=late, **changes)
        verdict = ask(sms, now=late)
        assert (verdict.kind, codes(verdict), verdict.until) == (HOLD, ["channel.sms_hours"], utc(10, 7))
        assert ask(sms, now=late - SECOND).kind is CLEAR


def test_sms_and_quiet_hours_agree_on_one_moment() -> None:
    friday = utc(10, 17, 30)
    verdict = ask(request(channel=Channel.SMS, due_at=friday), now=friday)
    assert (codes(verdict), verdict.until) == (["channel.sms_hours"], utc(13, 7))


@pytest.mark.parametrize(
    ("ago", "automatic", "expected"),
    [
        (timedelta(hours=24) - SECOND, True, ["channel.auto_reply"]),
        (timedelta(hours=24), True, []),
        (timedelta(hours=1), False, []),
    ],
)
def test_one_auto_reply_a_day(ago: timedelta, automatic: bool, expected: list[str]) -> None:
    verdict = ask(
        request(is_auto_reply=automatic, message_class=MessageClass.AWAITED),
        facts(channel=ChannelFact(last_auto_reply_at=NOW - ago)),
    )
    assert codes(verdict) == expected
    assert verdict.kind is (REFUSE if expected else CLEAR)


# 12 sensitive dates


@pytest.mark.parametrize("message_class", list(MessageClass))
@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (SensitiveFact(bereaved=True), "sensitive.bereaved"),
        (SensitiveFact(occasion_opted_out=True), "sensitive.occasion"),
    ],
)
def test_sensitive_dates_stop_what_we_would_like_to_say(
    message_class: MessageClass, fact: SensitiveFact, code: str
) -> None:
    verdict = ask(request(message_class=message_class), facts(sensitive=fact))
    stopped = message_class in (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
    assert codes(verdict) == ([code] if stopped else [])
    assert verdict.kind is (REFUSE if stopped else CLEAR)


# who is asked what

ALL_FROM_6_TO_10 = facts(
    talks=(question(),),
    debts=(debt(),),
    moods=(mood(),),
    caps=CapUsage(contact_day=1),
)
NIGHT = utc(9, 20)


@pytest.mark.parametrize(
    ("message_class", "asked"),
    [
        ("awaited", ""),
        ("deadline", "talk quiet"),
        ("reminder", "talk debt mood quiet"),
        ("relationship", "talk debt mood quiet cap"),
        ("marketing", "talk debt mood quiet cap"),
    ],
)
@pytest.mark.parametrize("author", [Author.AUTOMATION, Author.PERSON_BULK])
def test_each_class_asks_its_own_checks(author: Author, message_class: str, asked: str) -> None:
    message = request(message_class=MessageClass(message_class), author=author, due_at=NIGHT)
    verdict = ask(message, ALL_FROM_6_TO_10, NIGHT)
    assert {code.split(".")[0] for code in codes(verdict)} == set(asked.split())
    assert verdict.counts_in_caps == ("cap" in asked)


def test_a_person_is_asked_2_and_11_only() -> None:
    spoiled = facts(
        talks=(question(),),
        debts=(debt(),),
        moods=(mood(is_open=True),),
        caps=CapUsage(contact_day=9),
        condition=ConditionFact(False),
        sensitive=SensitiveFact(bereaved=True),
        standing=(order(),),
        place=UNKNOWN,
    )
    message = request(author=Author.PERSON_DIRECT, due_at=utc(1, 10), latest_at=utc(2, 10))
    verdict = ask(message, spoiled, NIGHT)
    assert verdict.kind is CLEAR
    assert not verdict.counts_in_caps
    assert verdict.clearance is not None
    assert verdict.clearance.checks == (Check.ADDRESS, Check.BASIS, Check.CHANNEL_RULES)


@pytest.mark.parametrize("message_class", list(MessageClass))
def test_only_a_reminder_has_an_allow_list_and_only_for_6_to_9(message_class: MessageClass) -> None:
    message = request(message_class=message_class, allow=frozenset(Check), due_at=NIGHT)
    without = request(message_class=message_class, due_at=NIGHT)
    if message_class is MessageClass.REMINDER:
        assert ask(message, ALL_FROM_6_TO_10, NIGHT).kind is CLEAR
        assert ask(message, facts(address=AddressState.MISSING)).kind is REFUSE
        assert ask(message, facts(condition=ConditionFact(False))).kind is REFUSE
    else:
        allowed, plain = ask(message, ALL_FROM_6_TO_10, NIGHT), ask(without, ALL_FROM_6_TO_10, NIGHT)
        assert (allowed.kind, codes(allowed)) == (plain.kind, codes(plain))


# facts that could not be read


@pytest.mark.parametrize("field", Facts._fields)
@pytest.mark.parametrize("message_class", list(MessageClass))
def test_an_unread_fact_never_clears_and_destroys_nothing(field: str, message_class: MessageClass) -> None:
    verdict = ask(request(message_class=message_class), facts(**{field: UNKNOWN}))
    assert (verdict.kind, codes(verdict)) == (RETRY, [f"unknown.{field}"])


@pytest.mark.parametrize("zones", [(), ("Europe/Olso",), ("Europe/Oslo", "Mars/Base")])
def test_a_place_without_a_known_zone_is_unread(zones: tuple[str, ...]) -> None:
    verdict = ask(known=facts(place=PlaceFact(zones, "NO")))
    assert (verdict.kind, codes(verdict)) == (RETRY, ["unknown.place"])


def test_an_unread_fact_neither_hides_nor_undoes_a_refusal() -> None:
    verdict = ask(request(line=Line.JUDGEMENT), facts(talks=UNKNOWN, moods=(mood(),)))
    assert (verdict.kind, codes(verdict)) == (REFUSE, ["line.judgement", "unknown.talks", "mood.negative"])


@pytest.mark.parametrize(("field", "expected"), [("basis", RETRY), ("channel", RETRY), ("address", RETRY)])
def test_a_person_waits_for_what_is_asked_of_people(field: str, expected: VerdictKind) -> None:
    assert ask(request(author=Author.PERSON_DIRECT), facts(**{field: UNKNOWN})).kind is expected


def test_an_sms_by_a_person_needs_the_place() -> None:
    sms = request(author=Author.PERSON_DIRECT, channel=Channel.SMS)
    assert ask(sms, facts(place=UNKNOWN)).kind is RETRY
    assert ask(sms).kind is CLEAR


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        check(REQUEST, FACTS, SETTINGS, NOW.replace(tzinfo=None))
