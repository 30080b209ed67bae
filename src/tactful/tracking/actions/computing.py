"""Keeping computed properties up to date: a consumer of the fact log of its own, lane by lane."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction

from tactful.events import feed
from tactful.tracking.hot import tallies

AT_ONCE = 20_000


def count_new(
    watched: Callable[[], Collection[str]] = tuple, tell: Callable[[Sequence[int]], None] | None = None
) -> int:
    """Take new events of every lane into account, each exactly once. Answers how many lanes had news.

    ``tell``: hears, in the same transaction, for which clients one of the properties ``watched()`` changed.
    A house where nothing happens is asked one question.
    """
    fresh = feed.with_news((tallies.CONSUMER,))
    keys = watched() if fresh else ()
    return sum(_lane(lane, keys, tell) for _, lane in fresh)


@transaction.atomic
def _lane(lane: int, watched: Collection[str], tell: Callable[[Sequence[int]], None] | None) -> bool:
    changed = tallies.count_lane(lane, AT_ONCE, watched)
    if changed and tell is not None:
        tell(sorted(changed))
    return changed is not None


@transaction.atomic
def count_anew(contact_ids: Collection[int], now: datetime) -> None:
    """Of clients whose events have moved."""
    del now
    if contact_ids:
        tallies.count_contacts(contact_ids)
