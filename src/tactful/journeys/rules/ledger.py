"""Places under the caps while a story is told: what others have sent so far, and what the story sends."""

from datetime import date, timedelta

from tactful.delivery.rules.caps import Place, frees_on, places
from tactful.delivery.types import CapScope
from tactful.gate.types import CapUsage

_DAY = timedelta(days=1)
NOTHING_USED = CapUsage()


class Ledger:
    def __init__(self) -> None:
        self._used: dict[Place, int] = {}
        self._heard: set[int] = set()  # contacts with any place at all

    def take(self, contact: int, scope: CapScope) -> None:
        self._heard.add(contact)
        for place in places(contact, scope):
            self._used[place] = self._used.get(place, 0) + 1

    def usage(self, contact: int, scope: CapScope, week_limit: int) -> CapUsage:
        alone = scope.household_id is None and scope.company_id is None
        if alone and contact not in self._heard:
            return NOTHING_USED
        used, day = self._used, scope.day
        before = {
            then: count
            for back in range(1, 7)
            if (count := used.get(("contact", contact, then := _back(day, back)), 0))
        }
        today = used.get(("contact", contact, day), 0)
        if alone and not before and not today:
            return NOTHING_USED
        taken = {kind: used.get((kind, ident, day), 0) for kind, ident, day in places(contact, scope)}
        return CapUsage(
            contact_day=today,
            contact_week=today + sum(before.values()),
            household_day=taken.get("household", 0),
            company_day=taken.get("company", 0),
            week_frees_on=frees_on(day, before, week_limit) if before else None,
        )


def _back(day: date, days: int) -> date:
    return day - days * _DAY
