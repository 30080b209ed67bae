"""Runs a stored test of a recipe in the simulator: what is given, and what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.rules.moves import EnqueueSend, Facts, OpenTask, Outcome, TaskAnswered
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.simulate import Happening, Trace, simulate
from tactful.journeys.types import CALENDAR_FACT, DateEntry
from tactful.kernel.calendars import is_holiday

Test = Mapping[str, Any]
LONG_AGO = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class Came:
    """``lines``: each message and task as (kind, step, moment). ``sent``: (moment, touchpoint)."""

    lines: list[tuple[str, str, datetime]]
    sent: list[tuple[datetime, str]]
    ended: str


def run(plan: Plan, test: Test) -> Came:
    house = House(test["given"])
    trace = _walk(plan, house, _beginnings(house))
    made = sorted(_arrived(trace, house), key=lambda one: one[0])
    return Came(
        [("message" if isinstance(effect, EnqueueSend) else "task", step, at) for at, step, effect in made],
        [(at, effect.touchpoint) for at, _, effect in made if isinstance(effect, EnqueueSend)],
        trace.state.end_reason,
    )


def expected(test: Test) -> list[tuple[str, str, datetime]]:
    """The messages and tasks that the test asks for; nothing else may come."""
    return [
        (kind, line[kind], datetime.fromisoformat(line["at"]))
        for line in test["expected"]
        for kind in ("message", "task")
        if kind in line
    ]


def forbidden(test: Test) -> set[str]:
    """The steps that must not send."""
    return {line["no_message"] for line in test["expected"] if "no_message" in line}


class House:
    """The client, their clock on the wall, and what is known at a moment."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        client = given["client"]
        self.zone = ZoneInfo(client["zone"])
        self.calendar: Calendar = ZoneCalendar(
            client["zone"], lambda day: is_holiday(day, client.get("country", ""))
        )
        self.events, self.replies = given.get("events", ()), given.get("replies", ())
        self.said = [
            (row["fact"], row["value"], datetime.fromisoformat(row.get("from", LONG_AGO)))
            for row in given.get("facts", ())
        ]
        self.until = datetime.fromisoformat(given["until"])
        self.unreachable = any(row.get("against") for row in given.get("addresses", ()))

    def facts(self, keys: tuple[str, ...], now: datetime) -> Facts:
        """What nobody has said is not so."""
        return {key: self.calendar if key == CALENDAR_FACT else self._value(key, now) for key in keys}

    def _value(self, key: str, now: datetime) -> Any:
        return next(
            (value for fact, value, since in reversed(self.said) if fact == key and since <= now), None
        )

    def deliver(self, send: EnqueueSend, now: datetime) -> tuple[datetime, Outcome]:
        if self.unreachable:
            return now, Outcome.REFUSED
        late = send.latest_at is not None and send.latest_at <= now
        return now, Outcome.EXPIRED if late else Outcome.SENT


def _walk(plan: Plan, house: House, happenings: list[Happening]) -> Trace:
    """An answer names its step; its visit is found by walking up to it first."""
    heard, since = list(happenings), _since(plan, house)
    for reply in house.replies:
        at = datetime.fromisoformat(reply["at"])
        before = simulate(plan, heard, house.facts, at, house.deliver, since).state
        if before.step == reply["step"]:
            heard.append(Happening(at, stimulus=TaskAnswered(before.visit, at, reply.get("answer", ""))))
    return simulate(plan, heard, house.facts, house.until, house.deliver, since)


def _beginnings(house: House) -> list[Happening]:
    """In this machine the first event that fits begins a walk; a date of the client is waited for."""
    return [Happening(datetime.fromisoformat(row["at"]), row["name"], row["data"]) for row in house.events]


def _since(plan: Plan, house: House) -> datetime | None:
    entry = plan.definition.entry
    if not isinstance(entry, DateEntry):
        return None
    return min((since for fact, _, since in house.said if fact == entry.of), default=None)


def _arrived(trace: Trace, house: House) -> Iterator[tuple[datetime, str, Any]]:
    """Messages that went out, and tasks, each with its step."""
    steps = {visited.visit: visited.step for visited in trace.visits} | {trace.state.visit: trace.state.step}
    for at, effect in trace.effects:
        if not isinstance(effect, EnqueueSend | OpenTask):
            continue
        if isinstance(effect, OpenTask) or house.deliver(effect, at)[1] is Outcome.SENT:
            yield at, steps[effect.visit], effect


def fullest_week(sent: list[tuple[datetime, str]], counting: frozenset[str]) -> int:
    """The most messages at ``counting`` touchpoints within any seven days."""
    moments = [at for at, touchpoint in sent if touchpoint in counting]
    week = timedelta(days=7)
    return max((sum(at <= one < at + week for one in moments) for at in moments), default=0)
