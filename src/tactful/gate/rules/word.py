"""What a person's "send it" can do about a held message. It never removes a check (ENGINE.md): it decides
what waits for a decision, hands back where somebody of ours talks, and else would be said in vain."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from tactful.gate.rules.codes import ENDED_BY, NOTHING_OF_THE_CLIENT, Code
from tactful.gate.types import Reason


class Word(StrEnum):
    SENDS = "sends"  # it goes at the next permitted moment
    HANDS_BACK = "hands_back"  # it goes when whoever talks with the client hands back, which this does
    IN_VAIN = "in_vain"  # something else must end first, or a person writes


_TALKING: Final = frozenset({Code.TALK_CONVERSATION, Code.TALK_HANDOFF, Code.TALK_OTHER})
_ENDS_ALONE: Final = NOTHING_OF_THE_CLIENT | {
    Code.MOOD_COMPLAINT,
    Code.MOOD_NEGATIVE,
    Code.MOOD_SENSITIVE,
    Code.MOOD_HOLD,
}


def left_after(reasons: Sequence[Mapping[str, Any]], names: Collection[str]) -> list[Mapping[str, Any]]:
    """Of stored reasons, those that these facts have not ended: what a person is asked about."""
    return [reason for reason in reasons if ENDED_BY.get(reason["code"]) not in names]


def is_only_late(codes: Collection[str]) -> bool:
    """``codes``: those of the reasons of a hold. Whether nothing holds it but that its moment was missed."""
    return Code.LATE_GRACE in codes and NOTHING_OF_THE_CLIENT.issuperset(codes)


def word_on(reasons: Sequence[Reason]) -> tuple[Word, Reason | None]:
    """``reasons``: those of the hold, as stored. With the reason that makes it vain."""
    lasting = [reason for reason in reasons if reason.code not in _ENDS_ALONE | _TALKING]
    if lasting:
        return Word.IN_VAIN, lasting[0]
    talking = any(reason.code in _TALKING for reason in reasons)
    return (Word.HANDS_BACK if talking else Word.SENDS), None
