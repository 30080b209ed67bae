"""What a month cost the people, of one seed and of several."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

MEDIAN, P95 = 3, 6
ONE_IN = 500
BY_HAND = 10


@dataclass
class Lived:
    """Of one seed. ``days_felt``: interruptions of the whole firm, by working day; ``people_felt``: the same
    of each person and working day."""

    seed: int
    days: int
    days_felt: list[int]
    people_felt: list[int]
    causes: dict[str, int]
    reminders: int
    reminders_after_delivery: int
    reminders_unread: int
    reminders_on_a_desk: int
    deadlines_lost: int
    holds_over_two_days: int
    longest_hold_days: float
    conversations: int
    closed_by_hand: int
    told_of_dead_token: int
    messages: int
    violations: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def spread(counts: list[int]) -> tuple[float, float]:
    """Median and 95th percentile, as ``inbox.rules.burden`` counts them."""
    many = quantiles(counts, n=20)[-1] if len(counts) > 1 else float(sum(counts))
    return float(median(counts or [0])), round(many, 2)


def together(lived: list[Lived]) -> dict[str, object]:
    """The measures of all seeds."""
    firm, person = (
        spread([n for one in lived for n in one.days_felt]),
        spread([n for one in lived for n in one.people_felt]),
    )
    causes: Counter[str] = Counter()
    for one in lived:
        causes.update(one.causes)

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in lived)

    return {
        "seeds": len(lived),
        "days": total("days"),
        "interruptions_median": firm[0],
        "interruptions_p95": firm[1],
        "interruptions_of_a_person_median": person[0],
        "interruptions_of_a_person_p95": person[1],
        "interruptions_by_cause": dict(causes.most_common()),
        "reminders": total("reminders"),
        "reminders_after_delivery": total("reminders_after_delivery"),
        "reminders_unread": total("reminders_unread"),
        "reminders_on_a_desk": total("reminders_on_a_desk"),
        "deadlines_lost": total("deadlines_lost"),
        "holds_over_two_days": total("holds_over_two_days"),
        "longest_hold_days": max((one.longest_hold_days for one in lived), default=0.0),
        "conversations": total("conversations"),
        "closed_by_hand_percent": round(100 * total("closed_by_hand") / max(1, total("conversations")), 1),
        "told_of_dead_token": total("told_of_dead_token"),
        "messages": total("messages"),
        "violations": sum(len(one.violations) for one in lived),
        "cpu_s": round(sum(one.cpu_s for one in lived), 1),
    }


def missed(measured: dict[str, Any]) -> list[str]:
    """The names of the measures that are not kept."""
    late = measured["reminders_after_delivery"] + measured["reminders_unread"]
    kept = {
        "interruptions_median": measured["interruptions_median"] <= MEDIAN,
        "interruptions_p95": measured["interruptions_p95"] <= P95,
        "reminders_after_delivery": late == 0 or late * ONE_IN < measured["reminders"],
        "deadlines_lost": measured["deadlines_lost"] == 0,
        "holds_over_two_days": measured["holds_over_two_days"] == 0,
        "closed_by_hand_percent": measured["closed_by_hand_percent"] < BY_HAND,
        "told_of_dead_token": measured["told_of_dead_token"] <= measured["seeds"],
        "violations": measured["violations"] == 0,
    }
    return [name for name, good in kept.items() if not good]
