"""``step``, one case after the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.engine import begin, step, wanted
from tactful.journeys.rules.moves import (
    Advance,
    Ask,
    CancelMessages,
    CloseTask,
    Due,
    EnqueueSend,
    Entered,
    Event,
    OpenTask,
    Outcome,
    Phase,
    RecordEvent,
    Released,
    SendOutcome,
    State,
    Stop,
    TaskAnswered,
)
from tactful.journeys.types import (
    CLIENT_REPLIED,
    END,
    Arm,
    Branch,
    Compare,
    Delay,
    Exit,
    ExitRule,
    Op,
    Ref,
    Share,
    Source,
    Split,
    Task,
    Update,
    Wait,
)

from .build import KEY, MISSING, MONDAY, hours, knowing, moved, plan, someone

PLAN = plan()
DATA = {"engagement": "17", "secret": "not asked for"}


def entered() -> State:
    return moved(PLAN, someone(), Entered(MONDAY, DATA, 1), MONDAY).state


def sent(state: State, after: timedelta = timedelta(hours=1)) -> State:
    at = MONDAY + after
    return moved(PLAN, state, SendOutcome(state.visit, Outcome.SENT, at), at).state


def reminded() -> State:
    waiting = sent(entered())
    return moved(PLAN, waiting, Due(), MONDAY + hours(49)).state


def at_task() -> State:
    state = reminded()
    at = MONDAY + hours(50)
    resting = moved(PLAN, state, SendOutcome(state.visit, Outcome.SENT, at), at).state
    assert resting.due_at is not None
    return moved(PLAN, resting, Due(), resting.due_at).state


def event(name: str, after: timedelta, ident: int = 5, engagement: str = "17") -> Event:
    return Event(name, ident, MONDAY + after, {"engagement": engagement})


def test_beginning_asks_for_the_first_message_and_waits_for_what_becomes_of_it() -> None:
    answer = moved(PLAN, someone(), Entered(MONDAY, DATA, 1), MONDAY + hours(0.5))
    (send,) = answer.effects
    assert isinstance(send, EnqueueSend)
    assert (send.visit, send.touchpoint, send.due_at, send.about) == (1, "request", MONDAY, "engagement=17")
    assert send.latest_at == MONDAY + timedelta(days=10)
    assert (answer.state.phase, answer.state.due_at, answer.state.visit) == (Phase.SENDING, None, 1)


def test_the_context_keeps_only_what_the_definition_asks() -> None:
    assert entered().context["entry"] == {"engagement": "17"}


def test_a_wait_counts_from_the_outcome_and_not_from_the_wish() -> None:
    state = sent(entered(), after=timedelta(days=3))
    assert state.due_at == MONDAY + timedelta(days=5)
    assert (state.phase, state.wait_event, state.wait_match) == (
        Phase.WAITING_EVENT,
        "viewed",
        {"engagement": "17"},
    )


def test_the_awaited_event_leads_on_and_its_duplicate_does_nothing() -> None:
    answer = moved(PLAN, sent(entered()), event("viewed", hours(3)), MONDAY + hours(3))
    assert [type(effect) for effect in answer.effects] == [EnqueueSend]
    assert answer.visits[0].result == "event"
    again = moved(PLAN, answer.state, event("viewed", hours(3)), MONDAY + hours(4))
    assert again.state is answer.state
    assert again.effects == ()


@pytest.mark.parametrize(
    ("stimulus", "why"),
    [
        (event("viewed", hours(3), engagement="18"), "another object"),
        (event("viewed", hours(0.5)), "before the wait"),
        (event("viewed", hours(3), ident=1), "the event that began it"),
        (event("viewed", hours(-3)), "before the journey"),
        (event("unheard", hours(3)), "nobody listens"),
        (Due(), "not due yet"),
        (SendOutcome(1, Outcome.DEAD, MONDAY + hours(3)), "outcome known already"),
        (SendOutcome(2, Outcome.SENT, MONDAY + hours(3)), "no message on this visit"),
        (Released(1, MONDAY + hours(3)), "nothing is held"),
        (TaskAnswered(2, MONDAY + hours(3)), "no task"),
        (Entered(MONDAY + hours(3), DATA), "inside already"),
        (event("complete", hours(3), engagement="18"), "another object's goal"),
        (event("cancelled", hours(3), engagement="18"), "another object's exit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_changes_nothing(stimulus: Due, why: str) -> None:
    state = sent(entered())
    answer = moved(PLAN, state, stimulus, MONDAY + hours(4))
    assert answer.state is state, why
    assert (answer.effects, answer.visits) == ((), ()), why


def test_time_out_reminds_only_if_still_true() -> None:
    waiting = sent(entered())
    yes = moved(PLAN, waiting, Due(), MONDAY + hours(49))
    assert isinstance(yes.effects[0], EnqueueSend)
    assert yes.effects[0].still_true == MISSING
    no = moved(PLAN, waiting, Due(), MONDAY + hours(49), {**knowing(), KEY: False})
    assert no.effects == ()
    assert [visit.result for visit in no.visits] == ["timeout", "not_true"]
    assert (no.state.step, no.state.phase) == ("rest", Phase.WAITING)


def test_a_missing_fact_is_asked_for_with_what_the_walk_may_want_too() -> None:
    answer = step(PLAN, sent(entered()), Due(), {}, MONDAY + hours(49))
    assert isinstance(answer, Ask)
    assert set(answer.keys) == {KEY, "calendar.place"}
    assert set(wanted(PLAN, sent(entered()))) == {KEY, "calendar.place"}


def test_a_fact_that_cannot_be_read_leaves_everything_as_it_is() -> None:
    state = sent(entered())
    answer = moved(PLAN, state, Due(), MONDAY + hours(49), {KEY: UNKNOWN, "calendar.place": UNKNOWN})
    assert answer == Advance(state, unread=(KEY,))


def test_after_downtime_the_message_says_when_it_was_meant_to_go() -> None:
    answer = moved(PLAN, sent(entered()), Due(), MONDAY + timedelta(days=9))
    assert isinstance(answer.effects[0], EnqueueSend)
    assert answer.effects[0].due_at == MONDAY + hours(49)


@pytest.mark.parametrize(
    ("outcome", "check", "lands"),
    [
        (Outcome.SENT, "", "rest"),
        (Outcome.MERGED, "", "rest"),
        (Outcome.CANCELLED, "", "rest"),
        (Outcome.REFUSED, "still_true", "rest"),
        (Outcome.REFUSED, "basis", "call"),
        (Outcome.EXPIRED, "", "call"),
        (Outcome.DEAD, "", "call"),
    ],
)
def test_an_outcome_leads_on_or_to_the_other_way(outcome: Outcome, check: str, lands: str) -> None:
    state, at = reminded(), MONDAY + hours(60)
    assert moved(PLAN, state, SendOutcome(state.visit, outcome, at, check), at).state.step == lands


def test_release_with_recompute_thinks_again_under_a_new_visit() -> None:
    state, at = entered(), MONDAY + timedelta(days=4)
    answer = moved(PLAN, state, Released(1, at), at)
    cancel, send = answer.effects
    assert cancel == CancelMessages((1,), "recompute")
    assert isinstance(send, EnqueueSend)
    assert (send.visit, send.due_at) == (2, at)
    assert send.latest_at == MONDAY + timedelta(days=10), "the latest moment does not move"
    twice = moved(PLAN, answer.state, Released(1, at), at)
    assert twice.effects == ()
    late = moved(PLAN, answer.state, SendOutcome(1, Outcome.CANCELLED, at), at)
    assert late.state is answer.state


def test_release_drops_what_is_no_longer_true_and_waits_from_then() -> None:
    state, at = reminded(), MONDAY + timedelta(days=6)
    answer = moved(PLAN, state, Released(state.visit, at), at, {**knowing(), KEY: False})
    assert [type(effect) for effect in answer.effects] == [CancelMessages]
    assert answer.state.step == "rest"
    assert answer.state.wait_since == at


def test_the_goal_calls_back_what_is_under_way_and_goes_on_once() -> None:
    state = reminded()
    answer = moved(PLAN, state, event("complete", hours(50)), MONDAY + hours(50))
    kinds = [type(effect) for effect in answer.effects]
    assert kinds == [RecordEvent, CancelMessages, EnqueueSend]
    again = moved(PLAN, answer.state, event("complete", hours(51), ident=6), MONDAY + hours(51))
    assert again.effects == ()
    at = MONDAY + hours(52)
    end = moved(PLAN, answer.state, SendOutcome(answer.state.visit, Outcome.SENT, at), at)
    assert (end.state.phase, end.state.end_reason) == (Phase.ENDED, "goal")


def test_a_goal_that_was_reached_while_the_message_was_held_is_heard() -> None:
    answer = moved(PLAN, entered(), event("complete", hours(2)), MONDAY + hours(2))
    assert CancelMessages((1,), "goal") in answer.effects


def test_a_reply_stops_the_journey_unless_it_was_told_otherwise() -> None:
    reply = Event(CLIENT_REPLIED, 9, MONDAY + hours(2), {})
    ended = moved(PLAN, entered(), reply, MONDAY + hours(2))
    assert ended.state.end_reason == "reply"
    assert CancelMessages((1,), "reply") in ended.effects
    deaf = plan(stop_on_reply=False)
    state = moved(deaf, someone(), Entered(MONDAY, DATA), MONDAY).state
    assert moved(deaf, state, reply, MONDAY + hours(2)).state is state


def test_the_task_goes_on_with_the_answer() -> None:
    state = at_task()
    assert state.phase is Phase.TASK
    assert state.due_at is not None
    again = moved(PLAN, state, TaskAnswered(state.visit, MONDAY + hours(90), "again"), MONDAY + hours(90))
    assert again.state.step == "remind"
    assert again.state.context["answers"] == {"call": "again"}
    done = moved(PLAN, state, TaskAnswered(state.visit, MONDAY + hours(90), "done"), MONDAY + hours(90))
    assert done.state.end_reason == "completed"
    assert (
        moved(PLAN, done.state, TaskAnswered(state.visit, MONDAY, "again"), MONDAY + hours(99)).effects == ()
    )


def test_an_unanswered_task_is_closed_and_left() -> None:
    state = at_task()
    assert state.due_at is not None
    answer = moved(PLAN, state, Due(), state.due_at)
    assert CloseTask(state.visit, "timeout") in answer.effects
    assert answer.state.step == "stop"
    assert answer.state.phase is Phase.ENDED


@pytest.mark.parametrize(
    ("priority", "otherwise", "may_pass"),
    [(10, "stop", True), (20, END, True), (21, "stop", False), (10, "thank", False), (10, None, False)],
)
def test_what_comes_last_and_just_ends_may_be_let_be(
    priority: int, otherwise: str | None, may_pass: bool
) -> None:
    steps = tuple(
        replace(s, otherwise=otherwise) if isinstance(s, Task) else s for s in PLAN.definition.steps
    )
    made = plan(priority=priority, steps=steps)
    task = next(step.id for step in steps if isinstance(step, Task))
    state = State(1, 2, "17", step="rest", visit=3, phase=Phase.WAITING, due_at=MONDAY, wait_since=MONDAY)
    (opened,) = (e for e in moved(made, state, Due(), MONDAY).effects if isinstance(e, OpenTask))
    assert (task, opened.may_pass) == ("call", may_pass)


def test_a_task_is_not_opened_for_what_has_been_settled() -> None:
    state, at = reminded(), MONDAY + hours(60)
    dead = SendOutcome(state.visit, Outcome.DEAD, at)
    answer = moved(PLAN, state, dead, at, {**knowing(), KEY: False})
    assert not any(isinstance(effect, OpenTask) for effect in answer.effects)


def test_exits_and_stops_cancel_and_end() -> None:
    gone = moved(PLAN, entered(), event("cancelled", hours(1)), MONDAY + hours(1))
    assert (gone.state.end_reason, gone.effects[0]) == ("exit", CancelMessages((1,), "exit"))
    stopped = moved(PLAN, at_task(), Stop(MONDAY + hours(99), "erased"), MONDAY + hours(99))
    assert stopped.state.end_reason == "erased"
    assert isinstance(stopped.effects[0], CloseTask)
    assert moved(PLAN, stopped.state, Stop(MONDAY + hours(99)), MONDAY + hours(99)).effects == ()


def test_an_exit_condition_is_asked_at_each_movement() -> None:
    left = Compare(Ref(Source.ATTRIBUTE, "left"), Op.HOLDS)
    watching = plan(exits=(ExitRule(condition=left),))
    asked = step(watching, someone(), Entered(MONDAY, DATA), knowing(), MONDAY)
    assert asked == Ask(("contact.attribute.left",))
    facts = {**knowing(), "contact.attribute.left": True}
    assert moved(watching, someone(), Entered(MONDAY, DATA), MONDAY, facts).state.end_reason == "exit"


def test_a_ready_row_walks_when_it_falls_due() -> None:
    ready = begin(PLAN, someone(), Entered(MONDAY, DATA, 1))
    assert (ready.phase, ready.due_at) == (Phase.READY, MONDAY)
    later = MONDAY + hours(0.1)
    by_due = moved(PLAN, ready, Due(), later)
    assert by_due == moved(PLAN, someone(), Entered(MONDAY, DATA, 1), later)


def test_what_a_step_sets_counts_for_the_next_one() -> None:
    vip = Compare(Ref(Source.ATTRIBUTE, "tier"), Op.IS, "gold")
    steps = (
        Update("set", "ask", {"tier": "gold"}),
        Branch("ask", "no", (Arm(vip, "yes"),)),
        Exit("yes"),
        Exit("no"),
    )
    gold = plan(steps=steps, goal=None)
    facts = {"contact.attribute.tier": "plain"}
    answer = moved(gold, someone(), Entered(MONDAY, DATA), MONDAY, facts)
    assert [visit.step for visit in answer.visits] == ["set", "ask", "yes"]


def test_a_split_is_a_hash_and_keeps_its_shares() -> None:
    steps = (Split("coin", "", (Share(1, "a"), Share(3, "b"))), Exit("a"), Exit("b"))
    halves = plan(steps=steps, goal=None)

    def lands(contact_id: int) -> str:
        state = someone(contact_id=contact_id)
        return moved(halves, state, Entered(MONDAY, DATA), MONDAY).visits[1].step

    landed = [lands(number) for number in range(1000)]
    assert landed == [lands(number) for number in range(1000)]
    assert 200 < landed.count("a") < 300


def test_a_circle_without_a_rest_ends_instead_of_hanging() -> None:
    circle = plan(steps=(Update("a", "b", {"x": 1}), Update("b", "a", {"x": 2})), goal=None)
    assert moved(circle, someone(), Entered(MONDAY, DATA), MONDAY).state.end_reason == "circles"


def test_a_wait_until_a_date_that_is_not_known_ends_visibly() -> None:
    until = Wait("until", "", Delay(until=Ref(Source.ENTRY, "starts_at"), earlier=hours(24)))
    dated = plan(steps=(until,), goal=None)
    unknown = moved(dated, someone(), Entered(MONDAY, DATA), MONDAY)
    assert unknown.state.end_reason == "no_date"
    known = {**DATA, "starts_at": "2026-03-10T12:00:00+01:00"}
    state = moved(dated, someone(), Entered(MONDAY, known), MONDAY).state
    assert state.due_at == datetime(2026, 3, 9, 11, 0, tzinfo=UTC)


def test_a_step_that_this_version_does_not_have_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(KeyError):
        moved(PLAN, replace(sent(entered()), step="gone"), Due(), MONDAY + hours(99))
