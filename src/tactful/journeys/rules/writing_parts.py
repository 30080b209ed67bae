"""The small parts of a document, written: words, conditions, delays, watches."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tactful.journeys.rules.reading_parts import WEEKDAYS, Doc
from tactful.journeys.types import (
    ANY_DAY,
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Delay,
    Not,
    Op,
    Ref,
    Text,
    Values,
    Watch,
)


def condition_document(condition: Condition) -> Doc:
    """A condition as it stands in the document: what is kept with a message, and read again."""
    return _CONDITIONS[type(condition)](condition)


def ref_document(ref: Ref) -> Doc:
    return {ref.source.value: ref.name}


def filled(**parts: Any) -> Doc:
    return {name: value for name, value in parts.items() if value is not None}


def maybe(write: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else write(value)


def text_document(text: Text) -> Doc:
    return {"en": text.en, "nb": text.nb}


def _compare(node: Compare) -> Doc:
    if node.op is Op.HOLDS:
        return ref_document(node.ref)
    value = list(node.value) if isinstance(node.value, tuple) else node.value
    return {**ref_document(node.ref), node.op.value: value}


def elapsed_document(elapsed: timedelta) -> Doc | None:
    hours, minutes = divmod(int(elapsed.total_seconds()) // 60, 60)
    return filled(hours=hours or None, minutes=minutes or None) or None


def delay_document(delay: Delay) -> Doc:
    until = delay.until
    no_length = not (delay.days or delay.working_days or delay.until or delay.at or delay.on != ANY_DAY)
    return filled(
        days=delay.days or None,
        **(elapsed_document(delay.elapsed) or ({"hours": 0} if no_length else {})),
        working_days=delay.working_days or None,
        until=until.isoformat() if isinstance(until, date) else maybe(ref_document, until),
        earlier=elapsed_document(delay.earlier),
        at=None if delay.at is None else delay.at.strftime("%H:%M"),
        weekdays=_weekdays(delay),
    )


def _weekdays(delay: Delay) -> str | list[str] | None:
    if delay.on == ANY_DAY:
        return None
    return "working" if delay.on == WORKING_DAYS else [WEEKDAYS[day] for day in sorted(delay.on.weekdays)]


def watch_document(watch: Watch) -> Doc:
    condition = maybe(condition_document, watch.condition)
    return filled(event=watch.event, match=list(watch.match) or None, **filled(**{"if": condition}))


_CONDITIONS: dict[type, Callable[[Any], Doc]] = {
    AllOf: lambda node: {"all": [condition_document(part) for part in node.of]},
    AnyOf: lambda node: {"any": [condition_document(part) for part in node.of]},
    Not: lambda node: {"not": condition_document(node.of)},
    Compare: _compare,
}


def values_document(values: Values) -> Doc:
    return {name: ref_document(value) if isinstance(value, Ref) else value for name, value in values.items()}
