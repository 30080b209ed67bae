"""The budget of interruptions (DESIGN section 8): what the machine asked of people, against what it may."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

import holidays

from tactful.inbox.queries import interruptions

MEDIAN, P95 = 3, 6
"""A working day, for a firm of five."""
ZONE, COUNTRY = "Europe/Oslo", "NO"
DAYS_A_WEEK = 5


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
        return {"median_a_day": MEDIAN, "p95_a_day": P95, "per_person_per_week": MEDIAN * DAYS_A_WEEK / 5}


def burden_of(since: datetime, until: datetime, people: int) -> Burden:
    rows = interruptions(since, until, ZONE)
    days = {since.date() + timedelta(days=n) for n in range((until - since).days)}
    off = holidays.country_holidays(COUNTRY, years=range(since.year, until.year + 1))
    work = sorted(day for day in days if day.weekday() < DAYS_A_WEEK and day not in off)
    counts = dict.fromkeys(work, 0)
    for row in rows:
        felt = next((day for day in work if day >= row.day), None)
        if felt is not None:
            counts[felt] += row.count
    causes: Counter[str] = Counter()
    for row in rows:
        causes[row.cause] += row.count
    weeks = max(1.0, (until - since).days / 7)
    shares = {cause: round(count / weeks / people, 3) for cause, count in causes.most_common()}
    each = list(counts.values()) or [0, 0]
    return Burden(median(each), quantiles(each, n=20)[-1], shares)
