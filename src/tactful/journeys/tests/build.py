"""Journeys, clients and a world for the tests of this floor."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, settings

from tactful.journeys.rules.calendar import ZoneCalendar
from tactful.journeys.rules.engine import step
from tactful.journeys.rules.moves import Advance, Facts, State, Stimulus
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.types import (
    END,
    Answer,
    Compare,
    Definition,
    Delay,
    EventEntry,
    Exit,
    ExitRule,
    Goal,
    Op,
    Ref,
    Send,
    Source,
    Task,
    TaskKind,
    Text,
    Wait,
    WaitFor,
    Watch,
)

unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # a busy machine is no fault
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OSLO = ZoneCalendar("Europe/Oslo", lambda day: day == date(2026, 4, 2))
MISSING = Compare(Ref(Source.FACT, "documents.missing"), Op.HOLDS)
KEY = "documents.missing:engagement=17"


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def definition(**changes: Any) -> Definition:
    """Ask, wait for an answer or two days, remind if still true, wait, then a person; goal and exits."""
    parts: dict[str, Any] = {
        "slug": "chase",
        "name": Text("Chase", "Purring"),
        "entry": EventEntry("wanted", key="engagement"),
        "goal": Goal(Watch("complete", ("engagement",)), "receipt"),
        "exits": (ExitRule(Watch("cancelled", ("engagement",))),),
        "steps": (
            Send("ask", "pause", "request", "request-1", latest=Delay(days=10)),
            WaitFor("pause", "thank", Watch("viewed", ("engagement",)), Delay(elapsed=hours(48)), "remind"),
            Send("remind", "rest", "reminder", "reminder-1", still_true=MISSING, if_not_sent="call"),
            Wait("rest", "call", Delay(days=1, at=time(9))),
            Task("call", END, TaskKind.CALL, Text("Call", "Ring"), "account_manager", MISSING,
                 (Answer("again", Text("Again", "Igjen"), "remind"),), Delay(elapsed=hours(24)), "stop"),
            Exit("stop"),
            Send("thank", END, "thanks", "thanks-1"),
            Send("receipt", END, "receipt", "receipt-1"),
        ),
    }  # fmt: skip
    return Definition(**{**parts, **changes})


def plan(**changes: Any) -> Plan:
    return compile_plan(definition(**changes))


def someone(key: str = "17", contact_id: int = 1) -> State:
    return State(journey_id=1, contact_id=contact_id, entry_key=key)


def knowing(**more: Any) -> Facts:
    return {KEY: True, "calendar.place": OSLO, "calendar.quiet": None, **more}


def moved(
    plan: Plan, state: State, stimulus: Stimulus, now: datetime, facts: Mapping[str, Any] | None = None
) -> Advance:
    """The advance; a question is an error here."""
    answer = step(plan, state, stimulus, knowing() if facts is None else facts, now)
    assert isinstance(answer, Advance), answer
    return answer
