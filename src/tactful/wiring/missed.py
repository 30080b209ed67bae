"""A message that spoke of a date was held, somebody was asked, and it is too late now: they still hear of it.

The question comes at once when such a message is held, but nobody may be at work before its latest moment: on
a weekend, or after hours. If it just went away, the date would be lost in silence. Now a person sees it and
calls.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tactful.delivery import queries as outbox
from tactful.events.types import Fact
from tactful.inbox.actions.tasks import finish_about, turn_into
from tactful.touchpoints.types import MessageClass

ASKED: Final = "message_held"
MISSED: Final = "message_missed"
DATES: Final = frozenset({MessageClass.REMINDER, MessageClass.DEADLINE, MessageClass.AWAITED})


def keep_missed(facts: Sequence[Fact], now: datetime) -> None:
    """Of all else that is too late, nobody is asked any more."""
    ids = [int(fact.data["message"]) for fact in facts]
    rows = outbox.dispatches(ids)
    dates = [ident for ident, row in rows.items() if row.message.message_class in DATES]
    kept = turn_into(ASKED, MISSED, "message", dates)
    finish_about("message", [ident for ident in ids if ident not in kept], now=now)
