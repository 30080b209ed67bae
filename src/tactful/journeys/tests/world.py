"""The live engine on a real database: a journey, its line, clients, and facts that a test decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tactful.delivery.models import Message
from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.ids import new_id
from tactful.journeys import driver
from tactful.journeys.actions import switch_on
from tactful.journeys.models import Enrolment, Journey, JourneyVersion, Visit
from tactful.journeys.rules.batch import Asked
from tactful.journeys.rules.definition import document
from tactful.journeys.rules.moves import Facts
from tactful.journeys.tests.build import MONDAY, OSLO, definition
from tactful.journeys.types import Definition
from tactful.touchpoints.models import Touchpoint, TouchpointRevision

SAID = ("contact_id", "entry_key", "entry_no", "step", "visit", "phase", "due_at", "wait_since", "end_reason")

_numbers = count(1)


@dataclass
class World:
    """``facts``: by key, or by (contact, key) where a client differs. ``now``: the business clock."""

    journey: int
    version: int
    now: datetime = MONDAY
    facts: dict[Any, Any] = field(default_factory=lambda: {"documents.missing": True, "calendar.place": OSLO})

    def load(self, asked: Sequence[Asked]) -> list[Facts]:
        return [{key: self._value(state.contact_id, key) for key in keys} for state, keys in asked]

    def _value(self, contact: int, key: str) -> Any:
        name = key.partition(":")[0]
        return self.facts.get((contact, name), self.facts.get(name))

    # What happens

    def fact(self, name: str, contact: int, **data: Any) -> Fact:
        """Written to the log as well, where waits and those that have missed something look for it."""
        at = data.pop("at", self.now)
        (ident,) = record([NewFact(name, contact, data, at)], now=self.now)
        return Fact(ident, name, contact, at, self.now, data)

    def feed(self, *facts: Fact) -> None:
        driver.feed(facts, self.load, self.now)

    def hear(self, name: str, contact: int, **data: Any) -> Fact:
        fact = self.fact(name, contact, **data)
        self.feed(fact)
        return fact

    def wanted(self, contact: int, engagement: int = 17) -> Enrolment:
        """Documents are wanted; the journey begins and takes its first step."""
        self.hear("wanted", contact, engagement=engagement)
        self.run()
        return Enrolment.objects.filter(contact_id=contact).latest("entry_no")

    def outcome(self, row: Enrolment, name: str = "message.sent", **more: Any) -> Fact:
        row.refresh_from_db()
        data = {"cause": "visit", "cause_id": row.id, "visit": row.visit, **more}
        return self.hear(name, row.contact_id, **data)

    def answer(self, row: Enrolment, answer: str) -> Fact:
        row.refresh_from_db()
        subject = {"subject_kind": "enrolment", "subject_id": row.id, "params": {"visit": row.visit}}
        return self.hear("task.done", row.contact_id, answer=answer, **subject)

    def run(self) -> int:
        """Everything that is due now."""
        looked = total = driver.run_due(self.load, self.now)
        while looked:
            looked = driver.run_due(self.load, self.now)
            total += looked
            assert total < 10_000, "It turns in circles."
        return total

    def pass_time(self, by: timedelta) -> None:
        self.now += by
        self.run()


def make_world(**changes: Any) -> World:
    return make_journey(definition(**changes))


def make_journey(made: Definition) -> World:
    furnish()
    journey = Journey.objects.create(slug=f"{made.slug}-{new_id()}", name_en="Chase", name_nb="Purring")
    version = JourneyVersion.objects.create(
        journey=journey, number=1, document=document(made), created_at=MONDAY
    )
    Journey.objects.filter(id=journey.id).update(live_version=version)
    switch_on(journey.id, acting_user=None, now=MONDAY)
    return World(journey.id, version.id)


def furnish() -> None:
    """The touchpoints of all journeys. Those that are there stay."""
    wanted = ("request", "reminder", "thanks", "receipt")
    for slug in {*wanted} - {*Touchpoint.objects.filter(slug__in=wanted).values_list("slug", flat=True)}:
        touchpoint(slug)


def touchpoint(slug: str) -> None:
    point = Touchpoint.objects.create(
        slug=slug, name_en=slug, name_nb=slug, phase="working", position=1, message_class="reminder"
    )
    revision = TouchpointRevision.objects.create(touchpoint=point, line="structural", at=MONDAY)
    Touchpoint.objects.filter(pk=point.pk).update(current=revision)


def client() -> int:
    """Journeys know contacts by their id alone."""
    return next(_numbers)


def where(row: Enrolment) -> tuple[str, str]:
    row.refresh_from_db()
    return row.step, row.phase


def steps(row: Enrolment) -> list[tuple[str, str]]:
    return list(Visit.objects.filter(enrolment=row).order_by("visit").values_list("step", "result"))


def templates(row: Enrolment) -> list[str]:
    found = Message.objects.filter(cause_kind="visit", cause_id=row.id)
    return list(found.order_by("cause_visit").values_list("template", flat=True))


def standings(journey: int) -> list[Mapping[str, Any]]:
    """What the rows say, without the ids that are made anew each time."""
    rows = Enrolment.objects.filter(journey_id=journey).order_by("contact_id", "entry_no")
    return list(rows.values(*SAID))
