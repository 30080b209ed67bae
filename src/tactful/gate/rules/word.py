"""What a person's "send it" can do about a held message. It never removes a check (ENGINE.md): it decides
what waits for a decision, hands back where somebody of ours talks, and else would be said in vain."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from tactful.gate.rules.codes import Code, Wake
from tactful.gate.types import Reason


class Word(StrEnum):
    SENDS = "sends"  # it goes at the next permitted moment
    HANDS_BACK = "hands_back"  # it goes when whoever talks with the client hands back, which this does
    IN_VAIN = "in_vain"  # something else must end first, or a person writes


_TALKING: Final = frozenset({Code.TALK_CONVERSATION, Code.TALK_HANDOFF, Code.TALK_OTHER})
_ENDS_ALONE: Final = frozenset(
    {
        Code.LATE_GRACE,  # what the decision is about
        Code.ADDRESS_PROVIDER_DOWN,
        Code.TALK_UNREAD,
        Code.MOOD_COMPLAINT,
        Code.MOOD_NEGATIVE,
        Code.MOOD_SENSITIVE,
        Code.MOOD_HOLD,
        Code.QUIET_NIGHT,
        Code.QUIET_WEEKEND,
        Code.QUIET_HOLIDAY,
        Code.QUIET_CLOSED,
        Code.CAP_CONTACT_DAY,
        Code.CAP_CONTACT_WEEK,
        Code.CAP_HOUSEHOLD_DAY,
        Code.CAP_COMPANY_DAY,
        Code.CHANNEL_SMS_HOURS,
    }
)


#: What is over with each fact. The gate asks everything again before anything goes.
_OVER_WITH: Final[Mapping[str, frozenset[str]]] = {
    Wake.CONVERSATION_CLOSED: frozenset({Code.TALK_CONVERSATION, Code.TALK_OTHER}),
    Wake.QUESTION_ANSWERED: frozenset({Code.TALK_QUESTION, Code.DEBT_ANSWER}),
    Wake.HANDOFF_RETURNED: frozenset({Code.TALK_HANDOFF}),
    Wake.HOLD_RELEASED: frozenset(code for code in Code if code.startswith("standing.")),
    Wake.PROMISE_KEPT: frozenset({Code.DEBT_PROMISE}),
    Wake.DEBT_SETTLED: frozenset({Code.DEBT_DELIVERABLE, Code.DEBT_OTHER}),
    Wake.COMPLAINT_CLOSED: frozenset({Code.MOOD_COMPLAINT_OPEN}),
    Wake.PROVIDER_UP: frozenset({Code.ADDRESS_PROVIDER_DOWN}),
}


def left_after(reasons: Sequence[Mapping[str, Any]], names: Collection[str]) -> list[Mapping[str, Any]]:
    """Of stored reasons, those that these facts have not ended: what a person is asked about."""
    over = frozenset[str]().union(*(_OVER_WITH.get(name, ()) for name in names))
    return [reason for reason in reasons if reason["code"] not in over]


def word_on(reasons: Sequence[Reason]) -> tuple[Word, Reason | None]:
    """``reasons``: those of the hold, as stored. With the reason that makes it vain."""
    lasting = [reason for reason in reasons if reason.code not in _ENDS_ALONE | _TALKING]
    if lasting:
        return Word.IN_VAIN, lasting[0]
    talking = any(reason.code in _TALKING for reason in reasons)
    return (Word.HANDS_BACK if talking else Word.SENDS), None
