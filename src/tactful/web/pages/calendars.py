"""templates/web/settings/calendars.html and calendar.html."""

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from tactful.web.types import Act, Link, Tag, Text


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """``coming``: how many stand in it; ``asked``: of how many nobody knows whose they are."""

    name: str
    host: str
    url: str
    state: Tag
    read_at: datetime | None
    trouble: Text
    coming: int
    asked: int


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    form: Form
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """``when``: in words. ``whose``: a link to the client, None while nobody knows; ``is_nobodys``: a person
    has said so. ``acts``: clients whom its title may mean, and nobody."""

    id: int
    when: Text
    title: str
    place: str
    whose: Link | None
    is_nobodys: bool
    acts: tuple[Act, ...]
    tie: str


@dataclass(frozen=True, slots=True)
class CalendarPage:
    row: CalendarRow
    asked: tuple[AppointmentRow, ...]
    coming: tuple[AppointmentRow, ...]
    left_out: int
    held: Act | None
    is_stopped: bool
    acts: tuple[Act, ...]
