"""What became of a message whose worker died between mark and outcome."""

from dataclasses import dataclass
from enum import StrEnum

from tactful.channels.types import SendResult
from tactful.delivery.types import JournalReading


class Fate(StrEnum):
    NOT_HANDED_OVER = "not_handed_over"
    ANSWERED = "answered"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Found:
    fate: Fate
    result: SendResult | None = None


def fate_of(ident: int, attempt: int, journal: JournalReading | None) -> Found:
    """``journal``: ``None`` where nobody may or can read it; then caution decides."""
    if journal is None or not journal.trusted:
        return Found(Fate.AMBIGUOUS)
    if (ident, attempt) not in journal.answers:
        torn = journal.torn.startswith("A ") and journal.torn.split(" ")[1:2] == [str(ident)]
        return Found(Fate.AMBIGUOUS if torn else Fate.NOT_HANDED_OVER)
    result = journal.answers[ident, attempt]
    return Found(Fate.AMBIGUOUS) if result is None else Found(Fate.ANSWERED, result)
