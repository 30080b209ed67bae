"""Each way to begin, by the events that it listens for: names of our own over the plain one."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from tactful.journeys.rules.dates import CONTACT_CREATED, CONTACT_UPDATED, DATED, MOVED, of_client
from tactful.journeys.types import (
    CLIENT_REPLIED,
    AllOf,
    Compare,
    Condition,
    DateEntry,
    Definition,
    Entry,
    EventEntry,
    FormEntry,
    ManualEntry,
    MessageEntry,
    Op,
    RecurringEntry,
    Ref,
    SegmentEntry,
    Source,
)

START_WANTED: Final = "journey.start_wanted"
STOP_WANTED: Final = "journey.stop_wanted"
FORM_SUBMITTED: Final = "form.submitted"
SEGMENT_ENTERED: Final = "segment.entered"
ANY_CHANNEL: Final = "any"


def events_of(entry: Entry) -> frozenset[str]:
    """Names of the events that may begin it; none for what begins by the calendar alone."""
    if isinstance(entry, DateEntry):
        kind = entry.of.split(".")[0]
        of_objects = {f"{kind}.{DATED}", f"{kind}.{MOVED}"}
        return frozenset({CONTACT_CREATED, CONTACT_UPDATED} if of_client(entry.of) else of_objects)
    if isinstance(entry, RecurringEntry):
        return frozenset()
    return _only(START_WANTED if isinstance(entry, ManualEntry) else as_event(entry).event)


@lru_cache(maxsize=1024)  # asked about every event of a replay
def _only(name: str) -> frozenset[str]:
    return frozenset({name})


def entry_event(definition: Definition) -> str | None:
    """The one event that begins it; None where a date, the calendar or a person does."""
    entry = definition.entry
    return as_event(entry).event if type(entry) in _PLAIN else None


def as_event(entry: Entry) -> EventEntry:
    """The plain entry that one with a name of its own stands for. Only for those that an event begins."""
    return _PLAIN[type(entry)](entry)


def filter_of(entry: Entry) -> Condition | None:
    if type(entry) in _PLAIN:
        return as_event(entry).condition
    return entry.condition if isinstance(entry, DateEntry | RecurringEntry) else None


def _message(entry: MessageEntry) -> EventEntry:
    """A client's message is a reply, whether we wrote first or not: it must not end what it begins."""
    channel = None if entry.channel == ANY_CHANNEL else _field("channel", entry.channel)
    return EventEntry(CLIENT_REPLIED, _both(channel, entry.condition), entry.key)


def _form(entry: FormEntry) -> EventEntry:
    return EventEntry(FORM_SUBMITTED, _both(_field("form", entry.form), entry.condition), entry.key)


def _field(name: str, value: str) -> Compare:
    return Compare(Ref(Source.EVENT, name), Op.IS, value)


def _both(first: Condition | None, second: Condition | None) -> Condition | None:
    parts = tuple(part for part in (first, second) if part is not None)
    return AllOf(parts) if len(parts) > 1 else next(iter(parts), None)


_PLAIN: Mapping[type, Callable[[Any], EventEntry]] = {
    EventEntry: lambda entry: entry,
    MessageEntry: _message,
    FormEntry: _form,
    SegmentEntry: lambda entry: EventEntry(SEGMENT_ENTERED, _field("segment", entry.segment)),
}
