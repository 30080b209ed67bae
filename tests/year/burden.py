"""The budget of interruptions (DESIGN section 8): what the machine asked of people, against what it may."""

from dataclasses import dataclass
from datetime import datetime

from tactful.inbox.queries import felt_between
from tactful.inbox.rules.burden import budget_for

FIRM = 5
"""Whatever the size of a town's staff, it is held against the budget of a firm of five."""
ZONE, COUNTRY = "Europe/Oslo", "NO"
DAYS_A_WEEK = 5
MEDIAN, P95 = budget_for(FIRM)


@dataclass(frozen=True, slots=True)
class Burden:
    """``median``, ``p95``: interruptions of the whole firm on a working day; what falls on a day off counts
    for the next working day. ``by_cause``: per person and week."""

    median: float
    p95: float
    by_cause: dict[str, float]

    @property
    def is_kept(self) -> bool:
        return self.median <= MEDIAN and self.p95 <= P95

    @property
    def budget(self) -> dict[str, float]:
        return {"median_a_day": MEDIAN, "p95_a_day": P95, "per_person_per_week": MEDIAN * DAYS_A_WEEK / FIRM}


def burden_of(since: datetime, until: datetime, people: int) -> Burden:
    """The very count that Settings shows."""
    found = felt_between(since, until, ZONE, COUNTRY)
    weeks = max(1.0, (until - since).days / 7)
    shares = {cause: round(count / weeks / people, 3) for cause, count in found.causes}
    return Burden(found.median, found.p95, shares)
