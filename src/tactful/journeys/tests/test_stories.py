"""The recipe, lived through: one client, one engagement, a virtual clock."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.gate.types import UNKNOWN
from tactful.journeys import recipes
from tactful.journeys.rules.calendar import ZoneCalendar
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.moves import (
    CancelMessages,
    EnqueueSend,
    Facts,
    OpenTask,
    Outcome,
    Phase,
    RecordEvent,
    Released,
    Stimulus,
    TaskAnswered,
)
from tactful.journeys.rules.plan import compile_plan
from tactful.journeys.rules.simulate import Happening, Trace, sent_at_once, simulate
from tactful.journeys.types import CLIENT_REPLIED, Delay, Send, Wait

from .build import hours, plan

RECIPE = compile_plan(read(recipes.text("annual-accounts-documents")))
START = datetime(2027, 1, 11, 10, 30, tzinfo=UTC)  # a Monday, 11:30 in Bergen
OSLO = ZoneCalendar("Europe/Oslo", lambda day: day == date(2027, 1, 25))
DATA = {"engagement": 17, "year": 2026}
YEAR = START + timedelta(days=365)


def world(missing: Callable[[datetime], Any]) -> Callable[[tuple[str, ...], datetime], Facts]:
    """``missing``: whether something is missing at a moment."""

    def answer(keys: tuple[str, ...], at: datetime) -> Facts:
        known = {"documents.missing:engagement=17": missing(at), "calendar.place": OSLO}
        return {key: known[key] for key in keys}

    return answer


def always(at: datetime) -> bool:
    return True


def wanted() -> Happening:
    return Happening(START, "engagement.documents_wanted", DATA)


def complete(at: datetime, **more: Any) -> Happening:
    return Happening(at, "documents.complete", {**DATA, **more})


def acting(at: datetime, stimulus: Stimulus) -> Happening:
    return Happening(at, stimulus=stimulus)


def story(trace: Trace) -> list[str]:
    """What the client and the staff got, with the clock on Bergen's walls."""
    zone = ZoneInfo("Europe/Oslo")
    return [
        f"{at.astimezone(zone):%a %d %b %H:%M} "
        + (effect.template if isinstance(effect, EnqueueSend) else effect.kind.value)
        for at, effect in trace.effects
        if isinstance(effect, EnqueueSend | OpenTask)
    ]


def test_the_documents_come_at_once() -> None:
    done = START + timedelta(days=3)
    trace = simulate(RECIPE, [wanted(), complete(done)], world(lambda at: at < done), YEAR)
    assert story(trace) == ["Mon 11 Jan 11:30 document-request", "Thu 14 Jan 11:30 document-received"]
    assert trace.state.end_reason == "goal"
    assert [effect.name for _, effect in trace.made(RecordEvent)] == ["journey.goal_reached", "journey.ended"]


def test_one_document_stays_missing_until_a_person_calls() -> None:
    trace = simulate(RECIPE, [wanted()], world(always), YEAR)
    assert story(trace) == [
        "Mon 11 Jan 11:30 document-request",
        "Mon 18 Jan 09:00 document-reminder-1",
        "Tue 26 Jan 09:00 document-reminder-2",
        "Tue 02 Feb 09:00 call",
    ]
    (task,) = trace.made(OpenTask)
    assert task[1].owner == "account_manager"
    assert task[1].about == "engagement=17"
    assert trace.state.phase is Phase.TASK
    reminder = trace.made(EnqueueSend)[1][1]
    names = [variable.name for variable in reminder.variables]
    assert names == ["matter", "deadline", "missing_list", "upload_url"]


def test_after_the_call_the_task_ends_it_and_late_documents_still_get_a_receipt() -> None:
    called = START + timedelta(days=25)
    answered = acting(called, TaskAnswered(7, called))
    trace = simulate(RECIPE, [wanted(), answered], world(always), YEAR)
    assert (trace.state.phase, trace.state.end_reason) == (Phase.ENDED, "completed")
    instead = simulate(RECIPE, [wanted(), complete(called)], world(always), YEAR)
    assert story(instead)[-1] == "Fri 05 Feb 11:30 document-received"


