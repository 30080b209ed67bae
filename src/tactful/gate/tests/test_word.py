"""What a person's "send it" can do, reason by reason."""

import pytest

from tactful.gate.rules.codes import Code
from tactful.gate.rules.word import Word, is_only_late, word_on
from tactful.gate.types import Check, Reason


def said(*codes: str) -> tuple[Word, str]:
    word, why = word_on([Reason(Check.STILL_TRUE, code) for code in codes])
    return word, why.code if why else ""


@pytest.mark.parametrize(
    ("codes", "word", "why"),
    [
        (["late.grace"], Word.SENDS, ""),
        (["late.grace", "quiet.night", "mood.negative"], Word.SENDS, ""),
        (["talk.handoff", "talk.conversation", "quiet.weekend"], Word.HANDS_BACK, ""),
        (["talk.question", "talk.conversation"], Word.IN_VAIN, "talk.question"),
        (["talk.handoff", "standing.contact"], Word.IN_VAIN, "standing.contact"),
        (["quiet.night", "late.no_room"], Word.IN_VAIN, "late.no_room"),
        (["mood.complaint_open"], Word.IN_VAIN, "mood.complaint_open"),
        (["debt.promise"], Word.IN_VAIN, "debt.promise"),
        ([], Word.SENDS, ""),
    ],
)
def test_what_the_word_does(codes: list[str], word: Word, why: str) -> None:
    assert said(*codes) == (word, why)


def test_of_a_reason_that_nobody_has_thought_of_nothing_is_promised() -> None:
    assert said("something.new")[0] is Word.IN_VAIN


@pytest.mark.parametrize(
    "code", [code for code in Code if code.startswith(("standing.", "unknown.", "line."))]
)
def test_no_order_and_no_unread_fact_gives_way(code: str) -> None:
    assert said(code) == (Word.IN_VAIN, code)


@pytest.mark.parametrize(
    ("codes", "alone"),
    [
        (["late.grace"], True),
        (["late.grace", "quiet.night", "cap.contact_day", "talk.unread"], True),
        (["late.grace", "mood.negative"], False),
        (["debt.promise", "late.grace"], False),
        (["quiet.night"], False),
        ([], False),
    ],
)
def test_only_late_is_what_nothing_else_holds(codes: list[str], alone: bool) -> None:
    assert is_only_late(codes) is alone
