"""Every reason has its sentence; a client never reads of moods; the four things stand in order."""

import dataclasses
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate.rules import standing
from tactful.gate.rules.check import check
from tactful.gate.rules.codes import Code, Wake
from tactful.gate.sentences import (
    HoldEnds,
    Reader,
    client_sentence,
    hold_ends,
    moment_words,
    reason_sentence,
)
from tactful.gate.tests.cast import (
    KARI,
    NOW,
    OLA,
    SETTINGS,
    debt,
    facts,
    mood,
    order,
    question,
    request,
    utc,
)
from tactful.gate.tests.drawn import Drawn, cases
from tactful.gate.types import (
    CapUsage,
    Check,
    OnRelease,
    Reason,
    StandingHoldFact,
    TalkFact,
    Verdict,
    VerdictKind,
)
from tactful.gate.words import CLIENT, NEUTRAL, OWNED, RELEASES, STAFF, WAKES

READER = Reader("en", "Europe/Oslo")
NAMES = {"client": "Liv", str(KARI): "Kari", str(OLA): "Ola"}
PRIVATE = re.compile(r"complain|mourn|bereave|unhappy|content|mood|sensitive|negative|occasion", re.I)


def said(reason: Reason, names: dict[str, str] = NAMES) -> str:
    return reason_sentence(reason, names, READER)


def test_every_code_every_wake_and_every_release_has_words() -> None:
    assert set(STAFF) == set(Code)
    assert set(WAKES) == set(Wake)
    assert set(RELEASES) == set(OnRelease)
    assert set(OWNED) | set(CLIENT) <= set(Code)


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("names", [NAMES, {}])
def test_a_sentence_is_whole_and_plain(code: Code, names: dict[str, str]) -> None:
    sentence = said(Reason(Check.LINE, code, owner_id=KARI), names)
    assert sentence[0].isupper()
    assert not re.search(r"%|\(|!|successfully|oops|\bNone\b", sentence)
    assert not sentence.endswith(".")


@pytest.mark.parametrize(
    "code", [code for code in Code if code.startswith(("mood", "sensitive", "standing"))]
)
def test_a_client_reads_nothing_of_moods_nor_of_orders(code: Code) -> None:
    assert client_sentence(Reason(Check.MOOD, code, {"reason": "Her father died"}), READER) == str(NEUTRAL)


def test_the_neutral_sentence_gives_nothing_away() -> None:
    """It also stands for reasons that have nothing to do with feelings."""
    neutral = {code for code in Code if code not in CLIENT}
    assert {Code.DEBT_ANSWER, Code.UNKNOWN_CAPS, Code.ADDRESS_PROVIDER_DOWN, Code.LATE_GRACE} <= neutral
    assert not any(PRIVATE.search(str(words)) for words in (*CLIENT.values(), NEUTRAL))


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            Reason(Check.NOBODY_TALKING, "talk.question"),
            "Liv has asked us something and has no answer yet",
        ),
        (Reason(Check.NOBODY_TALKING, "talk.conversation", owner_id=KARI), "A conversation with Liv is open"),
        (Reason(Check.NOBODY_TALKING, "talk.conversation", owner_id=99), "A conversation with Liv is open"),
        (
            Reason(Check.NOBODY_TALKING, "standing.contact", {"reason": "100 % sure: call first"}),
            "Everything to Liv is held for now: 100 % sure: call first",
        ),
        (
            Reason(Check.CLEAN_HANDS, "debt.answer", {"due_at": "2026-04-08T09:00:00+00:00"}),
            "We have owed Liv an answer since Wednesday 8 April at 11:00",
        ),
        (
            Reason(Check.FREQUENCY, "cap.contact_week", {"used": 3, "limit": 3}),
            "Liv has heard enough from us this week: 3 of 3",
        ),
        (
            Reason(Check.NOBODY_TALKING, "standing.contact", {"reason": "away"}),
            "Everything to Liv is held for now: away, by an automatic answer",
        ),
        (
            Reason(Check.NOBODY_TALKING, "standing.contact", {"reason": "client_pause"}),
            "Everything to Liv is held for now: Liv asked for a pause",
        ),
        (Reason(Check.NOBODY_TALKING, "standing.everything", {"reason": ""}), "Everything is held for now"),
        (Reason(Check.LINE, "odd.code"), "A reason that this version does not know: odd.code"),
    ],
)
def test_sentences(reason: Reason, sentence: str) -> None:
    assert said(reason) == sentence


