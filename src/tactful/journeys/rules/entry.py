"""Who may begin: does this event fit, for which object, and may it be again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, TypeAlias

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.calendar import Calendar
from tactful.journeys.rules.conditions import Values, compile_condition, fact_key
from tactful.journeys.rules.delays import moment_of
from tactful.journeys.rules.moves import Event, Facts
from tactful.journeys.rules.plan import Plan, entry_names
from tactful.journeys.types import DateEntry, EventEntry, Reentry, ReentryMode

Ask: TypeAlias = Callable[[tuple[str, ...], datetime], Facts]


def entry_key(key_field: str, event: Event) -> str | None:
    """The object's key as text, "" for journeys that are about the client alone, None if the event does
    not name its object: then it begins nothing."""
    if not key_field:
        return ""
    value = event.data.get(key_field)
    return None if value is None or value == "" else str(value)


def entry_facts(plan: Plan, key: str) -> tuple[str, ...]:
    """Keys of the facts that the entry condition wants for the object ``key``."""
    suffix = f":{plan.key_field}={key}" if plan.key_field else ""
    return tuple(fact_key(name, suffix) for name in entry_names(plan.definition))


def enters(plan: Plan, event: Event, ask: Ask) -> str | None:
    """The entry key if this event begins the journey, else None. A fact that could not be read begins
    nothing: raises ``LookupError`` so that the event is tried again."""
    entry = plan.definition.entry
    if not isinstance(entry, EventEntry) or event.name != entry.event:
        return None
    key = entry_key(entry.key, event)
    if key is None or entry.condition is None:
        return key
    keys = entry_facts(plan, key)
    facts = ask(keys, event.at) if keys else {}
    unread = [each for each in keys if facts.get(each, UNKNOWN) is UNKNOWN]
    if unread:
        raise LookupError(f"Could not be read: {', '.join(unread)}. The event is tried again.")
    suffix = f":{entry.key}={key}" if entry.key else ""
    values = Values(facts, suffix, {"entry": event.data}, event.data)
    return key if compile_condition(entry.condition)(values) else None


def begins_at(entry: DateEntry, value: Any, calendar: Calendar) -> datetime | None:
    """When a journey with a date begins for an object whose date is ``value``; None without a date."""
    moment = moment_of(value, calendar, time(0))
    return None if moment is None else moment - entry.earlier


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of earlier enrolments of one client with one entry key."""

    count: int = 0
    live: bool = False
    last_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MayEnter:
    """``entry_no``: 1 for the first. ``stop_live``: the running one is stopped first ("restarted")."""

    entry_no: int
    stop_live: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """``code``: already_inside, only_once, cooling_down."""

    code: str


def may_enter(rule: Reentry, past: Past, now: datetime) -> MayEnter | NotNow:
    """Whether one more beginning is allowed. There are never two at a time for one key."""
    if past.count and rule.mode is ReentryMode.NEVER:
        return NotNow("already_inside" if past.live else "only_once")
    if past.live and rule.mode is not ReentryMode.ALWAYS:
        return NotNow("already_inside")
    if past.last_ended_at is not None and now < past.last_ended_at + rule.cooldown:
        return NotNow("cooling_down")
    return MayEnter(past.count + 1, stop_live=past.live)
