"""Places under the caps while one batch is judged, message after message (ENGINE.md, line 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tactful.delivery.types import CapScope
from tactful.gate.types import CapUsage

Place = tuple[str, int, date]  # scope, its id, the client's day


def places(contact_id: int, scope: CapScope) -> list[Place]:
    day, _, household, company = scope
    found: list[Place] = [("contact", contact_id, day)]
    if household is not None:
        found.append(("household", household, day))
    if company is not None:
        found.append(("company", company, day))
    return found


NOTHING_USED = CapUsage()


@dataclass(slots=True)
class Caps:
    """``used``: what the locked rows say. ``week``: per contact and day, the six days before.

    ``frees_on``: per contact, the first day on which the week has room. The rows stay locked until the
    claim commits, so nobody else can take a place meanwhile.
    """

    used: dict[Place, int]
    week: Mapping[int, int] = field(default_factory=dict)
    frees_on: Mapping[int, date] = field(default_factory=dict)
    changed: dict[Place, int] = field(default_factory=dict)

    def usage(self, contact_id: int, scope: CapScope, *, reserved: bool = False) -> CapUsage:
        """``reserved``: the message in question holds a place of this day already."""
        day, _, household, company = scope
        if household is None and company is None and not self.week.get(contact_id):
            today = self._taken(("contact", contact_id, day)) - reserved
            return CapUsage(today, today) if today else NOTHING_USED
        own = 1 if reserved else 0
        taken = {
            kind: self._taken((kind, ident, day)) - own for kind, ident, day in places(contact_id, scope)
        }
        return CapUsage(
            contact_day=taken["contact"],
            contact_week=taken["contact"] + self.week.get(contact_id, 0),
            household_day=taken.get("household", 0),
            company_day=taken.get("company", 0),
            week_frees_on=self.frees_on.get(contact_id),
        )

    def add(self, which: Iterable[Place], by: int) -> None:
        for place in which:
            self.changed[place] = self.changed.get(place, 0) + by

    def _taken(self, place: Place) -> int:
        return self.used.get(place, 0) + self.changed.get(place, 0)


def frees_on(day: date, spent: Mapping[date, int], limit: int) -> date:
    """The first day after ``day`` on which the seven days up to it hold fewer than ``limit``, if ``day``
    itself takes one more."""
    for ahead in range(1, 7):
        start = day + timedelta(days=ahead - 6)
        if sum(used for then, used in spent.items() if then >= start) + 1 < limit:
            return day + timedelta(days=ahead)
    return day + timedelta(days=7)
