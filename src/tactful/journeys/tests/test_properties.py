"""Whatever comes, in whatever order and however often (R20, R21)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tactful.gate.types import UNKNOWN
from tactful.journeys import recipes
from tactful.journeys.rules.batch import Failed, Item, advance_batch
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.engine import begin, step
from tactful.journeys.rules.moves import (
    Advance,
    CancelMessages,
    CloseTask,
    Due,
    Effect,
    EnqueueSend,
    Entered,
    Event,
    OpenTask,
    Outcome,
    Phase,
    Released,
    SendOutcome,
    State,
    Stimulus,
    Stop,
    TaskAnswered,
)
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.types import CLIENT_REPLIED

from .build import KEY, MONDAY, knowing, plan, someone, unhurried

PLANS = [plan(), plan(stop_on_reply=False), compile_plan(read(recipes.text("annual-accounts-documents")))]
NAMES = ["viewed", "complete", "cancelled", "documents.complete", "engagement.cancelled", CLIENT_REPLIED]

moments = st.integers(-48, 2000).map(lambda number: MONDAY + timedelta(hours=number))
visits = st.integers(0, 9)
events = st.builds(
    Event,
    st.sampled_from(NAMES),
    st.integers(1, 6),
    moments,
    st.sampled_from([{"engagement": "17"}, {"engagement": "18"}, {}]),
)
stimuli: st.SearchStrategy[Stimulus] = st.one_of(
    st.just(Due()),
    st.just(Due()),
    events,
    st.builds(SendOutcome, visits, st.sampled_from(Outcome), moments),
    st.builds(TaskAnswered, visits, moments, st.sampled_from(["again", "done"])),
    st.builds(Released, visits, moments),
    st.builds(Entered, moments, st.just({"engagement": "17"})),
    st.builds(Stop, moments),
)
script = st.lists(
    st.tuples(stimuli, st.integers(0, 200), st.sampled_from([True, False, UNKNOWN])), max_size=20
)
Fed = tuple[Stimulus, datetime, dict[str, Any], Advance]


def play(plan: Plan, moves: list[tuple[Stimulus, int, Any]], twice: bool = False) -> list[Fed]:
    """The script from an entered client on; the clock only moves on. ``twice``: each stimulus again."""
    state, now, fed = someone(), MONDAY, []
    for stimulus, wait, missing in [(Entered(MONDAY, {"engagement": "17"}, 1), 0, True), *moves]:
        now += timedelta(hours=wait)
        facts = {**knowing(), KEY: missing}
        for _ in range(2 if twice and not isinstance(stimulus, Due) else 1):
            answer = step(plan, state, stimulus, facts, now)
            assert isinstance(answer, Advance)
            state = answer.state
            fed.append((stimulus, now, facts, answer))
    return fed


def effects(fed: list[Fed]) -> list[Effect]:
    return [effect for *_, answer in fed for effect in answer.effects]


@unhurried
@given(st.sampled_from(PLANS), script)
def test_invariants(plan: Plan, moves: Any) -> None:
    fed = play(plan, moves)
    one_message_or_task_for_a_visit(fed)
    no_wish_is_left_alive_when_the_next_is_made(fed)
    time_moves_forward_and_each_phase_has_its_one_wait(fed)
    an_unread_fact_changes_nothing(fed)
    assert play(plan, moves) == fed, "the same stimuli give the same states"


def one_message_or_task_for_a_visit(fed: list[Fed]) -> None:
    made = [each.visit for each in effects(fed) if isinstance(each, EnqueueSend | OpenTask)]
    assert len(made) == len(set(made))


def no_wish_is_left_alive_when_the_next_is_made(fed: list[Fed]) -> None:
    """A message or task is answered or called back before the next one is asked for."""
    alive: set[int] = set()
    for stimulus, _, _, answer in fed:
        if isinstance(stimulus, SendOutcome | TaskAnswered) and answer.visits:
            alive.discard(stimulus.visit)
        for effect in answer.effects:
            if isinstance(effect, EnqueueSend | OpenTask):
                assert not alive
                alive.add(effect.visit)
            elif isinstance(effect, CancelMessages):
                alive.difference_update(effect.visits)
            elif isinstance(effect, CloseTask):
                alive.discard(effect.visit)
        assert not (answer.state.phase is Phase.ENDED and alive)


def time_moves_forward_and_each_phase_has_its_one_wait(fed: list[Fed]) -> None:
    before: State | None = None
    for _, now, _, answer in fed:
        state = answer.state
        assert state.wait_since is not None
        assert state.wait_since <= now
        if before is not None and before.wait_since is not None:
            assert state.wait_since >= before.wait_since
            assert state.visit >= before.visit
        assert (state.wait_event is not None) == (state.phase is Phase.WAITING_EVENT)
        if state.phase in (Phase.WAITING, Phase.WAITING_EVENT):
            assert state.due_at is not None
            assert state.due_at >= state.wait_since
        if state.phase in (Phase.SENDING, Phase.ENDED):
            assert state.due_at is None
        assert (state.end_reason != "") == (state.phase is Phase.ENDED)
        assert json.loads(json.dumps(state.context)) == state.context
        before = state


def an_unread_fact_changes_nothing(fed: list[Fed]) -> None:
    before: State | None = None
    for _, _, _, answer in fed:
        if answer.unread:
            assert answer.state is before
            assert answer.effects == ()
            assert answer.visits == ()
        before = answer.state


@unhurried
@given(st.sampled_from(PLANS), script)
def test_each_stimulus_twice_is_as_good_as_once(plan: Plan, moves: Any) -> None:
    once, twice = play(plan, moves), play(plan, moves, twice=True)
    assert effects(once) == effects(twice)
    assert once[-1][3].state == twice[-1][3].state


@unhurried
@given(st.sampled_from(PLANS), script)
def test_what_has_moved_the_journey_once_never_moves_it_again(plan: Plan, moves: Any) -> None:
    fed = play(plan, moves)
    state, now = fed[-1][3].state, fed[-1][1]
    for stimulus, _, _, answer in fed:
        if answer.visits and not isinstance(stimulus, Due):
            again = step(plan, state, stimulus, knowing(), now)
            assert isinstance(again, Advance)
            assert again.state is state
            assert again.effects == ()


@unhurried
@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_one_broken_enrolment_stops_nobody(broken: list[bool]) -> None:
    whole = begin(PLANS[0], someone(), Entered(MONDAY, {"engagement": "17"}))
    items = [
        Item(PLANS[0], replace(whole, contact_id=place, step="gone" if bad else "", visit=int(bad)), Due())
        for place, bad in enumerate(broken)
    ]
    items = [replace(item, state=replace(item.state, phase=Phase.WAITING)) if item.state.step else item
             for item in items]  # fmt: skip
    answers = advance_batch(items, lambda asked: [knowing() for _ in asked], MONDAY)
    assert [isinstance(answer, Failed) for answer in answers] == broken
    for item, answer in zip(items, answers, strict=True):
        alone = advance_batch([item], lambda asked: [knowing() for _ in asked], MONDAY)
        assert isinstance(answer, Failed) or alone == [answer]
