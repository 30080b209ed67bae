"""Runs a stored test of a recipe: what is given, and what came of it, on the client's own wall clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.journeys.rules.calendar import Calendar, ZoneCalendar
from tactful.journeys.rules.entry import begins_at
from tactful.journeys.rules.moves import EnqueueSend, Entered, Facts, OpenTask, Outcome, TaskAnswered
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.simulate import Happening, Trace, simulate
from tactful.journeys.types import CALENDAR_FACT, DateEntry
from tactful.kernel.calendars import is_holiday

Given = Mapping[str, Any]
MOST_EFFECTS = 100


@dataclass(frozen=True)
class Came:
    """``said``: one line for each message and task. ``sent``: (moment, touchpoint) of each message."""

    said: list[str]
    sent: list[tuple[datetime, str]]
    ended: str


def run(plan: Plan, test: Given) -> Came:
    """Each beginning of the journey is walked by itself, as each is an enrolment of its own."""
    place = Place(test)
    traces = [_walk(plan, place, happenings) for happenings in _beginnings(plan, place)]
    made = sorted(
        ((at, effect) for trace in traces for at, effect in _arrived(trace, place)), key=lambda one: one[0]
    )
    said = [place.line(at, effect, plan) for at, effect in made]
    sent = [(at, effect.touchpoint) for at, effect in made if isinstance(effect, EnqueueSend)]
    return Came(said, sent, traces[-1].state.end_reason if traces else "")


def expected(test: Given) -> list[str]:
    """The lines that the test asks for, in the order of time; two at one moment in the order given."""
    lines = sorted(test["expect"], key=lambda one: str(one["at"]))
    return [f"{one['at']} {kind} {one[kind]}" for one in lines for kind in one if kind != "at"]


class Place:
    """The client, their clock on the wall, and what is known at a moment."""

    def __init__(self, test: Given) -> None:
        client = test["client"]
        self.zone = ZoneInfo(client["zone"])
        self.calendar: Calendar = ZoneCalendar(
            client["zone"], lambda day: is_holiday(day, client.get("country", ""))
        )
        self.given = test["given"]
        self.until = self.moment(test["until"])
        self.undelivered = frozenset(test.get("undelivered", ()))
        self._known = {
            f"contact.attribute.{name}": value for name, value in client.get("attributes", {}).items()
        }

    def moment(self, local: str) -> datetime:
        return datetime.fromisoformat(local).replace(tzinfo=self.zone).astimezone(UTC)

    def wall(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def line(self, at: datetime, effect: Any, plan: Plan) -> str:
        if isinstance(effect, EnqueueSend):
            return f"{self.wall(at)} message {effect.template}"
        (step,) = (
            node.step.id
            for node in plan.nodes.values()
            if getattr(node.step, "title", None) == effect.title and node.step.owner == effect.owner
        )
        return f"{self.wall(at)} task {step}"

    def facts(self, keys: tuple[str, ...], now: datetime) -> Facts:
        """What nobody has said is not so."""
        return {key: self._value(key.partition(":")[0], now) for key in keys}

    def _value(self, name: str, now: datetime) -> Any:
        if name == CALENDAR_FACT:
            return self.calendar
        said = [one["is"] for one in self.given if one.get("fact") == name and self.moment(one["at"]) <= now]
        return said[-1] if said else self._known.get(name)

    def deliver(self, send: EnqueueSend, now: datetime) -> tuple[datetime, Outcome]:
        if send.template in self.undelivered:
            return now, Outcome.DEAD
        late = send.latest_at is not None and send.latest_at <= now
        return now, Outcome.EXPIRED if late else Outcome.SENT


def _walk(plan: Plan, place: Place, happenings: list[Happening]) -> Trace:
    """An answer names its step; its visit is looked up by walking without it first."""
    waiting = list(happenings)
    for one in sorted((each for each in place.given if "answer" in each), key=lambda each: str(each["at"])):
        at = place.moment(one["at"])
        before = simulate(plan, waiting, place.facts, at, place.deliver)
        if before.state.step == one["answer"]:
            waiting.append(Happening(at, stimulus=TaskAnswered(before.state.visit, at, one.get("says", ""))))
    return simulate(plan, waiting, place.facts, place.until, place.deliver)


def _beginnings(plan: Plan, place: Place) -> Iterator[list[Happening]]:
    events = [
        Happening(place.moment(one["at"]), one["event"], one["data"]) for one in place.given if "event" in one
    ]
    entry = plan.definition.entry
    if not isinstance(entry, DateEntry):
        yield events
        return
    dates = [one for one in place.given if one.get("fact") == entry.of]
    for number, one in enumerate(dates):
        since = place.moment(one["at"])
        moved = place.moment(dates[number + 1]["at"]) if number + 1 < len(dates) else place.until
        begins = _begins(entry, one["is"], since, place)
        if begins <= moved:
            data = {plan.key_field: one["of"]} if plan.key_field else {}
            started = Happening(begins, stimulus=Entered(begins, data))
            yield [started, *(each for each in events if each.at >= begins)]


def _begins(entry: DateEntry, value: str, since: datetime, place: Place) -> datetime:
    """A date that is known late begins late. A day of the client comes round every year."""
    if entry.of.startswith("contact."):
        year = since.astimezone(place.zone).year
        value = f"{year}{value[4:]}"
    begins = begins_at(entry, value, place.calendar)
    assert begins is not None, f"{value} is no date."
    return max(begins, since)


def _arrived(trace: Trace, place: Place) -> Iterator[tuple[datetime, Any]]:
    """Messages that went out, and tasks. At most so many, so that a circle is no endless test."""
    for at, effect in trace.effects[:MOST_EFFECTS]:
        went = isinstance(effect, EnqueueSend) and place.deliver(effect, at)[1] is Outcome.SENT
        if went or isinstance(effect, OpenTask):
            yield at, effect


def fullest_week(sent: list[tuple[datetime, str]], counting: frozenset[str]) -> int:
    """The most messages at ``counting`` touchpoints within any seven days."""
    moments = [at for at, touchpoint in sent if touchpoint in counting]
    week = timedelta(days=7)
    return max((sum(at <= one < at + week for one in moments) for at in moments), default=0)
