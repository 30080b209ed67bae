"""Stories lived through by the live engine, side by side on the database, and what came from outside."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.ids import new_id
from tactful.gate.rules.codes import Wake
from tactful.gate.types import OnRelease
from tactful.journeys import driver, queries
from tactful.journeys.models import Enrolment, Journey, JourneySpell, JourneyVersion
from tactful.journeys.rules.batch import Asked
from tactful.journeys.rules.conditions import Values, compile_condition
from tactful.journeys.rules.definition import document
from tactful.journeys.rules.moves import (
    CallAnswered,
    CallWebhook,
    CancelMessages,
    CloseTask,
    EnqueueSend,
    Event,
    Facts,
    OpenTask,
    Outcome,
    Phase,
    Released,
    SendOutcome,
    Stimulus,
    TaskAnswered,
)
from tactful.journeys.rules.tale import Answered, Reply, Told

from .build import MONDAY
from .invented import DAY, Fate, Story
from .told import Happened

HORIZON = MONDAY + 21 * DAY
NAMES = {Outcome.SENT: "message.sent", Outcome.REFUSED: "message.refused",
         Outcome.EXPIRED: "message.expired", Outcome.CANCELLED: "message.cancelled"}  # fmt: skip
REFUSE = 5
RELEASES = {3: OnRelease.RECOMPUTE, 4: OnRelease.SKIP}  # by the end of a fate
CALLED_BACK = Fate(0, 0)


@dataclass(frozen=True)
class Wanted:
    """A message, task or call that a way has asked for. ``until``: until when nothing comes of it."""

    row: int
    effect: Any
    until: datetime | None
    fate: Fate
    context: Mapping[str, Any]

    @property
    def key(self) -> tuple[int, int]:
        return self.row, self.effect.visit

    @property
    def ends_at(self) -> datetime | None:
        """A message that waits does not outlast its latest moment."""
        latest = getattr(self.effect, "latest_at", None)
        return min((at for at in (self.until, latest) if at is not None), default=None)


# The live engine


class Live:
    """Walks all stories side by side on the database."""

    def __init__(self, told: Sequence[Story]) -> None:
        self.stories = {story.contact: story for story in told}
        self.now = MONDAY
        self.effects: dict[int, list[tuple[datetime, Any]]] = defaultdict(list)  # by row
        self.letters: dict[int, list[Wanted]] = defaultdict(list)  # by client
        self.answers: dict[int, list[Told]] = defaultdict(list)  # by client: what came from outside
        self.came: dict[int, list[tuple[datetime, int, str]]] = defaultdict(list)  # by row: of its messages
        self.ids: dict[tuple[int, int], int] = {}  # of the events in the log, by client and place
        self._open: dict[tuple[int, int], Wanted] = {}
        self._asked: dict[int, int] = defaultdict(int)  # by client: tasks and calls so far

    # What the journeys ask

    def load(self, asked: Sequence[Asked]) -> list[Facts]:
        named = {_object(key) for _, keys in asked for key in keys if key.startswith("visit")}
        known = queries.object_facts(named, self.now)
        return [{key: self._fact(state.contact_id, key, known) for key in keys} for state, keys in asked]

    def _fact(self, contact: int, key: str, known: Mapping[Any, queries.ObjectFacts]) -> Any:
        found = known.get(_object(key))
        if found is None:
            return self.stories[contact].fact(key, self.now)
        return found.fields.get(key.partition(":")[0].partition(".")[2])

    def with_day(self, attribute: str, among: Sequence[str], after: int, limit: int) -> list[int]:
        del attribute
        born = {who: story.day_of_birth(self.now) for who, story in self.stories.items()}
        return sorted(who for who, day in born.items() if day[5:] in among and who > after)[:limit]

    def everybody(self, after: int, limit: int) -> list[int]:
        return sorted(who for who in self.stories if who > after)[:limit]

    # What they bring about

    def note(self, work: Sequence[tuple[Any, Any]], now: datetime) -> None:
        for row, effect in work:
            contact = row.state.contact_id
            if row.state.journey_id != self.stories[contact].journey:
                continue  # a journey by the calendar looks at everybody, and lets go of those of others
            self.effects[row.id].append((now, effect))
            if isinstance(effect, CancelMessages):
                for visit in effect.visits:
                    self._call_back(row.id, visit, now)
            elif isinstance(effect, CloseTask):
                self._open.pop((row.id, effect.visit), None)
            elif isinstance(effect, EnqueueSend | OpenTask | CallWebhook):
                self._ask(contact, row, effect, now)

    def _ask(self, contact: int, row: Any, effect: Any, now: datetime) -> None:
        story, is_letter = self.stories[contact], isinstance(effect, EnqueueSend)
        place = len(self.letters[contact]) if is_letter else self._asked[contact]
        fate = story.fates[place % len(story.fates)]
        if fate.strides == 0 and (fate.end in RELEASES or not is_letter):
            fate = replace(fate, strides=1)  # what is released was held, and who answers takes their time
        if (
            fate.end in RELEASES
            and is_letter
            and any(each.key in self._open for each in self.letters[contact])
        ):
            fate = replace(fate, end=0)  # the end of one hold would wake the other
        wanted = Wanted(row.id, effect, fate.moment(now), fate, row.state.context)
        if is_letter and not self._still_true(wanted, contact):
            wanted = replace(wanted, until=now)
        self._open[wanted.key] = wanted
        if is_letter:
            self.letters[contact].append(wanted)
        else:
            self._asked[contact] += 1

    def _call_back(self, row: int, visit: int, now: datetime) -> None:
        wanted = self._open.pop((row, visit), None)
        if wanted is not None:
            self._open[row, visit] = replace(wanted, until=now, fate=CALLED_BACK)

    # Time

    def run(self) -> None:
        told = sorted(self._timeline(), key=lambda each: (each[2].at, each[:2]))
        days = [MONDAY + ahead * DAY for ahead in range((HORIZON - MONDAY).days + 1)]
        while (moment := self._next_moment(told, days)) <= HORIZON:
            self.now = moment
            if days and days[0] <= moment:
                days.pop(0)
                while driver.sweep(self, self.load, self.now):
                    pass
            facts = []
            while told and told[0][2].at == moment:
                contact, place, happened = told.pop(0)
                facts.append(self._told(contact, place, happened))
            self._feed(facts)
            self._feed(self._ends())
            while driver.run_due(self.load, self.now):
                pass

    def _next_moment(self, told: Sequence[tuple[int, int, Happened]], days: Sequence[datetime]) -> datetime:
        due = (
            Enrolment.objects.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True)
        )
        ends = [max(self.now, at) for wanted in self._open.values() if (at := wanted.ends_at) is not None]
        rests = [max(self.now, at) for at in due[:1] if at is not None]
        return min([*ends, *rests, *(each[2].at for each in told[:1]), *days[:1]], default=HORIZON + DAY)

    def _timeline(self) -> Iterator[tuple[int, int, Happened]]:
        for contact, story in self.stories.items():
            yield from ((contact, place, each) for place, each in enumerate(story.told) if each.at <= HORIZON)

    def _told(self, contact: int, place: int, happened: Happened) -> Fact:
        first = self.stories[contact].again.get(place)
        if first is None:
            fact = self._fact_of(contact, happened.name, happened.data, happened.when)
            self.ids[contact, place] = fact.id
            return fact
        ident = self.ids[contact, place] = self.ids[contact, first]
        return Fact(ident, happened.name, contact, happened.when, self.now, dict(happened.data))

    def _feed(self, facts: list[Fact]) -> None:
        if facts:
            driver.feed(facts, self.load, self.now)

    def _ends(self) -> list[Fact]:
        """What has become of messages, tasks and calls, as the log tells it."""
        over = [each for each in self._open.values() if (at := each.ends_at) is not None and at <= self.now]
        for each in over:
            del self._open[each.key]
        rows = Enrolment.objects.in_bulk([each.row for each in over])
        return [fact for each in over for fact in self._end(each, rows[each.row])]

    def _end(self, wanted: Wanted, row: Enrolment) -> Iterator[Fact]:
        contact, visit, end = row.contact_id, wanted.effect.visit, wanted.fate.end
        said: Stimulus
        if isinstance(wanted.effect, EnqueueSend):
            said = self._outcome(wanted, contact)
            self.came[row.id].append((self.now, visit, str(getattr(said, "outcome", "recomputed"))))
            if wanted.fate.end in RELEASES and wanted.until == self.now:
                freed = Event(Wake.HOLD_RELEASED, -len(self.answers[contact]) - 1, self.now)
                self.answers[contact].append(Told(self.now, contact, freed))
        elif (row.visit, row.phase) not in ((visit, Phase.TASK), (visit, Phase.CALLING)):
            return  # nobody asks any more
        elif isinstance(wanted.effect, OpenTask):
            answers = [answer.id for answer in wanted.effect.answers] or [""]
            said = TaskAnswered(visit, self.now, answers[end % len(answers)])
            reply = Reply(row.step, said.answer, row.entry_key)
            self.answers[contact].append(Told(self.now, contact, reply=reply))
        else:
            said = CallAnswered(visit, self.now, end % 2 == 0, {"amount": end})
            call = Answered(row.step, said.ok, said.data, row.entry_key)
            self.answers[contact].append(Told(self.now, contact, call=call))
        name, data = as_fact(said, row.id)
        yield self._fact_of(contact, name, data, self.now)

    def _outcome(self, wanted: Wanted, contact: int) -> Stimulus:
        """What the gate and the post would make of it."""
        effect, end = wanted.effect, wanted.fate.end
        called_back = wanted.fate is CALLED_BACK
        released = RELEASES.get(end) if wanted.until == self.now else None
        if not called_back and released is OnRelease.RECOMPUTE:
            return Released(effect.visit, self.now)
        if called_back or released is OnRelease.SKIP:
            outcome = Outcome.CANCELLED
        elif effect.latest_at is not None and effect.latest_at <= self.now:
            outcome = Outcome.EXPIRED
        elif end == REFUSE:  # the basis is asked before the condition, and the first refusal is told
            return SendOutcome(effect.visit, Outcome.REFUSED, self.now, "basis")
        elif not self._still_true(wanted, contact):
            return SendOutcome(effect.visit, Outcome.REFUSED, self.now, "still_true")
        else:
            outcome = Outcome.SENT
        return SendOutcome(effect.visit, outcome, self.now)

    def _still_true(self, wanted: Wanted, contact: int) -> bool:
        condition = wanted.effect.still_true
        facts = {key: self.stories[contact].fact(key, self.now) for key in ("contact.attribute.tier",)}
        suffix = f":{wanted.effect.about}" if wanted.effect.about else ""
        facts["house.open" + suffix] = self.stories[contact].fact("house.open", self.now)
        values = Values(facts, suffix, wanted.context, wanted.context.get("event", {}))
        return condition is None or compile_condition(condition)(values)

    def _fact_of(self, contact: int, name: str, data: Mapping[str, Any], since: datetime) -> Fact:
        (ident,) = record([NewFact(name, contact, dict(data), since)], now=self.now)
        return Fact(ident, name, contact, since, self.now, dict(data))


def _object(key: str) -> tuple[str, str]:
    """``visit3.starts_at:visit3=7`` is known of the visit3 7; ``house.open:visit3=7`` is not."""
    kind, _, ident = key.partition(":")[2].partition("=")
    return kind if key.startswith(f"{kind}.") else "", ident


def as_fact(stimulus: Stimulus, row: int) -> tuple[str, dict[str, Any]]:
    """How the log tells an enrolment of it."""
    if isinstance(stimulus, TaskAnswered):
        about = {"subject_kind": "enrolment", "subject_id": row, "params": {"visit": stimulus.visit}}
        return "task.done", {"answer": stimulus.answer, **about}
    if isinstance(stimulus, CallAnswered):
        data = {"enrolment": row, "visit": stimulus.visit, "ok": stimulus.ok, "answer": dict(stimulus.data)}
        return "webhook.answered", data
    about = {"cause": "visit", "cause_id": row}
    if isinstance(stimulus, Released):
        return "message.released", {**about, "visit": stimulus.visit}
    assert isinstance(stimulus, SendOutcome)
    return NAMES[stimulus.outcome], {**about, "visit": stimulus.visit, "check": stimulus.check}


def make(told: Sequence[Story]) -> None:
    """All journeys of the stories, switched on."""
    for story in told:
        story.journey, story.version = new_id(), new_id()
    Journey.objects.bulk_create(Journey(id=each.journey, slug=each.definition.slug) for each in told)
    JourneyVersion.objects.bulk_create(
        JourneyVersion(id=each.version, journey_id=each.journey, number=1, document=document(each.definition),
                       created_at=MONDAY) for each in told)  # fmt: skip
    JourneySpell.objects.bulk_create(
        JourneySpell(journey_id=each.journey, from_at=MONDAY, recorded_at=MONDAY) for each in told
    )
    for story in told:
        Journey.objects.filter(id=story.journey).update(live_version=story.version)