def test_a_reply_in_the_middle_holds_and_the_reminder_is_thought_over() -> None:
    """The gate holds the first reminder; when the talk is over nothing is missing any more but one."""
    talk_over = START + timedelta(days=11)

    def gate(send: EnqueueSend, now: datetime) -> tuple[datetime, Outcome] | None:
        held = send.template == "document-reminder-1" and now < talk_over
        return None if held else sent_at_once(send, now)

    replied = Happening(START + timedelta(days=6), CLIENT_REPLIED, {})
    trace = simulate(
        RECIPE, [wanted(), replied, acting(talk_over, Released(3, talk_over))], world(always), YEAR, gate
    )
    assert story(trace) == [
        "Mon 11 Jan 11:30 document-request",
        "Mon 18 Jan 09:00 document-reminder-1",
        "Fri 22 Jan 11:30 document-reminder-1",
        "Mon 01 Feb 09:00 document-reminder-2",
        "Mon 08 Feb 09:00 call",
    ]
    assert trace.made(CancelMessages)[0][1] == CancelMessages((3,), "recompute")


def test_a_reply_that_settles_it_drops_the_held_reminder() -> None:
    talk_over = START + timedelta(days=11)

    def gate(send: EnqueueSend, now: datetime) -> tuple[datetime, Outcome] | None:
        return None if send.template == "document-reminder-1" else sent_at_once(send, now)

    trace = simulate(
        RECIPE,
        [wanted(), acting(talk_over, Released(3, talk_over))],
        world(lambda at: at < talk_over),
        YEAR,
        gate,
    )
    assert story(trace) == ["Mon 11 Jan 11:30 document-request", "Mon 18 Jan 09:00 document-reminder-1"]
    assert trace.state.end_reason == "completed", "nobody is chased and nobody has to call"


def test_everything_comes_another_way_while_the_reminder_is_held() -> None:
    by_hand = START + timedelta(days=8)

    def gate(send: EnqueueSend, now: datetime) -> tuple[datetime, Outcome] | None:
        return None if send.template == "document-reminder-1" else sent_at_once(send, now)

    trace = simulate(
        RECIPE, [wanted(), complete(by_hand, how="by hand")], world(lambda at: at < by_hand), YEAR, gate
    )
    assert trace.made(CancelMessages)[0][1] == CancelMessages((3,), "goal")
    assert story(trace)[-1] == "Tue 19 Jan 11:30 document-received"
    assert trace.state.end_reason == "goal"


def test_a_dead_address_goes_straight_to_a_person() -> None:
    trace = simulate(RECIPE, [wanted()], world(always), YEAR, lambda send, now: (now, Outcome.DEAD))
    assert story(trace) == ["Mon 11 Jan 11:30 document-request", "Mon 11 Jan 11:30 call"]


def test_another_engagement_of_the_same_client_is_none_of_its_business() -> None:
    other = Happening(START + timedelta(days=1), "documents.complete", {"engagement": 18})
    trace = simulate(RECIPE, [wanted(), other], world(always), START + timedelta(days=2))
    assert trace.state.phase is Phase.WAITING_EVENT


def test_a_fact_that_cannot_be_read_for_a_while_only_delays() -> None:
    broken = (datetime(2027, 1, 18, tzinfo=UTC), datetime(2027, 1, 18, 12, tzinfo=UTC))
    facts = world(lambda at: UNKNOWN if broken[0] <= at < broken[1] else True)
    trace = simulate(RECIPE, [wanted()], facts, START + timedelta(days=8))
    assert story(trace)[-1] == "Mon 18 Jan 13:00 document-reminder-1"


def test_a_year_of_weekly_mails_keeps_its_time_on_the_wall() -> None:
    steps = (Send("mail", "week", "tip", "tip"), Wait("week", "mail", Delay(days=7, at=time(9))))
    weekly = plan(steps=steps, goal=None, exits=())
    start = Happening(START, "wanted", {"engagement": "17"})
    trace = simulate(weekly, [start], world(always), YEAR, lambda send, now: (now + hours(1), Outcome.SENT))
    walls = [at.astimezone(ZoneInfo("Europe/Oslo")).time() for at, _ in trace.made(EnqueueSend)]
    assert len(walls) == 53
    assert set(walls[1:]) == {time(9)}


def test_nothing_begins_without_its_event_or_its_object() -> None:
    nameless = Happening(START, "engagement.documents_wanted", {"year": 2026})
    trace = simulate(RECIPE, [nameless, complete(START + hours(1))], world(always), YEAR)
    assert (trace.steps, trace.state.visit) == (0, 0)
