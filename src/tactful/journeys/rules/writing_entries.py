"""From an entry to the document."""

from collections.abc import Callable
from datetime import time
from typing import Any

from tactful.journeys.rules.reading_parts import Doc
from tactful.journeys.rules.writing_parts import condition_document, elapsed_document, filled, maybe
from tactful.journeys.types import (
    DateEntry,
    Entry,
    EventEntry,
    FormEntry,
    ManualEntry,
    MessageEntry,
    RecurringEntry,
    SegmentEntry,
)


def entry_document(entry: Entry) -> Doc:
    return _ENTRIES[type(entry)](entry)


def _heard(word: str, value: str, entry: EventEntry | MessageEntry | FormEntry) -> Doc:
    condition = maybe(condition_document, entry.condition)
    return filled(**{word: value, "if": condition}, key=entry.key or None)


def _date(entry: DateEntry) -> Doc:
    return filled(
        date=entry.of,
        earlier=elapsed_document(entry.earlier),
        yearly=entry.yearly or None,
        at=maybe(_clock, entry.at),
        **{"if": maybe(condition_document, entry.condition)},
        key=entry.key or None,
    )


def _recurring(entry: RecurringEntry) -> Doc:
    start, condition = entry.start.isoformat(), condition_document(entry.condition)
    return {"every": entry.rule, "at": _clock(entry.at), "from": start, "for": condition}


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


_ENTRIES: dict[type, Callable[[Any], Doc]] = {
    EventEntry: lambda entry: _heard("event", entry.event, entry),
    MessageEntry: lambda entry: _heard("message", entry.channel, entry),
    FormEntry: lambda entry: _heard("form", entry.form, entry),
    SegmentEntry: lambda entry: {"segment": entry.segment},
    DateEntry: _date,
    RecurringEntry: _recurring,
    ManualEntry: lambda entry: filled(**{"api" if entry.api else "manual": True}, key=entry.key or None),
}
