"""Places under the caps while a story is told: what others have sent so far, and what the story sends."""

from collections.abc import Mapping
from datetime import date, timedelta

from tactful.delivery.rules.caps import Place, frees_on, places
from tactful.delivery.types import CapScope
from tactful.gate.types import CapUsage

_WEEK = timedelta(days=7)
NO_DAYS: Mapping[date, int] = {}
NOTHING_USED = CapUsage()


class Ledger:
    def __init__(self) -> None:
        self._used: dict[Place, int] = {}
        self._days: dict[int, dict[date, int]] = {}  # of each contact, the days with places of its own

    def take(self, contact: int, scope: CapScope) -> None:
        days = self._days.setdefault(contact, {})
        days[scope.day] = days.get(scope.day, 0) + 1
        if scope.household_id is not None or scope.company_id is not None:
            for place in places(contact, scope):
                self._used[place] = self._used.get(place, 0) + 1

    def usage(self, contact: int, scope: CapScope, week_limit: int) -> CapUsage:
        day, days = scope.day, self._days.get(contact, NO_DAYS)
        shared = scope.household_id is not None or scope.company_id is not None
        if not shared and not days:
            return NOTHING_USED
        before = {then: count for then, count in days.items() if day - _WEEK < then < day}
        today = days.get(day, 0)
        if not shared and not before and not today:
            return NOTHING_USED
        taken = {kind: self._used.get((kind, ident, day), 0) for kind, ident, day in places(contact, scope)}
        return CapUsage(
            contact_day=today,
            contact_week=today + sum(before.values()),
            household_day=taken.get("household", 0),
            company_day=taken.get("company", 0),
            week_frees_on=frees_on(day, before, week_limit) if before else None,
        )
