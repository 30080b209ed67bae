"""The budget of interruptions (DESIGN, "The burden has a budget"), and what may be done about a cause."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles
from typing import Final, NamedTuple

PEOPLE: Final = 5  # the firm for which the budget is drawn
MEDIAN, P95 = 3.0, 6.0
LEAST_MEDIAN, LEAST_P95 = 1.0, 2.0

MAY_BE_GATHERED: Final = frozenset(
    {"is_this_it", "undelivered", "hold_expired", "endpoint_stopped", "calendar_failing"}
)
"""Nobody is hurt if these are looked at once a week, in one list."""
MAY_BE_OFF: Final = frozenset({"hold_expired", "undelivered", "trial_week"})
"""They tell of what stands on a page of its own anyway."""
HEAVY: Final = 0.25
"""A cause with so much of all that is asked is worth a suggestion."""


class Budget(NamedTuple):
    """Interruptions of the whole firm on a working day."""

    median: float
    p95: float


class Felt(NamedTuple):
    """``days``: by working day, what came on it or on the days off before. ``causes``: the heaviest first."""

    days: Mapping[date, int]
    causes: tuple[tuple[str, int], ...]
    median: float
    p95: float

    @property
    def total(self) -> int:
        return sum(count for _, count in self.causes)


@dataclass(frozen=True, slots=True)
class Advice:
    """For one cause: ``gather`` it into one list a week, or switch it ``off``; both may be possible."""

    cause: str
    gather: bool
    off: bool


def budget_for(people: int) -> Budget:
    """Scaled by heads; who is alone is still asked once a day, for there is nobody else."""
    share = max(1, people) / PEOPLE
    return Budget(max(LEAST_MEDIAN, MEDIAN * share), max(LEAST_P95, P95 * share))


def felt(rows: Iterable[tuple[date, str, int]], work: Collection[date]) -> Felt:
    """``rows``: (day, cause, count). ``work``: the working days of the stretch. What falls on a day off is
    found on the next working day."""
    ordered = sorted(work)
    days = dict.fromkeys(ordered, 0)
    causes: Counter[str] = Counter()
    for day, cause, count in rows:
        causes[cause] += count
        at = next((each for each in ordered if each >= day), None)
        if at is not None:
            days[at] += count
    counts = list(days.values()) or [0]
    many = quantiles(counts, n=20)[-1] if len(counts) > 1 else float(counts[0])
    return Felt(days, tuple(causes.most_common()), float(median(counts)), many)


def is_over(found: Felt, budget: Budget) -> bool:
    return found.median > budget.median or found.p95 > budget.p95


def advice(found: Felt, budget: Budget, done: Collection[str]) -> tuple[Advice, ...]:
    """What an owner may do, where too much is asked. ``done``: causes that are gathered or off already."""
    if not is_over(found, budget):
        return ()
    heavy = [cause for cause, count in found.causes if count >= HEAVY * found.total and cause not in done]
    offered = [Advice(cause, cause in MAY_BE_GATHERED, cause in MAY_BE_OFF) for cause in heavy]
    return tuple(each for each in offered if each.gather or each.off)
