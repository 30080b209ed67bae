"""The small parts of a document, read: words, conditions, delays, watches."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, TypeAlias

from tactful.journeys.types import (
    ANY_DAY,
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    DayRule,
    Delay,
    Not,
    Op,
    Ref,
    Source,
    Text,
    Values,
    Watch,
)

Doc: TypeAlias = dict[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def text_of(doc: Doc) -> Text:
    return Text(doc["en"], doc["nb"])


def condition_of(doc: Doc) -> Condition:
    if "all" in doc:
        return AllOf(tuple(map(condition_of, doc["all"])))
    if "any" in doc:
        return AnyOf(tuple(map(condition_of, doc["any"])))
    if "not" in doc:
        return Not(condition_of(doc["not"]))
    op = next((word for word in Op if word.value in doc), Op.HOLDS)
    value = doc.get(op.value)
    return Compare(ref_of(doc), op, tuple(value) if isinstance(value, list) else value)


def ref_of(doc: Doc) -> Ref:
    source = next(word for word in Source if word.value in doc)
    return Ref(source, doc[source.value])


def delay_of(doc: Doc) -> Delay:
    at, until = doc.get("at"), doc.get("until")
    return Delay(
        days=doc.get("days", 0),
        elapsed=elapsed_of(doc),
        working_days=doc.get("working_days", 0),
        until=date.fromisoformat(until) if isinstance(until, str) else maybe(ref_of, until),
        earlier=elapsed_of(doc.get("earlier", {})),
        at=None if at is None else time.fromisoformat(at),
        on=_day_rule(doc.get("weekdays")),
    )


def maybe(read: Callable[[Doc], Any], doc: Doc | None) -> Any:
    return None if doc is None else read(doc)


def elapsed_of(doc: Doc) -> timedelta:
    return timedelta(hours=doc.get("hours", 0), minutes=doc.get("minutes", 0))


def _day_rule(doc: str | list[str] | None) -> DayRule:
    if doc is None:
        return ANY_DAY
    return WORKING_DAYS if isinstance(doc, str) else DayRule(frozenset(map(WEEKDAYS.index, doc)))


def watch_of(doc: Doc) -> Watch:
    return Watch(doc["event"], tuple(doc.get("match", ())), maybe(condition_of, doc.get("if")))


def values_of(doc: Doc) -> Values:
    return {name: ref_of(value) if isinstance(value, dict) else value for name, value in doc.items()}