def test_without_a_name_it_is_the_client() -> None:
    reason = Reason(Check.NOBODY_TALKING, "talk.question")
    assert said(reason, {}) == "The client has asked us something and has no answer yet"


def test_moments_are_told_in_the_readers_language_and_zone() -> None:
    assert moment_words(NOW, READER) == "Thursday 9 April at 12:00"
    assert moment_words(NOW, Reader("en", "America/New_York")) == "Thursday 9 April at 06:00"
    assert moment_words(NOW, Reader("nb", "Europe/Oslo")).startswith("torsdag 9")


def test_the_four_things_in_order() -> None:
    assert [field.name for field in dataclasses.fields(HoldEnds)] == ["why", "who", "until", "then"]
    held = check(request(), facts(talks=(question(),)), SETTINGS, NOW)
    assert hold_ends(held, NAMES, READER) == HoldEnds(
        "Liv has asked us something and has no answer yet",
        "Kari",
        "The question is answered, or Friday 10 April at 16:00",
        "Automation looks again: send, change or drop it",
    )


def test_a_night_ends_by_itself_and_nobody_owns_it() -> None:
    night = utc(9, 19)
    held = check(request(due_at=night), facts(), SETTINGS, night)
    assert hold_ends(held, NAMES, READER) == HoldEnds(
        "It is quiet hours where Liv lives",
        "Nobody yet, take it",
        "Friday 10 April at 08:00",
        "It goes out by itself, if it is still true",
    )


def test_several_facts_and_an_owner_who_decides() -> None:
    known = facts(talks=(question(),), debts=(debt(),), standing=(order(utc(20, 10), "ask"),))
    ends = hold_ends(check(request(), known, SETTINGS, NOW), NAMES, READER)
    assert ends.until == (
        "The question is answered, the promise is kept and the hold is released, or Monday 20 April at 12:00"
    )
    unowned = TalkFact("handoff", NOW - timedelta(days=1), 51)
    late = request(due_at=NOW - timedelta(days=1))
    assert hold_ends(check(late, facts(), SETTINGS, NOW), NAMES, READER).then == "A person decides"
    assert hold_ends(check(request(), facts(talks=(unowned,)), SETTINGS, NOW), NAMES, READER).why == (
        "A person has taken over with Liv"
    )
    asked = Verdict(
        VerdictKind.HOLD,
        (Reason(Check.NOBODY_TALKING, "talk.other"),),
        on_release=OnRelease.ASK,
        owner_id=OLA,
    )
    assert hold_ends(asked, NAMES, READER).then == "Ola decides"


def test_a_client_reads_of_caps_and_of_nothing_private() -> None:
    known = facts(moods=(mood(), mood("complaint")), debts=(debt(),), caps=CapUsage(contact_day=1))
    reasons = check(request(), known, SETTINGS, NOW).reasons
    sentences = dict.fromkeys(client_sentence(reason, READER) for reason in reasons)
    assert list(sentences) == [str(NEUTRAL), "You have heard enough from us for now"]


@given(cases())
def test_every_verdict_can_be_told(drawn: Drawn) -> None:
    verdict = check(drawn.request, drawn.facts, SETTINGS, drawn.now)
    for reason in verdict.reasons:
        assert "%(" not in said(reason)
        assert not PRIVATE.search(client_sentence(reason, READER))
    if verdict.kind is VerdictKind.HOLD:
        assert all(dataclasses.astuple(hold_ends(verdict, NAMES, READER)))


@given(st.text(max_size=20), st.text(max_size=20))
def test_names_and_orders_are_taken_as_they_are(name: str, spoken: str) -> None:
    reason = Reason(Check.NOBODY_TALKING, "standing.contact", {"reason": spoken})
    sentence = said(reason, {"client": name})
    assert sentence.endswith(spoken)
    assert (name or "the client") in sentence


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("", "Everything to Liv is held for now"),
        ("marketing", "News and offers to Liv are held for now"),
        ("optional", "What can wait is held for Liv for now"),
        ("unconfirmed", "Everything to Liv is held for now"),
    ],
)
def test_an_order_for_a_part_says_of_which_part(topic: str, said: str) -> None:
    hold = StandingHoldFact(1, "contact", "client_pause", None, None, "recompute", topic)
    finding = standing._hold(hold)
    words = reason_sentence(finding.reason, {"client": "Liv"}, Reader())
    assert words == f"{said}: Liv asked for a pause"
