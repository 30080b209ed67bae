"""Runs a stored test of a recipe in the simulator: what is given, and what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.rules.entry import begins_at
from tactful.journeys.rules.moves import EnqueueSend, Entered, Facts, OpenTask, Outcome, TaskAnswered
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
    """Each beginning of the journey is walked by itself, as each is an enrolment of its own."""
    house = House(test["given"])
    traces = [_walk(plan, house, happenings) for happenings in _beginnings(plan, house)]
    made = sorted((one for trace in traces for one in _arrived(trace, house)), key=lambda one: one[0])
    return Came(
        [("message" if isinstance(effect, EnqueueSend) else "task", step, at) for at, step, effect in made],
        [(at, effect.touchpoint) for at, _, effect in made if isinstance(effect, EnqueueSend)],
        traces[-1].state.end_reason if traces else "",
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
    heard = list(happenings)
    for reply in house.replies:
        at = datetime.fromisoformat(reply["at"])
        before = simulate(plan, heard, house.facts, at, house.deliver).state
        if before.step == reply["step"]:
            heard.append(Happening(at, stimulus=TaskAnswered(before.visit, at, reply.get("answer", ""))))
    return simulate(plan, heard, house.facts, house.until, house.deliver)


def _beginnings(plan: Plan, house: House) -> Iterator[list[Happening]]:
    events = [Happening(datetime.fromisoformat(row["at"]), row["name"], row["data"]) for row in house.events]
    entry = plan.definition.entry
    if not isinstance(entry, DateEntry):
        yield events
        return
    dates = [row for row in house.said if row[0].partition(":")[0] == entry.of]
    for number, (fact, value, since) in enumerate(dates):
        moved = dates[number + 1][2] if number + 1 < len(dates) else house.until
        begins = _begins(entry, value, since, house)
        if begins <= moved:
            data = {entry.key: fact.partition("=")[2]} if entry.key else {}
            started = Happening(begins, stimulus=Entered(begins, data))
            yield [started, *(each for each in events if each.at >= begins)]


def _begins(entry: DateEntry, value: str, since: datetime, house: House) -> datetime:
    """A date that is known late begins late. A day of the client comes round every year."""
    if entry.of.startswith("contact."):
        value = f"{since.astimezone(house.zone).year}{value[4:]}"
    begins = begins_at(entry, value, house.calendar)
    assert begins is not None, f"{value} is no date."
    return max(begins, since)


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
