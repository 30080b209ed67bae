"""How a journey begins, ends early, and begins again."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from tactful.journeys.types.parts import END, Condition, Watch


@dataclass(frozen=True, slots=True)
class EventEntry:
    """Begins when ``event`` arrives and ``condition`` (in the document: ``if``) holds for it.
    ``key``: the field that names the object, one enrolment for each; empty: one for each client."""

    event: str
    condition: Condition | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """Begins when the client writes to us; ``channel``: mail, sms and so on, or ``any``."""

    channel: str = "any"
    condition: Condition | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class FormEntry:
    """Begins when the client hands in the form of this slug."""

    form: str
    condition: Condition | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """Begins when the client comes to belong to the segment of this slug."""

    segment: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class DateEntry:
    """Begins ``earlier`` than a date. ``of``: a date of an object, ``appointment.starts_at``, whose
    ``key`` is the object's name; or one of the client, ``contact.attribute.birthday``.

    ``yearly``: every year on that day (of the client; 29 February is kept on the 28th in other years).
    ``at``: the local time on that day when the value is a day without one; left out, its first moment.
    """

    of: str
    earlier: timedelta = timedelta()
    key: str = ""
    yearly: bool = False
    at: time | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class RecurringEntry:
    """Begins again and again, for all clients for whom ``condition`` (``for``) holds on that day.

    ``rule``: an RRULE (RFC 5545) of FREQ, INTERVAL, BYDAY, BYMONTHDAY and BYMONTH, counted from the day
    ``start``. ``at``: the time where the client lives.
    """

    rule: str
    at: time
    start: date
    condition: Condition
    key: str = ""


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """Begins when a person, another journey, or (``api``) another program says so."""

    key: str = ""
    api: bool = False


Entry: TypeAlias = (
    EventEntry | MessageEntry | FormEntry | SegmentEntry | DateEntry | RecurringEntry | ManualEntry
)


class ReentryMode(StrEnum):
    NEVER = "never"
    AFTER_LEAVING = "after_leaving"
    ALWAYS = "always"  # a new beginning stops the one that runs: there are never two


@dataclass(frozen=True, slots=True)
class Reentry:
    """Whether the same client and object may begin again, and how long after the last one ended."""

    mode: ReentryMode = ReentryMode.AFTER_LEAVING
    cooldown: timedelta = timedelta()


ONE_AT_A_TIME: Final = Reentry()


@dataclass(frozen=True, slots=True)
class Goal:
    """Reached at any moment: what is under way is cancelled and the journey goes on at ``next``."""

    watch: Watch
    next: str = END


@dataclass(frozen=True, slots=True)
class ExitRule:
    """Leaves at once on an event, or at the next movement when a condition holds. One of the two."""

    watch: Watch | None = None
    condition: Condition | None = None
