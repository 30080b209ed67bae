"""Dates of objects and of clients: by which facts they are told, and when a journey before one begins.

An object's date becomes known by ``<object>.dated``, moves by ``<object>.moved`` and dies with
``<object>.cancelled``; each names the object (``appointment: 17``), the first two its fields
(``starts_at: 2027-03-30T09:00``). A client's own dates are attributes, told by ``contact.updated``.
"""

from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from tactful.journeys.rules.calendar import Calendar, Quiet
from tactful.journeys.rules.delays import moment_of
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, DateEntry, RecurringEntry

DATED: Final = "dated"
MOVED: Final = "moved"
CANCELLED: Final = "cancelled"
CONTACT: Final = "contact"
CONTACT_UPDATED: Final = "contact.updated"
CONTACT_CREATED: Final = "contact.created"
ATTRIBUTE: Final = "contact.attribute."
GRACE: Final = timedelta(days=1)  # a beginning that is later than this is left out
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class DateEvent:
    """``kind``: the object whose key the event carries, "" for the client. ``verb``: what befell it."""

    kind: str
    verb: str


def of_client(name: str) -> bool:
    return name.startswith(ATTRIBUTE)


def date_events(names: Iterable[str], key_field: str) -> Mapping[str, DateEvent]:
    """The events that tell of the dates ``names``, for a journey about ``key_field``. Dates of other
    objects than the journey's own are not followed."""
    found: dict[str, DateEvent] = {}
    for name in names:
        kind = name.split(".")[0]
        if of_client(name):
            found[CONTACT_UPDATED] = DateEvent("", MOVED)
        elif kind == key_field:
            found |= {f"{kind}.{verb}": DateEvent(kind, verb) for verb in (DATED, MOVED, CANCELLED)}
    return found


def tells_of_day(of: str, name: str, data: Mapping[str, Any]) -> bool:
    """Whether an event may have changed the client's own date ``of``: they are new, or edited just there."""
    fields = data.get("fields")
    edited = name == CONTACT_UPDATED and (
        not isinstance(fields, list) or of.removeprefix(ATTRIBUTE) in fields
    )
    return edited or name == CONTACT_CREATED


def told_object(name: str, data: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(object, its key, verb) if an event of this name and content tells of an object's dates."""
    kind, _, verb = name.rpartition(".")
    if verb not in (DATED, MOVED, CANCELLED) or kind in ("", CONTACT):
        return None
    key = data.get(kind)
    return None if key is None or key == "" else (kind, str(key), verb)


def object_fields(kind: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an event says of its object: every plain value beside the key."""
    for name, value in data.items():
        if name != kind and isinstance(value, str | int | float | bool | None):
            yield name, value


def starting_facts(entry: DateEntry | RecurringEntry) -> tuple[str, ...]:
    """Names of the facts that say when a journey with a date begins."""
    if isinstance(entry, RecurringEntry):
        return (CALENDAR_FACT,)
    return (entry.of, CALENDAR_FACT, *((QUIET_FACT,) if entry.earlier else ()))


@dataclass(frozen=True, slots=True)
class Start:
    """``at``: when it begins. ``until``: after that it makes no sense any more."""

    at: datetime
    until: datetime


def start_of(
    entry: DateEntry | RecurringEntry,
    key: str,
    value: Any,
    calendar: Calendar,
    quiet: Quiet | None,
    margin: timedelta = timedelta(),
) -> Start | None:
    """When it begins for the object ``key`` whose date is ``value``; None without a date. ``margin``: its
    first mail must have gone so long before that date.

    For occasions of clients the key is the year or the day (``2027``, ``2027-03-30``).
    """
    if isinstance(entry, RecurringEntry):
        begins = calendar.at_local(date.fromisoformat(key), entry.at)
        return Start(begins, begins + GRACE)
    said = in_year(value, int(key)) if entry.yearly else value
    moment = moment_of(said, calendar, entry.at or _MIDNIGHT)
    if moment is None or not entry.earlier:
        return None if moment is None else Start(moment, moment + GRACE)
    due = moment - entry.earlier
    return Start(due if quiet is None else quiet.pull_forward(due, moment - margin), moment)


def in_year(value: Any, year: int) -> date | None:
    """The day of a birthday in ``year``; one on 29 February is kept on the 28th in other years."""
    day = _day(value)
    if day is None or day.year > year:
        return None
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def occasion_key(entry: DateEntry | RecurringEntry, day: date) -> str:
    """The entry key of the occasion of a client on ``day``."""
    if isinstance(entry, RecurringEntry):
        return day.isoformat()
    return str(day.year) if entry.yearly else ""


def days_before(entry: DateEntry | RecurringEntry, begins_on: date) -> list[date]:
    """The days whose occasions may begin on the local day ``begins_on``: an earlier start reaches into
    the days after it."""
    if isinstance(entry, RecurringEntry) or not entry.earlier:
        return [begins_on]
    ahead = entry.earlier.days
    return [begins_on + timedelta(days=ahead + more) for more in (-1, 0, 1, 2)]


def month_days(days: Iterable[date]) -> list[str]:
    """``02-28`` for each, and 29 February along with the 28th in years that have none."""
    found = {f"{day:%m-%d}" for day in days}
    if any(day.month == 2 and day.day == 28 and not isleap(day.year) for day in days):
        found.add("02-29")
    return sorted(found)


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return None
    return value if isinstance(value, date) else None
