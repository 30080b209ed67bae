"""One story, two engines: any journey, any story, on the database and as it is told, event by event.

``rules.story.tell`` is what pages, stored tests and the replay of the past use. The live engine lives
through a story first; then the story is told with the answers that people and other systems really gave,
as a replay is. Both must come to the same ways, visits, effects, messages and ends at the same moments.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, get_args
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tactful.delivery.types import CapScope
from tactful.gate.types import BasisFact, BasisKind, GateSettings, OnRelease, StandingHoldFact
from tactful.gate.types import Facts as GateFacts
from tactful.journeys import effects, plans
from tactful.journeys.models import Enrolment, Visit
from tactful.journeys.rules.moves import (
    CallWebhook,
    CancelMessages,
    EnqueueSend,
    Event,
    Facts,
    OpenTask,
    StartOther,
    StopOther,
)
from tactful.journeys.rules.posting import Post
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Letter, Scene, Sending, Tale, Told, Walk
from tactful.journeys.tests.world import touchpoint
from tactful.journeys.types import END, Definition, Entry, EventEntry, Not, Send, Step, Tag, Text

from .build import MONDAY
from .invented import BYTES, DAY, OPEN, SLUGS, Fate, Story, story_of
from .lived import HORIZON, REFUSE, RELEASES, Live, Wanted, make
from .told import ALWAYS_OPEN, POINTS, Happened, replace_standing

TOGETHER = 125  # stories that the live engine walks side by side
OFTEN, NIGHTLY = 500, 20_000  # stories
NEVER = HORIZON + DAY
LAST_DAY = 9999_12_31


# The story as it is told


Named = tuple[str, int, int]  # a message: entry key, entry number and visit


@dataclass
class TheirWorld:
    """What is known at a moment, and what stands against each message until its end. ``asked``: the message
    before the gate. Two ways may ask for one at the same moment, each engine in its own order, so a message
    is not known by its number."""

    story: Story
    letters: Mapping[Named, Wanted]
    asked: Named = ("", 0, 0)

    def fact(self, contact: int, key: str, now: datetime) -> Any:
        del contact
        return self.story.fact(key, now)

    def gate_facts(self, letter: Letter, now: datetime) -> GateFacts:
        wanted = self.letters.get(self.asked)
        assert wanted is not None, f"a message that nobody wanted on the database: {self.asked}"
        known = replace_standing(letter, tuple(self._hold(wanted, now)))
        return known._replace(basis=BasisFact(BasisKind.NONE)) if self._is_refused(wanted, now) else known

    def _hold(self, wanted: Wanted, now: datetime) -> Iterator[StandingHoldFact]:
        if wanted.until is None or now < wanted.until:
            ends = RELEASES.get(wanted.fate.end, OnRelease.SEND) if wanted.until else OnRelease.ASK
            yield StandingHoldFact(1, "contact", "quiet", None, wanted.until or NEVER, ends)

    def _is_refused(self, wanted: Wanted, now: datetime) -> bool:
        return wanted.fate.end == REFUSE and wanted.until is not None and now >= wanted.until

    def scope(self, contact: int, now: datetime) -> CapScope | None:
        raise AssertionError(f"A reminder to {contact} counts in no cap at {now}.")

    def settings(self, now: datetime) -> GateSettings:
        del now
        return ALWAYS_OPEN


def told_of(story: Story, live: Live, rows: Sequence[Enrolment]) -> Tale:
    events = [
        Told(each.at, story.contact, Event(each.name, live.ids[story.contact, place], each.when, each.data))
        for place, each in enumerate(story.told)
        if each.at <= HORIZON
    ]
    told = sorted([*events, *live.answers[story.contact]], key=lambda each: each.at)
    ways = {row.id: (row.entry_key, row.entry_no) for row in rows}
    letters = {(*ways[each.row], each.effect.visit): each for each in live.letters[story.contact]}
    world = TheirWorld(story, letters)
    scene = Scene(
        plans.plan_of(story.version),
        world,
        POINTS,
        journey_id=story.journey,
        people=(story.contact,),
        since=MONDAY,
    )
    ask = Post.ask

    def ask_for(post: Post, sending: Sending, known: Facts, now: datetime) -> None:
        world.asked = (sending.walk.key, sending.walk.entry_no, sending.effect.visit)
        ask(post, sending, known, now)

    with patch.object(Post, "ask", ask_for):
        return tell(scene, told, HORIZON)


# Both beside each other


@dataclass(frozen=True)
class Way:
    """One way through a journey, as either engine tells it."""

    stands: tuple[Any, ...]
    visits: list[tuple[Any, ...]]
    effects: list[tuple[datetime, Any]]
    came: list[tuple[datetime, int, str]]


Ways = dict[tuple[str, int], Way]


def lived(rows: Sequence[Enrolment], visits: Mapping[int, list[Any]], live: Live) -> Ways:
    return {
        (row.entry_key, row.entry_no): Way(
            (row.step, row.visit, row.phase, row.due_at, row.end_reason, row.ended_at, _kept(row.context),
             row.wait_since),
            visits.get(row.id, []),
            live.effects[row.id],
            sorted(live.came[row.id]),
        )
        for row in rows
        if row.visit
    }  # fmt: skip


def told(tale: Tale) -> Ways:
    """Of those that have begun: how early others stand ready is a matter of looking ahead."""
    return {(walk.key, walk.entry_no): _way(walk, tale) for walk in tale.walks if walk.state.visit}


def _kept(context: Mapping[str, Any]) -> dict[str, Any]:
    """Without the number of the day for which a row of the calendar was first made: it may have moved."""
    seen = [ident for ident in context.get("seen", ()) if ident > LAST_DAY]
    return {**context, "seen": seen}


def _way(walk: Walk, tale: Tale) -> Way:
    state = walk.state
    came = [
        (each.at, each.effect.visit, str(each.fate))
        for each in tale.sendings
        if each.walk is walk and each.at is not None
    ]
    stays = [(each.step, each.since, each.result[:40]) for each in walk.stays]
    context = _kept(json.loads(json.dumps(dict(state.context))))
    return Way(
        (state.step, state.visit, state.phase, state.due_at, state.end_reason, walk.ended_at, context,
         state.wait_since),
        stays,
        [(at, effect) for at, who, effect in tale.did if who is walk],
        sorted(came),
    )  # fmt: skip


def compare(told_so: Sequence[Story], live: Live) -> Iterator[Tale]:
    journeys = {story.journey: story.contact for story in told_so}
    rows = [
        row
        for row in Enrolment.objects.filter(journey_id__in=journeys).order_by(
            "contact_id", "entered_at", "id"
        )
        if journeys[row.journey_id] == row.contact_id
    ]
    visits = defaultdict(list)
    of_rows = Visit.objects.filter(enrolment__in=rows).order_by("enrolment_id", "visit")
    for enrolment, *visit in of_rows.values_list("enrolment_id", "step", "at", "result"):
        visits[enrolment].append(tuple(visit))
    mine = {contact: list(group) for contact, group in groupby(rows, key=lambda row: row.contact_id)}
    for story in told_so:
        own = mine.get(story.contact, [])
        assert [row.error for row in own if row.failures] == []
        tale = told_of(story, live, own)
        assert [(walk.trouble, walk.unknown) for walk in tale.walks if walk.trouble or walk.unknown] == []
        apart = list(_apart(lived(own, visits, live), told(tale)))
        assert apart == [], f"{apart[0]}\n{story!r}"
        _compare_lists(tale)
        yield tale


def _apart(on_database: Ways, in_tale: Ways) -> Iterator[str]:
    """Where the two go apart, the database first."""
    for key in sorted(on_database.keys() | in_tale.keys()):
        one, other = on_database.get(key), in_tale.get(key)
        if one is None or other is None:
            yield f"{key}: {one}\n{other}"
            continue
        for name in ("visits", "effects", "came", "stands"):
            if getattr(one, name) != getattr(other, name):
                yield f"{key}, {name}:\n{getattr(one, name)}\n{getattr(other, name)}"


def _compare_lists(tale: Tale) -> None:
    """The lists that pages show say what the effects say, each at its step."""
    steps = {(id(walk), walk.state.visit): walk.state.step for walk in tale.walks} | {
        (id(walk), number): stay.step for walk in tale.walks for number, stay in enumerate(walk.stays, 1)
    }
    shown = [
        *((each.wanted_at, id(each.walk), each.step) for each in tale.sendings),
        *((each.opened_at, id(each.walk), each.step) for each in tale.tasks),
        *((each.at, id(each.walk), each.step) for each in tale.calls),
        *((each.at, id(each.walk), each.step) for each in tale.others),
    ]
    kinds = EnqueueSend | OpenTask | CallWebhook | StartOther | StopOther
    asked = [(at, id(walk), effect.visit) for at, walk, effect in tale.did if isinstance(effect, kinds)]
    did = [(at, walk, steps[walk, visit]) for at, walk, visit in asked]
    assert sorted(shown) == sorted(did)


@pytest.mark.slow
@pytest.mark.django_db
def test_both_engines_tell_the_same_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for slug in SLUGS:
        touchpoint(slug)
    # What is written here was made by types; that documents are checked has tests of its own.
    monkeypatch.setattr("tactful.journeys.rules.definition.problems_of", lambda *_: ())
    seen: set[Any] = set()
    for stories in invented(OFTEN if settings().max_examples < NIGHTLY else NIGHTLY):
        for story, tale in zip(stories, on_both(stories, monkeypatch), strict=True):
            seen.update(_seen(story, tale))
    assert seen >= {*get_args(Entry), *get_args(Step)}, "every way to begin, and every step"
    assert seen >= {EnqueueSend, OpenTask, CallWebhook, CancelMessages}, "the stories are about something"


def on_both(stories: Sequence[Story], monkeypatch: pytest.MonkeyPatch) -> list[Tale]:
    """The stories as they are told, after the live engine has come to the same."""
    real = effects.carry_out
    sid = transaction.savepoint()
    make(stories)
    live = Live(stories)

    def carry_out(work: Sequence[tuple[Any, Any]], now: datetime) -> None:
        real(work, now)
        live.note(work, now)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(effects, "carry_out", carry_out)
            live.run()
        return list(compare(stories, live))
    finally:
        transaction.savepoint_rollback(sid)


def invented(number: int) -> Iterator[list[Story]]:
    """So many stories of Hypothesis, ``TOGETHER`` at a time."""
    stories: list[Story] = []

    @settings(
        max_examples=number, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.binary(min_size=BYTES, max_size=BYTES))
    def throw(thrown: bytes) -> None:
        stories.append(story_of(len(stories), thrown))

    throw()
    assert len(stories) == number
    for first in range(0, number, TOGETHER):
        yield stories[first : first + TOGETHER]


def _seen(story: Story, tale: Tale) -> Iterator[Any]:
    """Kinds of entries by which somebody began, of steps that somebody came to, and of what they did."""
    kinds = {step.id: type(step) for step in story.definition.steps}
    for walk in tale.walks:
        if walk.state.visit:
            yield type(story.definition.entry)
            yield from (kinds[stay.step] for stay in walk.stays if stay.step)
            yield from (kinds[walk.state.step],) if walk.state.step else ()
    yield from (type(effect) for _, _, effect in tale.did)
    yield from (each.fate for each in tale.sendings)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("end", "goes"), [(REFUSE, "b"), (0, "c")])
def test_what_is_refused_for_two_reasons_is_refused_for_the_first(
    end: int, goes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was wanted while its condition held; when its hold ends, that holds no more, and with one of the
    two fates there is no basis either. Only a condition that fails lets the journey go on to ``next``."""
    touchpoint(SLUGS[0])
    monkeypatch.setattr("tactful.journeys.rules.definition.problems_of", lambda *_: ())
    send = Send("a", "c", SLUGS[0], "t", Not(OPEN), if_not_sent="b")
    steps = (send, Tag("b", END, ("vip",), ()), Tag("c", END, ("old",), ()))
    journey = Definition("story-126", Text("S", "S"), EventEntry("wanted126", None, "visit126"), steps)
    told = [Happened(MONDAY + DAY, "wanted126", {"visit126": "7"})]
    born = [(MONDAY - DAY, "1980-03-14")]
    story = Story(126, journey, told, [Fate(4, end)], MONDAY + 2 * DAY, born, {})
    (tale,) = on_both([story], monkeypatch)
    (walk,) = tale.walks
    assert [stay.step for stay in walk.stays] == ["a", goes]
    assert [each.fate for each in tale.sendings] == ["refused"]
