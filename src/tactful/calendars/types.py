"""Words of calendars that others may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

FAILING: Final = "calendar.failing"
DATED: Final = "appointment.dated"
MOVED: Final = "appointment.moved"
CANCELLED: Final = "appointment.cancelled"
KIND: Final = "appointment"


class CalendarKind(StrEnum):
    ICS = "ics"
    CALDAV = "caldav"


class BadCalendar(ValueError):
    """An answer that is no calendar, or none that can be used; ``sentences`` puts ``code`` into words."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One appointment as it was read. ``recurrence``: which one of a series, "" for one that stands alone.
    ``starts_on``: its day, if it takes the whole day; then ``starts_at`` is that day's first minute."""

    uid: str
    recurrence: str
    starts_at: datetime
    ends_at: datetime
    starts_on: date | None = None
    title: str = ""
    place: str = ""
    description: str = ""
    attendees: tuple[str, ...] = ()
    is_cancelled: bool = False

    @property
    def name(self) -> tuple[str, str]:
        return self.uid, self.recurrence


@dataclass(frozen=True, slots=True)
class Reading:
    """``total``: how many appointments the answer held, whenever they are. ``left_out``: those that could not
    be read."""

    occurrences: tuple[Occurrence, ...]
    total: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment as we know it."""

    uid: str
    recurrence: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str

    @property
    def name(self) -> tuple[str, str]:
        return self.uid, self.recurrence


@dataclass(frozen=True, slots=True)
class Changes:
    """``suspicious``: so much is gone that it looks like a mistake; then ``gone`` is not to be believed."""

    new: tuple[Occurrence, ...] = ()
    changed: tuple[Occurrence, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    suspicious: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """What an appointment says of whose it may be: addresses as identities keep them, and names."""

    attendees: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Whose the addresses and names are. A name may be several people's."""

    mails: Mapping[str, int] = field(default_factory=dict)
    phones: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, frozenset[int]] = field(default_factory=dict)
