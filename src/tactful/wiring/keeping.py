"""How long the words of clients are kept: for ever in most trades, short where they speak of health."""

from datetime import datetime, timedelta
from typing import Final

from tactful.channels.actions import forget_raw
from tactful.foundation.queries import business_at
from tactful.inbox.actions.forgetting import forget_words
from tactful.touchpoints.rules.trades import trades

RAW_FOR: Final = timedelta(days=30)
"""A mail as it came over the wire is of use while its reading may have to be done again."""


def words_kept_for(trade: str) -> timedelta | None:
    """None: until the client is erased."""
    known = trades().get(trade)
    return timedelta(days=known.keep_days) if known and known.keep_days else None


def forget_old_words(now: datetime) -> int:
    """Answers how many entries and mails lost their words."""
    kept_for = words_kept_for(business_at(now).trade)
    if kept_for is None:
        return 0
    return forget_words(now - kept_for) + forget_raw(now - RAW_FOR)
