"""Keeping computed properties up to date: a consumer of the fact log of its own, lane by lane."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tactful.events.types import LANES
from tactful.tracking.hot import tallies

AT_ONCE = 20_000


def count_new(now: datetime) -> int:
    """Take new events of every lane into account, each exactly once. Answers how many lanes had news."""
    del now
    return sum(_lane(lane) for lane in range(LANES))


@transaction.atomic
def _lane(lane: int) -> bool:
    return tallies.count_lane(lane, AT_ONCE)


@transaction.atomic
def count_anew(contact_ids: Collection[int], now: datetime) -> None:
    """Of clients whose events have moved."""
    del now
    if contact_ids:
        tallies.count_contacts(contact_ids)
