"""From the document's ``entry`` to dataclasses. Nothing is checked here: the schema has done that."""

from collections.abc import Callable, Mapping
from datetime import date, time

from tactful.journeys.rules.reading_parts import Doc, condition_of, elapsed_of, maybe
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


def entry_of(doc: Doc) -> Entry:
    return _ENTRIES[next(word for word in _ENTRIES if word in doc)](doc)


def _date(doc: Doc) -> Entry:
    return DateEntry(
        doc["date"],
        elapsed_of(doc.get("earlier", {})),
        doc.get("key", ""),
        doc.get("yearly", False),
        _at(doc),
        maybe(condition_of, doc.get("if")),
    )


def _recurring(doc: Doc) -> Entry:
    start = date.fromisoformat(doc["from"])
    return RecurringEntry(doc["every"], time.fromisoformat(doc["at"]), start, condition_of(doc["for"]))


def _at(doc: Doc) -> time | None:
    return time.fromisoformat(doc["at"]) if "at" in doc else None


_ENTRIES: Mapping[str, Callable[[Doc], Entry]] = {
    "event": lambda doc: EventEntry(doc["event"], maybe(condition_of, doc.get("if")), doc.get("key", "")),
    "message": lambda doc: MessageEntry(
        doc["message"], maybe(condition_of, doc.get("if")), doc.get("key", "")
    ),
    "form": lambda doc: FormEntry(doc["form"], maybe(condition_of, doc.get("if")), doc.get("key", "")),
    "segment": lambda doc: SegmentEntry(doc["segment"]),
    "date": _date,
    "every": _recurring,
    "manual": lambda doc: ManualEntry(doc.get("key", "")),
    "api": lambda doc: ManualEntry(doc.get("key", ""), api=True),
}

ENTRY_WORDS: Mapping[str, frozenset[str]] = {
    "event": frozenset({"if", "key"}),
    "message": frozenset({"if", "key"}),
    "form": frozenset({"if", "key"}),
    "segment": frozenset(),
    "date": frozenset({"earlier", "yearly", "at", "if", "key"}),
    "every": frozenset({"at", "from", "for"}),
    "manual": frozenset({"key"}),
    "api": frozenset({"key"}),
}
"""What may stand beside each kind of entry."""
