"""Who may begin: does this event fit, for which object, and may it be again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.conditions import Values, fact_key
from tactful.journeys.rules.dates import of_client, start_of, starting_facts
from tactful.journeys.rules.engine import begin
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.moves import Entered, Event, Facts, State
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.postpone import scheduled
from tactful.journeys.types import CALENDAR_FACT, QUIET_FACT, DateEntry, ManualEntry, Reentry, ReentryMode

Ask: TypeAlias = Callable[[tuple[str, ...], datetime], Facts]


def entry_key(key_field: str, event: Event) -> str | None:
    """The object's key as text, "" for journeys that are about the client alone, None if the event does
    not name its object: then it begins nothing."""
    if not key_field:
        return ""
    value = event.data.get(key_field)
    return None if value is None or value == "" else str(value)


def knock(plan: Plan, event: Event) -> str | None:
    """The entry key if the event may begin the journey as far as its name and content alone say."""
    entry = plan.definition.entry
    if event.name not in events_of(entry):
        return None
    if isinstance(entry, ManualEntry):
        if event.data.get("start") != plan.definition.slug:
            return None
        event = replace(event, data=said(plan, event))
    elif isinstance(entry, DateEntry) and of_client(entry.of):
        return None  # which occasion it is takes the client's calendar: ``rules.occasions``
    return entry_key(entry.key, event)


def said(plan: Plan, event: Event) -> Mapping[str, Any]:
    """The fields with which the journey begins: for one that begins when told, those that it was given."""
    if not isinstance(plan.definition.entry, ManualEntry):
        return event.data
    given = event.data.get("data")
    return given if isinstance(given, dict) else {}


def entered(plan: Plan, event: Event) -> Entered:
    depth = event.data.get("depth") if isinstance(plan.definition.entry, ManualEntry) else 0
    return Entered(event.at, said(plan, event), event.id, depth if isinstance(depth, int) else 0)


def entry_facts(plan: Plan, key: str) -> tuple[str, ...]:
    """Keys of the facts that a beginning wants for the object ``key``."""
    suffix = f":{plan.key_field}={key}" if plan.key_field else ""
    entry, asked = plan.definition.entry, plan.entry_question
    if isinstance(entry, DateEntry):
        return tuple(fact_key(name, suffix) for name in starting_facts(entry))
    return tuple([fact_key(name, suffix) for name in asked.names]) if asked is not None else ()


def enters(plan: Plan, event: Event, ask: Ask) -> str | None:
    """The entry key if this event begins the journey, else None. A fact that could not be read begins
    nothing: raises ``LookupError`` so that the event is tried again."""
    key = knock(plan, event)
    if key is None:
        return None
    keys = entry_facts(plan, key)
    facts = ask(keys, event.at) if keys else {}
    unread = [each for each in keys if facts.get(each, UNKNOWN) is UNKNOWN]
    if unread:
        raise LookupError(f"Could not be read: {', '.join(unread)}. The event is tried again.")
    if isinstance(plan.definition.entry, DateEntry):
        return key if first_state(plan, State(0, 0, key), event, facts) is not None else None
    condition = plan.entry_question
    suffix = f":{plan.key_field}={key}" if plan.key_field else ""
    values = Values(facts, suffix, {"entry": event.data}, event.data)
    return key if condition is None or condition.evaluate(values) else None


def first_state(plan: Plan, state: State, event: Event, facts: Facts) -> State | None:
    """The row of a beginning: due at once, or when its date says. None if that date is not known or over.

    ``facts``: those of ``entry_facts``.
    """
    begun, entry = begin(plan, state, entered(plan, event)), plan.definition.entry
    if not isinstance(entry, DateEntry):
        return begun
    suffix = f":{plan.key_field}={state.entry_key}" if plan.key_field else ""
    value = facts.get(fact_key(entry.of, suffix))
    calendar, quiet = facts[CALENDAR_FACT], facts.get(QUIET_FACT)
    start = start_of(entry, state.entry_key, value, calendar, quiet, plan.margin)
    if start is None or start.until <= event.at:
        return None
    return scheduled(begun, entry, value, start)


def stopped_by(plan: Plan, state: State, event: Event) -> bool:
    """Another journey asks for the end of this one: of the same object, if both have one, and of what ran
    at that time. The date of an object is waited for from when it was told; an occasion of the calendar
    from when somebody has looked ahead, which decides nothing."""
    if event.data.get("stop") != plan.definition.slug:
        return False
    key, began = event.data.get("key"), state.context.get("entered")
    waits = bool(plan.starting) and bool(plan.key_field) and not state.step
    same = not key or not state.entry_key or key == state.entry_key
    return same and (waits or began is None or datetime.fromisoformat(began) <= event.at)


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


def by_calendar(plan: Plan) -> bool:
    """Whether it begins by a day of the client, and not by anything that happens."""
    return bool(plan.starting) and not plan.key_field


def may_begin(
    plan: Plan, state: State, past: Past, now: datetime, only_later: bool = False
) -> MayEnter | None:
    """Whether ``state``, the row of a beginning, may be one. ``only_later``: not if it would have begun
    already and is not the first.

    What waits for its date is judged by the moment at which it would begin, not by when somebody looks: a
    greeting that falls within the cool-down is left out, and does not come late because the client is edited
    afterwards. Nor does one for a day to which an earlier way has moved, if that one has lived through it.
    """
    if not plan.starting or state.due_at is None:
        verdict = may_enter(plan.definition.reentry, past, now)
        return verdict if isinstance(verdict, MayEnter) else None
    if past.live or (only_later and past.count and state.due_at <= now):
        return None  # the running one hears of its date itself
    begins, last = state.due_at, past.last_ended_at
    if not by_calendar(plan):
        begins = max(begins, now)
    elif last is not None and begins <= last:
        return None
    verdict = may_enter(plan.definition.reentry, past, begins)
    return verdict if isinstance(verdict, MayEnter) else None
