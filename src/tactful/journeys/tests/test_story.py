"""One client's story with the real gate at each send, and stored tests over it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tactful.gate.types import Check
from tactful.journeys.rules.expected import differences, lines_of, read_expected, write_expected
from tactful.journeys.rules.given import CLIENT, NotGiven, house_document, house_of, read_given
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Fate, Scene, Tale
from tactful.journeys.tests.build import plan
from tactful.journeys.types import (
    Approval,
    Arm,
    Branch,
    Compare,
    DateEntry,
    Delay,
    Exit,
    Op,
    Ref,
    Send,
    Source,
    StartJourney,
    StopJourney,
    Text,
    Update,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)  # fmt: skip
from tactful.touchpoints.types import Line, MessageClass, TouchpointView

MONDAY = "2026-03-02T09:00:00+01:00"
TRUE = {"fact": "documents.missing:engagement=17", "value": True}
WANTED = {"at": MONDAY, "name": "wanted", "data": {"engagement": 17}}
SLUGS = ("request", "reminder", "thanks", "receipt")


def point(
    slug: str, kind: MessageClass = MessageClass.REMINDER, line: Line = Line.STRUCTURAL
) -> TouchpointView:
    return TouchpointView(1, slug, 1, line, kind, None, slug, slug)


POINTS = {slug: point(slug) for slug in SLUGS}


def told(events: list[dict[str, Any]], points: Any = POINTS, **more: Any) -> Tale:
    document = {
        "client": {"zone": "Europe/Oslo", "country": "NO"},
        "facts": [TRUE],
        "events": [WANTED, *events],
        "until": "2026-04-30T12:00:00+02:00",
        **{key: value for key, value in more.items() if key != "plan"},
    }
    given = read_given(document)
    scene = Scene(more.get("plan") or plan(), given.world, points)
    return tell(scene, given.told, given.until, given.taken)


def said(tale: Tale) -> list[tuple[str, str, str]]:
    return [
        (line.kind, line.step, line.at.strftime("%d %H:%M") if line.at else "") for line in lines_of(tale)
    ]


def test_silence_brings_the_reminder_and_then_a_person() -> None:
    tale = told([])
    assert said(tale) == [
        ("message", "ask", "02 08:00"),
        ("message", "remind", "04 08:00"),
        ("task", "call", "05 08:00"),
    ]
    assert [task.reason for task in tale.tasks] == ["timeout"]


def test_a_question_holds_and_its_answer_thinks_the_step_over() -> None:
    asked = {"at": "2026-03-03T12:00:00+01:00", "name": "question.asked"}
    answered = {"at": "2026-03-05T15:00:00+01:00", "name": "question.answered"}
    tale = told([asked, answered])
    held, sent = (each for each in tale.sendings if each.step == "remind")
    assert (held.fate, [reason.code for reason in held.looks[0].reasons]) == (
        Fate.RECOMPUTED,
        ["talk.question"],
    )
    assert sent.fate is Fate.SENT
    assert sent.at == datetime(2026, 3, 5, 14, 0, tzinfo=UTC)


def test_a_weekend_holds_until_monday_morning() -> None:
    friday = {"at": "2026-03-06T19:30:00+01:00", "name": "wanted", "data": {"engagement": 18}}
    tale = told([friday], facts=[TRUE, {"fact": "documents.missing:engagement=18", "value": True}])
    late = next(each for each in tale.sendings if each.walk.key == "18" and each.step == "remind")
    assert late.looks[0].reasons[0].code == "quiet.weekend"
    assert late.at == datetime(2026, 3, 9, 7, 0, tzinfo=UTC)


def test_what_is_not_true_any_more_is_not_said() -> None:
    there = {"fact": TRUE["fact"], "value": False, "from": "2026-03-03T10:00:00+01:00"}
    assert [line[:2] for line in said(told([], facts=[TRUE, there]))] == [("message", "ask")]


def test_what_an_event_has_said_is_still_true_at_the_gate() -> None:
    """It is asked with what the message was made with, in the story as on the database."""
    large = Compare(Ref(Source.EVENT, "amount"), Op.MORE_THAN, 5)
    made = plan(
        goal=None,
        steps=(
            WaitFor("bought", "thank", Watch("order.placed"), Delay(days=9), "thank"),
            Send("thank", "end", "thanks", "thanks-1", still_true=large),
        ),
    )
    order = {"at": "2026-03-03T10:00:00+01:00", "name": "order.placed", "data": {"amount": 7}}
    assert said(told([order], plan=made)) == [("message", "thank", "03 09:00")]


def test_an_older_word_of_a_date_does_not_revive_what_was_called_off() -> None:
    starts = Ref(Source.FACT, "visit.starts_at")
    entry = DateEntry("visit.starts_at", timedelta(days=1), "visit")
    made = plan(
        entry=entry, goal=None, steps=(Send("ask", "end", "request", "r", latest=Delay(until=starts)),)
    )
    dated = {"at": "2026-03-03T10:00:00+01:00", "name": "visit.dated",
             "data": {"visit": 7, "starts_at": "2026-03-12T12:00:00+01:00"}}  # fmt: skip
    off = {"at": "2026-03-05T10:00:00+01:00", "name": "visit.cancelled", "data": {"visit": 7}}
    late = {**dated, "name": "visit.moved", "at": "2026-03-04T10:00:00+01:00",
            "learned": "2026-03-06T10:00:00+01:00"}  # fmt: skip
    assert said(told([dated], plan=made)) == [("message", "ask", "11 11:00")]
    assert said(told([dated, off, late], plan=made)) == []


def test_what_was_learned_late_was_not_known_then() -> None:
    there = {"fact": TRUE["fact"], "value": False, "from": "2026-03-03T10:00:00+01:00",
             "learned": "2026-03-06T10:00:00+01:00"}  # fmt: skip
    assert ("message", "remind", "04 08:00") in said(told([], facts=[TRUE, there]))


def test_a_fact_that_was_not_kept_stops_the_telling() -> None:
    tale = told([], facts=[])
    assert tale.walks[0].unknown == ("documents.missing:engagement=17",)
    assert [line[:2] for line in said(tale)] == [("message", "ask")]


def test_judgement_and_an_unknown_touchpoint_are_refused() -> None:
    for points in ({**POINTS, "request": point("request", line=Line.JUDGEMENT)}, {}):
        first = told([], points=points).sendings[0]
        assert (first.fate, first.looks[0].reasons[0].check) == (Fate.REFUSED, Check.LINE)


def test_caps_count_what_others_have_sent_by_then_and_nothing_later() -> None:
    relationship = {slug: point(slug, MessageClass.RELATIONSHIP) for slug in SLUGS}
    before = told([], points=relationship, others=[{"at": "2026-03-02T08:30:00+01:00"}])
    after = told([], points=relationship, others=[{"at": "2026-03-02T10:30:00+01:00"}])
    assert before.sendings[0].looks[0].reasons[0].code == "cap.contact_day"
    assert before.sendings[0].at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert after.sendings[0].looks == []


def test_a_person_answers_the_task_and_the_way_goes_on() -> None:
    tale = told([], replies=[{"at": "2026-03-05T11:00:00+01:00", "step": "call", "answer": "again"}])
    assert [each.step for each in tale.sendings] == ["ask", "remind", "remind"]
    assert tale.tasks[0].answer == "again"


HOOK = Webhook("tell", "end", "https://example.org/hook", {}, Delay(days=2), "sorry")
PEOPLE_AND_SYSTEMS = plan(
    goal=None,
    steps=(
        Approval("may", "begin", Text("Send?", "Sende?"), "business_owner", "sorry"),
        StartJourney("begin", "tell", "onboarding"),
        HOOK,
        Exit("done"),
        StopJourney("sorry", "done", "onboarding"),
    ),
)
YES = {"at": "2026-03-02T11:00:00+01:00", "step": "may", "answer": "approved"}


def test_people_other_systems_and_other_journeys_have_their_part() -> None:
    said_no = {"at": "2026-03-02T12:00:00+01:00", "step": "tell", "ok": False}
    tale = told([], plan=PEOPLE_AND_SYSTEMS, replies=[YES], answers=[said_no])
    assert said(tale) == [
        ("task", "may", "02 08:00"),
        ("call", "tell", "02 10:00"),
        ("start", "begin", "02 10:00"),
        ("stop", "sorry", "02 11:00"),
    ]
    (call,) = tale.calls
    assert (call.ok, call.effect.url) == (False, HOOK.url)


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        ([], [("call", "tell", "02 10:00"), ("stop", "sorry", "04 10:00")]),
        ([{"at": "2026-03-03T12:00:00+01:00", "step": "tell"}], [("call", "tell", "02 10:00")]),
        ([{"at": "2026-03-03T12:00:00+01:00", "step": "other"}],
         [("call", "tell", "02 10:00"), ("stop", "sorry", "04 10:00")]),
    ],
)  # fmt: skip
def test_another_system_answers_or_time_runs_out(answers: Any, lines: list[tuple[str, str, str]]) -> None:
    tale = told([], plan=PEOPLE_AND_SYSTEMS, replies=[YES], answers=answers)
    assert [line for line in said(tale) if line[0] in ("call", "stop")] == lines


def test_another_journey_ends_this_one() -> None:
    wish = {"at": "2026-03-02T12:00:00+01:00", "name": "journey.stop_wanted"}
    for slug, reason in (("chase", "stopped_by_journey"), ("other", "completed")):
        tale = told([{**wish, "data": {"stop": slug}}])
        assert tale.walks[0].state.end_reason == reason


def test_what_the_journey_sets_counts_for_the_steps_behind() -> None:
    tier = Compare(Ref(Source.ATTRIBUTE, "seen"), Op.IS, "yes")
    made = plan(
        goal=None,
        steps=(
            Update("set", "rest", {"seen": "yes"}),
            Wait("rest", "which", plan().nodes["rest"].step.delay),
            Branch("which", "thank", (Arm(tier, "ask"),)),
            Send("ask", "end", "request", "request-1"),
            Send("thank", "end", "thanks", "thanks-1"),
        ),
    )
    assert [each.step for each in told([], plan=made).sendings] == ["ask"]


def test_a_stored_test_passes_or_says_what_differs() -> None:
    tale = told([])
    rows = write_expected(lines_of(tale))
    assert differences(read_expected(rows), tale) == ()
    rows[1]["at"] = "2026-03-04T10:00:00+01:00"
    (moved,) = differences(read_expected(rows), tale)
    assert (moved.code, moved.line.step) == ("moved", "remind")
    rows[1]["within"] = 60
    assert differences(read_expected(rows), tale) == ()
    (forbidden,) = differences(read_expected([{"no_message": "remind"}]), tale)
    assert (forbidden.code, forbidden.line.at) == ("forbidden", datetime(2026, 3, 4, 8, 0, tzinfo=UTC))
    codes = {each.code for each in differences(read_expected([{"message": "thank"}]), tale)}
    assert codes == {"missing", "unexpected"}


@pytest.mark.parametrize(
    "wrong",
    [{"evnts": []}, {"until": "2026-03-02T09:00:00"}, {"until": "soon"}, {"house": {"nights": 3}},
     {"until": MONDAY, "events": [{"at": MONDAY}]}],
)  # fmt: skip
def test_a_document_that_cannot_be_read_says_so(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotGiven, match=r"[.]$"):
        read_given(wrong)


def test_the_house_comes_back_from_its_document() -> None:
    house = house_of({"quiet_from": "19:00:00", "quiet_weekdays": [6], "mood_days": 3, "contact_day": 9})
    assert house_of(house_document(house)) == house


def test_a_year_is_told_in_one_go() -> None:
    """One client asked every week for a year."""
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    facts = [{"fact": f"documents.missing:engagement={n}", "value": True} for n in range(52)]
    events = [
        {"at": (start + timedelta(weeks=n)).isoformat(), "name": "wanted", "data": {"engagement": n}}
        for n in range(52)
    ]
    tale = told(events, facts=facts, until="2027-01-05T09:00:00+01:00")
    assert len(tale.walks) == 53  # and the one that `told` adds
    assert all(walk.contact == CLIENT for walk in tale.walks)
