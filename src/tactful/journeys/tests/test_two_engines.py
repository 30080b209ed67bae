"""One story, two engines: any journey, any story, on the database and in memory, compared event by event.

Hypothesis invents a journey of every kind of entry and step, and what happens to one client: events,
dates that move, outcomes of messages, answers of people and of other systems, time. Both engines must
come to the same visits at the same moments, the same effects and the same end.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any, get_args

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tactful.events.actions import record
from tactful.events.types import Fact, NewFact
from tactful.foundation.ids import new_id
from tactful.journeys import driver, effects, plans, queries
from tactful.journeys.models import Enrolment, Journey, JourneySpell, JourneyVersion, Visit
from tactful.journeys.rules.batch import Asked
from tactful.journeys.rules.definition import document, write
from tactful.journeys.rules.entry_events import events_of
from tactful.journeys.rules.moves import (
    CallAnswered,
    CallWebhook,
    CancelMessages,
    EnqueueSend,
    Facts,
    OpenTask,
    Outcome,
    Released,
    SendOutcome,
    State,
    Stimulus,
    TaskAnswered,
)
from tactful.journeys.rules.simulate import Happening, Simulation, Trace
from tactful.journeys.tests.world import touchpoint
from tactful.journeys.types import (
    CALENDAR_FACT,
    END,
    AllOf,
    Answer,
    AnyOf,
    Approval,
    Arm,
    Branch,
    Compare,
    Condition,
    DateEntry,
    Definition,
    Delay,
    Entry,
    EventEntry,
    Exit,
    ExitRule,
    FormEntry,
    Goal,
    ManualEntry,
    MessageEntry,
    Not,
    Op,
    RecurringEntry,
    Reentry,
    ReentryMode,
    Ref,
    SegmentEntry,
    Send,
    Share,
    Source,
    Split,
    StartJourney,
    Step,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Text,
    Update,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)

from .build import MONDAY, OSLO, hours

TOGETHER = 50  # stories in one example: the live engine walks them side by side
OFTEN, NIGHTLY = 500, 20_000  # stories
HORIZON = MONDAY + timedelta(days=21)
LATE = MONDAY + timedelta(days=2)
STRIDE = timedelta(hours=6)  # moments that many stories share are walked together, and soon
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
IDS = ("a", "b", "c", "d", "e")
SLUGS = ("request", "reminder", "thanks", "receipt")
GONE = Compare(Ref(Source.ATTRIBUTE, "tier"), Op.KNOWN, False)
OPEN = Ref(Source.FACT, "house.open")
NAMES = {Outcome.SENT: "message.sent", Outcome.REFUSED: "message.refused", Outcome.DEAD: "message.dead",
         Outcome.EXPIRED: "message.expired", Outcome.CANCELLED: "message.cancelled"}  # fmt: skip
_numbers = count(1_000_000)


class Night:
    """Quiet from 20 to 8 by the clock of Greenwich."""

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        opens = due if 8 <= due.hour < 20 else (due + DAY * (due.hour >= 20)).replace(hour=8, minute=0)
        return due if opens < before else (due - DAY * (due.hour < 8)).replace(hour=19, minute=59)


@dataclass(repr=False)
class Story:
    """``fates``: what becomes of the message, task or call of a visit: strides until then (0: never) and
    which of the possible ends. ``told``: (moment, event, fields)."""

    number: int
    definition: Definition
    fates: list[tuple[int, int]]
    told: list[tuple[datetime, str, dict[str, Any]]]
    opens: datetime
    born: str
    contact: int = field(default_factory=lambda: next(_numbers))
    version: int = 0
    journey: int = 0

    def __repr__(self) -> str:
        told = "\n".join(f"{at:%d %H:%M} {name} {data}" for at, name, data in self.told)
        return f"{write(self.definition)}\n{told}\n{self.fates} {self.opens} {self.born}"

    def fact(self, key: str, at: datetime) -> Any:
        known = {CALENDAR_FACT: OSLO, "calendar.quiet": Night(), "house.open": at >= self.opens,
                 "contact.attribute.born": self.born, "contact.attribute.tier": "gold",
                 "contact.attribute.story": self.number}  # fmt: skip
        return known.get(key.partition(":")[0])

    def fate(self, effect: Any, now: datetime) -> tuple[datetime, Stimulus] | None:
        if not isinstance(effect, EnqueueSend | OpenTask | CallWebhook):
            return None
        strides, end = self.fates[effect.visit % len(self.fates)]
        if not strides or (isinstance(effect, CallWebhook) and not effect.answer):
            return None
        on_the_grid = MONDAY + ((now - MONDAY) // STRIDE + strides) * STRIDE
        at, visit = on_the_grid + 7 * MINUTE, effect.visit
        if isinstance(effect, OpenTask):
            answers = [answer.id for answer in effect.answers] or [""]
            return at, TaskAnswered(visit, at, answers[end % len(answers)])
        if isinstance(effect, CallWebhook):
            return at, CallAnswered(visit, at, end % 2 == 0, {"amount": end})
        ends: list[Stimulus] = [SendOutcome(visit, outcome, at) for outcome in list(NAMES)[:4]]
        return at, [*ends, ends[0], Released(visit, at)][end]


def as_fact(stimulus: Stimulus, row: int) -> tuple[str, dict[str, Any]]:
    """How the log tells an enrolment of it."""
    if isinstance(stimulus, TaskAnswered):
        about = {"subject_kind": "enrolment", "subject_id": row, "params": {"visit": stimulus.visit}}
        return "task.done", {"answer": stimulus.answer, **about}
    if isinstance(stimulus, CallAnswered):
        data = {"enrolment": row, "visit": stimulus.visit, "ok": stimulus.ok, "answer": dict(stimulus.data)}
        return "webhook.answered", data
    assert isinstance(stimulus, SendOutcome | Released)
    name = "message.released" if isinstance(stimulus, Released) else NAMES[stimulus.outcome]
    return name, {"cause": "visit", "cause_id": row, "visit": stimulus.visit}


# Any journey

conditions: st.SearchStrategy[Condition] = st.sampled_from([
    Compare(OPEN, Op.HOLDS), Not(Compare(OPEN, Op.HOLDS)),
    Compare(Ref(Source.ATTRIBUTE, "tier"), Op.IS, "gold"),
    Compare(Ref(Source.ENTRY, "amount"), Op.MORE_THAN, 2),
    AnyOf((Compare(Ref(Source.EVENT, "amount"), Op.AT_MOST, 3), Compare(OPEN, Op.HOLDS))),
    AllOf((Compare(Ref(Source.ANSWER, "b"), Op.IS, "yes"), Compare(OPEN, Op.HOLDS))),
])  # fmt: skip
watches = st.builds(Watch, st.sampled_from(["viewed", "done"]), st.sampled_from([(), ("amount",)]),
                    st.none() | conditions)  # fmt: skip


@cache
def delays(number: int, least: int = 0) -> st.SearchStrategy[Delay]:
    starts = Ref(Source.FACT, f"visit{number}.starts_at")
    return st.one_of(
        st.builds(Delay, days=st.integers(max(1, least), 4), at=st.none() | st.just(time(9))),
        st.builds(Delay, elapsed=st.integers(24 * least + 1, 24 * least + 60).map(hours)),
        st.just(Delay(working_days=max(1, least))),
        *([] if least else [
            st.just(Delay(at=time(14, 30))),
            st.just(Delay(until=starts, earlier=timedelta(hours=3))),
            st.just(Delay(until=date(2026, 3, 12), at=time(8))),
        ]),
    )  # fmt: skip


@cache
def steps_at(place: int, number: int) -> st.SearchStrategy[Step]:
    """Ways lead forward; only a wait of two days and more may lead back."""
    who, on = st.just(IDS[place]), st.sampled_from([*IDS[place + 1 :], END])
    arms = st.lists(st.builds(Arm, conditions, on), min_size=1, max_size=2).map(tuple)
    maybe, delay, text = st.none() | on, delays(number), Text("X", "X")
    values = st.just({"amount": Ref(Source.ENTRY, "amount"), "said": "x"})
    yes = st.builds(Answer, st.just("yes"), st.just(text), on).map(lambda answer: (answer,))
    return st.one_of(
        st.builds(Send, who, on, st.sampled_from(SLUGS), st.just("t"), st.none() | conditions,
                  st.none() | delay, if_not_sent=maybe),
        st.builds(Wait, who, on, delay),
        st.builds(Wait, who, st.sampled_from([*IDS, END]), delays(number, 2)),
        st.builds(WaitFor, who, on, watches, delay, on),
        st.builds(Branch, who, on, arms),
        st.builds(Task, who, on, st.just(TaskKind.CALL), st.just(text), st.just("business_owner"),
                  st.none() | conditions, st.just(()) | yes, delay, maybe),
        st.builds(Approval, who, on, st.just(text), st.just("business_owner"), on, delay, maybe),
        st.builds(Update, who, on, st.just({"tier": "gold"})),
        st.builds(Tag, who, on, st.just(("vip",)), st.just(("old",))),
        st.builds(Split, who, st.just(END), st.tuples(st.builds(Share, st.integers(1, 3), on),
                  st.builds(Share, st.just(2), on, hold_out=st.just(True)))),
        st.builds(Webhook, who, on, st.just("https://example.org/x"), values, st.none() | delay, maybe),
        st.builds(StartJourney, who, on, st.just("another"), values),
        st.builds(StopJourney, who, on, st.just("another")),
        st.builds(Exit, who),
    ).map(_valid)  # fmt: skip


def _valid(step: Step) -> Step:
    if isinstance(step, Webhook) and step.up_to is None:
        return Webhook(step.id, step.next, step.url, step.body)
    return step


@cache
def entries(number: int) -> st.SearchStrategy[Any]:
    mine = Compare(Ref(Source.EVENT, "story"), Op.IS, number)
    own = Compare(Ref(Source.ATTRIBUTE, "story"), Op.IS, number)
    days = st.integers(3, 9).map(lambda ahead: (MONDAY + ahead * DAY).date())
    return st.one_of(
        st.just(EventEntry(f"wanted{number}", None, f"visit{number}")),
        st.just(MessageEntry("mail", mine)),
        st.just(FormEntry(f"form-{number}")),
        st.just(SegmentEntry(f"segment-{number}")),
        st.just(ManualEntry(f"visit{number}")),
        st.builds(DateEntry, st.just(f"visit{number}.starts_at"),
                  st.integers(0, 50).map(hours), st.just(f"visit{number}")),
        st.just(DateEntry("contact.attribute.born", yearly=True, at=time(9), condition=own)),
        st.builds(RecurringEntry, st.just("FREQ=YEARLY"), st.just(time(9)), days, st.just(own)),
    )  # fmt: skip


@cache
def definitions(number: int) -> st.SearchStrategy[Definition]:
    return st.builds(
        Definition,
        st.just(f"story-{number}"),
        st.just(Text("S", "S")),
        entries(number),
        st.tuples(*(steps_at(place, number) for place in range(len(IDS)))),
        reentry=st.just(Reentry(ReentryMode.NEVER)),
        goal=st.none() | st.builds(Goal, watches, st.sampled_from(["d", "e", END])),
        exits=st.lists(
            st.builds(ExitRule, st.just(Watch("left")))
            | st.builds(ExitRule, st.none(), st.just(GONE)),
            max_size=1,
        ).map(tuple),
        stop_on_reply=st.booleans(),
    )  # fmt: skip


@cache
def happenings(number: int) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    begin = {"story": number, f"visit{number}": "7", "amount": 3, "channel": "mail", "form": f"form-{number}",
             "segment": f"segment-{number}", "start": f"story-{number}",
             "data": {f"visit{number}": "7", "amount": 3}}  # fmt: skip
    starts = st.integers(10, 500).map(lambda h: (MONDAY + h * timedelta(hours=1)).isoformat())
    dated = st.builds(
        lambda verb, at: (f"visit{number}.{verb}", {f"visit{number}": "7", "starts_at": at}),
        st.sampled_from(["dated", "moved"]),
        starts,
    )
    plain = st.sampled_from(["viewed", "done", "left", "reply.received", "viewed"])
    opening = st.sampled_from(
        [f"wanted{number}", "form.submitted", "segment.entered", "journey.start_wanted", "reply.received"]
    )
    return st.one_of(
        opening.map(lambda name: (name, begin)),
        plain.map(lambda name: (name, {"amount": 3})),
        dated,
        st.just((f"visit{number}.cancelled", {f"visit{number}": "7"})),
    )


@cache
@st.composite
def stories(draw: st.DrawFn, number: int) -> Story:
    definition = draw(definitions(number))
    first = _opening(definition, number)
    said = [*first, *draw(st.lists(happenings(number), max_size=6))]
    gaps = draw(st.lists(st.integers(1, 20), min_size=len(said), max_size=len(said)))
    at, told = MONDAY, []
    for gap, (name, data) in zip(gaps, said, strict=True):
        at += gap * STRIDE
        told.append((at, name, data))
    fates = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), min_size=3, max_size=3))
    opens = MONDAY + draw(st.integers(0, 20)) * DAY
    born = f"1980-03-{draw(st.integers(5, 20)):02}"
    return Story(number, definition, fates, told, opens, born)


def _opening(definition: Definition, number: int) -> list[tuple[str, dict[str, Any]]]:
    """What begins it, so that most stories are about something."""
    data: dict[str, Any] = {f"visit{number}": "7", "amount": 3, "story": number, "channel": "mail"}
    data |= {"form": f"form-{number}", "segment": f"segment-{number}", "start": f"story-{number}"}
    data |= {"data": {f"visit{number}": "7", "amount": 3}}
    known = (f"visit{number}.dated", {f"visit{number}": "7", "starts_at": (MONDAY + 9 * DAY).isoformat()})
    names = sorted(
        events_of(definition.entry)
        & {f"wanted{number}", "reply.received", "form.submitted", "segment.entered", "journey.start_wanted"}
    )
    return [known, *((name, data) for name in names)]  # fmt: skip


# The live engine


def _object(key: str) -> tuple[str, str]:
    """``visit3.starts_at:visit3=7`` is known of the visit3 7; ``house.open:visit3=7`` is not."""
    kind, _, ident = key.partition(":")[2].partition("=")
    return kind if key.startswith(f"{kind}.") else "", ident


class Live:
    """Walks all stories side by side on the database."""

    def __init__(self, told: Sequence[Story]) -> None:
        self.stories = {story.contact: story for story in told}
        self.now = MONDAY
        self.effects: dict[int, list[tuple[datetime, Any]]] = {story.contact: [] for story in told}
        self.fates: list[tuple[datetime, int, int, Stimulus]] = []  # moment, order, enrolment, what
        self.order = count()

    # What the journeys ask

    def load(self, asked: Sequence[Asked]) -> list[Facts]:
        return [self._facts(state.contact_id, keys) for state, keys in asked]

    def _facts(self, contact: int, keys: Sequence[str]) -> Facts:
        story = self.stories[contact]
        known = queries.object_facts({_object(key) for key in keys if key.startswith("visit")}, self.now)
        return {key: self._fact(story, key, known.get(_object(key))) for key in keys}

    def _fact(self, story: Story, key: str, found: queries.ObjectFacts | None) -> Any:
        if found is None or found.contact_id != story.contact:
            return story.fact(key, self.now)
        return found.fields.get(key.partition(":")[0].partition(".")[2])

    def with_day(self, attribute: str, among: Sequence[str], after: int, limit: int) -> list[int]:
        del attribute
        fits = [who for who, story in self.stories.items() if story.born[5:] in among and who > after]
        return sorted(fits)[:limit]

    def everybody(self, after: int, limit: int) -> list[int]:
        return sorted(who for who in self.stories if who > after)[:limit]

    # What they bring about

    def note(self, work: Sequence[tuple[Any, Any]], now: datetime) -> None:
        for row, effect in work:
            contact = row.state.contact_id
            if row.state.journey_id != self.stories[contact].journey:
                continue  # a journey by the calendar looks at everybody, and lets go of those of others
            self.effects[contact].append((now, effect))
            said = self.stories[contact].fate(effect, now)
            if said is not None:
                self.fates.append((said[0], next(self.order), row.id, said[1]))
            for visit in effect.visits if isinstance(effect, CancelMessages) else ():
                self._call_back(row.id, visit, now)

    def _call_back(self, row: int, visit: int, now: datetime) -> None:
        kept = [fate for fate in self.fates if (fate[2], getattr(fate[3], "visit", 0)) != (row, visit)]
        self.fates = [*kept, (now, next(self.order), row, SendOutcome(visit, Outcome.CANCELLED, now))]

    # Time

    def run(self) -> None:
        told = self._timeline()
        days = [MONDAY + ahead * DAY for ahead in range((HORIZON - MONDAY).days + 1)]
        while True:
            moments = [fate[0] for fate in self.fates] + [at for at, *_ in told[:1]] + days[:1]
            due = Enrolment.objects.filter(due_at__isnull=False).order_by("due_at").first()
            if due is not None and due.due_at is not None:
                moments.append(max(self.now, due.due_at))
            moment = min(moments, default=None)
            if moment is None or moment > HORIZON:
                return
            self.now = moment
            if days and days[0] <= moment:
                days.pop(0)
                while driver.sweep(self, self.load, self.now):
                    pass
            facts = []
            while told and told[0][0] == moment:
                _, contact, name, data = told.pop(0)
                facts.append(self.fact(name, contact, data))
            self._feed(facts)
            self._feed(self._ends(moment))
            while driver.run_due(self.load, self.now):
                pass

    def _timeline(self) -> list[tuple[datetime, int, str, dict[str, Any]]]:
        told = [(at, who, name, data) for who, story in self.stories.items() for at, name, data in story.told]
        return sorted((each for each in told if each[0] <= HORIZON), key=lambda each: each[:2])

    def _feed(self, facts: list[Fact]) -> None:
        if facts:
            driver.feed(facts, self.load, self.now)

    def _ends(self, moment: datetime) -> list[Fact]:
        over = sorted(fate for fate in self.fates if fate[0] <= moment)
        self.fates = [fate for fate in self.fates if fate[0] > moment]
        whose = {
            row.id: row.contact_id for row in Enrolment.objects.filter(id__in=[each[2] for each in over])
        }
        return [self.fact(name, whose[row], data) for *_, row, said in over
                for name, data in (as_fact(said, row),)]  # fmt: skip

    def fact(self, name: str, contact: int, data: dict[str, Any]) -> Fact:
        (ident,) = record([NewFact(name, contact, data, self.now)], now=self.now)
        return Fact(ident, name, contact, self.now, self.now, data)


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


def in_memory(story: Story) -> Trace:
    plan = plans.plan_of(story.version)
    simulation = Simulation(
        plan,
        lambda keys, at: {key: story.fact(key, at) for key in keys},
        lambda _send, _now: None,
        story.fate,
        State(story.journey, story.contact, ""),
    )
    for at, name, data in story.told:
        simulation.add(Happening(at, name, data))
    if plan.starting and not plan.key_field:
        simulation.wait_for_occasion(LATE)
    return simulation.run(HORIZON)


def compare(story: Story, live: Live) -> None:
    trace = in_memory(story)
    row = Enrolment.objects.filter(contact_id=story.contact, journey_id=story.journey).first()
    assert live.effects[story.contact] == list(trace.effects)
    if row is None:
        assert trace.steps == 0
        return
    assert row.failures == 0, row.error
    visits = (
        Visit.objects.filter(enrolment=row).order_by("visit").values_list("visit", "step", "at", "result")
    )
    assert list(visits) == [(each.visit, each.step, each.since, each.result[:40]) for each in trace.visits]
    said = (row.step, row.visit, row.phase, row.due_at, row.end_reason)
    state = trace.state
    assert said == (state.step, state.visit, state.phase, state.due_at, state.end_reason)


@pytest.mark.slow
@pytest.mark.django_db
def test_both_engines_tell_the_same_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for slug in SLUGS:
        touchpoint(slug)
    real = effects.carry_out
    walked: set[type] = set()
    reached: set[type] = set()

    @settings(
        max_examples=(OFTEN if settings().max_examples < NIGHTLY else NIGHTLY) // TOGETHER,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*(stories(number) for number in range(TOGETHER))))
    def all_alike(told: tuple[Story, ...]) -> None:
        sid = transaction.savepoint()
        try:
            make(told)
            live = Live(told)

            def carry_out(work: Sequence[tuple[Any, Any]], now: datetime) -> None:
                real(work, now)
                live.note(work, now)

            monkeypatch.setattr(effects, "carry_out", carry_out)
            live.run()
            for story in told:
                compare(story, live)
            walked.update(type(effect) for made in live.effects.values() for _, effect in made)
            reached.update(_reached(told))
        finally:
            transaction.savepoint_rollback(sid)

    all_alike()
    assert walked >= {EnqueueSend, OpenTask, CallWebhook, CancelMessages}, "the stories are about something"
    assert reached == {*get_args(Entry), *get_args(Step)}, "every way to begin, and every step"


def _reached(told: Sequence[Story]) -> Iterator[type]:
    """Kinds of entries by which somebody began on the database, and of steps that somebody came to."""
    by_journey = {story.journey: story.definition for story in told}
    mine = {story.contact: story.journey for story in told}
    rows = Enrolment.objects.filter(contact_id__in=mine, visit__gt=0)
    been = defaultdict(set, {row.id: {row.step} for row in rows if mine[row.contact_id] == row.journey_id})
    for enrolment, step in Visit.objects.filter(enrolment_id__in=been).values_list("enrolment_id", "step"):
        been[enrolment].add(step)
    for row in rows:
        if row.id in been:
            definition = by_journey[row.journey_id]
            yield type(definition.entry)
            yield from (type(step) for step in definition.steps if step.id in been[row.id])
