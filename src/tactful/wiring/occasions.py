"""Journeys that begin by the calendar look through the clients of the house, a page at a time."""

from collections.abc import Sequence
from datetime import datetime

from tactful.contacts.queries import days
from tactful.journeys import driver
from tactful.wiring.journey_facts import loader


class Clients:
    """What ``driver.sweep`` asks of the clients."""

    def with_day(self, attribute: str, among: Sequence[str], after: int, limit: int) -> list[int]:
        return days.with_day(attribute, among, after, limit)

    def everybody(self, after: int, limit: int) -> list[int]:
        return days.everybody(after, limit)


def begin_by_calendar(now: datetime) -> None:
    """One page for each journey that has not looked far enough yet."""
    driver.sweep(Clients(), loader(now), now)
