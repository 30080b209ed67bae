"""What a broadcast is: one message to a segment, once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Final, Self

LANGUAGES: Final = ("nb", "en")
DELAY_MINUTES: Final = 10  # before anything leaves


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for a second person's yes
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class When(StrEnum):
    NOW = "now"
    AT = "at"  # one moment for all
    LOCAL = "local"  # the same hour by each client's own clock


@dataclass(frozen=True, slots=True)
class Schedule:
    """``at``: aware, of ``AT``. ``day`` and ``clock``: of ``LOCAL``."""

    when: When = When.NOW
    at: datetime | None = None
    day: date | None = None
    clock: time | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """In one language. ``body``: plain paragraphs, or sections of MJML (``rules.words``). ``nameless``: what
    stands where a client's name should, if we do not know it."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    nameless: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.subject.strip() or self.body.strip())


@dataclass(frozen=True, slots=True)
class Variant:
    """``words`` by language. ``weight``: its share of all weights; 0 is nobody."""

    words: Mapping[str, Words] = field(default_factory=dict)
    weight: int = 1

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(code for code in LANGUAGES if code in self.words and not self.words[code].is_blank)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an approval holds for. ``segment`` and ``touchpoint``: slugs. ``per_hour``: ``None`` is as
    fast as it goes."""

    name: str = ""
    segment: str = ""
    touchpoint: str = ""
    variants: tuple[Variant, ...] = (Variant(),)
    schedule: Schedule = Schedule()
    per_hour: int | None = None
    delay_minutes: int = DELAY_MINUTES

    def as_json(self) -> dict[str, Any]:
        body = asdict(self)
        schedule = self.schedule
        body["schedule"] = {
            "when": str(schedule.when),
            "at": schedule.at.isoformat() if schedule.at else None,
            "day": schedule.day.isoformat() if schedule.day else None,
            "clock": schedule.clock.isoformat("minutes") if schedule.clock else None,
        }
        body["variants"] = list(body["variants"])
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        when = body["schedule"]
        schedule = Schedule(
            When(when["when"]),
            datetime.fromisoformat(when["at"]) if when["at"] else None,
            date.fromisoformat(when["day"]) if when["day"] else None,
            time.fromisoformat(when["clock"]) if when["clock"] else None,
        )
        variants = tuple(
            Variant({code: Words(**words) for code, words in each["words"].items()}, each["weight"])
            for each in body["variants"]
        )
        return cls(**{**body, "schedule": schedule, "variants": variants})


class Person(StrEnum):
    """Where a client of the audience stands before there is a message, and that there is one."""

    WAITING = "waiting"
    QUEUED = "queued"  # delivery has it: its own state says more
    CANCELLED = "cancelled"
    GONE = "gone"  # no client any more when the turn came


class Standing(StrEnum):
    """What has become of each client of the audience; everybody is in exactly one."""

    SENT = "sent"
    WAITING = "waiting"
    HELD = "held"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    MERGED = "merged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Account:
    """``counts`` add up to ``audience``, always. ``reasons``: by standing and the gate's code, how many."""

    audience: int
    counts: Mapping[Standing, int]
    reasons: Mapping[Standing, Mapping[str, int]]
    variants: Mapping[int, Mapping[Standing, int]]


class BroadcastRefused(ValueError):
    """What was asked cannot be done; the sentence says why and what to do."""
