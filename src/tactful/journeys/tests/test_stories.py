"""The recipe, lived through: one client, one engagement, a virtual clock, and the real gate."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tactful.journeys import recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.rules.given import house_document, read_given
from tactful.journeys.rules.moves import CancelMessages, Phase, RecordEvent
from tactful.journeys.rules.plan import Plan, compile_plan
from tactful.journeys.rules.story import tell
from tactful.journeys.rules.tale import Scene, Tale
from tactful.journeys.types import Delay, Send, Wait

from .build import plan
from .told import ALWAYS_OPEN, POINTS

RECIPE = compile_plan(read(recipes.text("annual-accounts-documents")))
START = datetime(2027, 1, 11, 10, 30, tzinfo=UTC)  # a Monday, 11:30 in Bergen
DATA = {"engagement": 17, "year": 2026}
MISSING = "documents.missing:engagement=17"
HOUSE = house_document(ALWAYS_OPEN)


def after(**time: int) -> str:
    return (START + timedelta(**time)).isoformat()


def happened(name: str, at: str, **data: Any) -> dict[str, Any]:
    return {"name": name, "at": at, "data": {**DATA, **data}}


WANTED = happened("engagement.documents_wanted", after())


def lived(*events: dict[str, Any], made: Plan = RECIPE, complete: str = "", **more: Any) -> Tale:
    """``complete``: from when nothing is missing any more."""
    rows = [{"fact": MISSING, "value": True}]
    rows += [{"fact": MISSING, "value": False, "from": complete}] if complete else []
    document = {"client": {"zone": "Europe/Oslo", "country": "NO"}, "house": HOUSE, "facts": rows,
                "events": list(events), "until": after(days=365), **more}  # fmt: skip
    given = read_given(document)
    return tell(Scene(made, given.world, POINTS), given.told, given.until, given.taken)


def story(tale: Tale) -> list[str]:
    """What was asked for, of the post and of people, with the clock on Bergen's walls."""
    zone = ZoneInfo("Europe/Oslo")
    sent = [(each.wanted_at, each.effect.template) for each in tale.sendings]
    made = sorted([*sent, *((task.opened_at, task.kind) for task in tale.tasks)])
    return [f"{at.astimezone(zone):%a %d %b %H:%M} {what}" for at, what in made]


def ended(tale: Tale) -> str:
    return tale.walks[0].state.end_reason


def called_back(tale: Tale) -> list[CancelMessages]:
    return [each for _, _, each in tale.did if isinstance(each, CancelMessages)]


def test_the_documents_come_at_once() -> None:
    done = after(days=3)
    tale = lived(WANTED, happened("documents.complete", done), complete=done)
    assert story(tale) == ["Mon 11 Jan 11:30 document-request", "Thu 14 Jan 11:30 document-received"]
    assert ended(tale) == "goal"
    recorded = [effect.name for _, _, effect in tale.did if isinstance(effect, RecordEvent)]
    assert recorded == ["journey.goal_reached", "journey.ended"]


def test_one_document_stays_missing_until_a_person_calls() -> None:
    tale = lived(WANTED)
    assert story(tale) == [
        "Mon 11 Jan 11:30 document-request",
        "Mon 18 Jan 09:00 document-reminder-1",
        "Mon 25 Jan 09:00 document-reminder-2",
        "Mon 01 Feb 09:00 call",
    ]
    (task,) = tale.tasks
    assert task.owner == "account_manager"
    assert tale.walks[0].state.phase is Phase.TASK
    reminder = tale.sendings[1].effect
    assert reminder.about == "engagement=17"
    names = [variable.name for variable in reminder.variables]
    assert names == ["matter", "deadline", "missing_list", "upload_url"]


def test_after_the_call_the_task_ends_it_and_late_documents_still_get_a_receipt() -> None:
    called = after(days=25)
    tale = lived(WANTED, replies=[{"at": called, "step": lived(WANTED).tasks[0].step}])
    assert (tale.walks[0].state.phase, ended(tale)) == (Phase.ENDED, "completed")
    instead = lived(WANTED, happened("documents.complete", called))
    assert story(instead)[-1] == "Fri 05 Feb 11:30 document-received"


ASKED = {"name": "question.asked", "at": after(days=6)}
ANSWERED = {"name": "question.answered", "at": after(days=11)}


def test_a_question_in_the_middle_holds_and_the_reminder_is_thought_over() -> None:
    tale = lived(WANTED, ASKED, ANSWERED)
    assert story(tale) == [
        "Mon 11 Jan 11:30 document-request",
        "Mon 18 Jan 09:00 document-reminder-1",
        "Fri 22 Jan 11:30 document-reminder-1",
        "Fri 29 Jan 09:00 document-reminder-2",
        "Fri 05 Feb 09:00 call",
    ]
    assert called_back(tale)[0] == CancelMessages((3,), "recompute")


def test_an_answer_that_settles_it_drops_the_held_reminder() -> None:
    tale = lived(WANTED, ASKED, ANSWERED, complete=ANSWERED["at"])
    assert story(tale) == ["Mon 11 Jan 11:30 document-request", "Mon 18 Jan 09:00 document-reminder-1"]
    assert ended(tale) == "completed", "nobody is chased and nobody has to call"


def test_everything_comes_another_way_while_the_reminder_is_held() -> None:
    by_hand = after(days=8)
    tale = lived(WANTED, ASKED, happened("documents.complete", by_hand, how="by hand"), complete=by_hand)
    assert called_back(tale)[0] == CancelMessages((3,), "goal")
    assert story(tale)[-1] == "Tue 19 Jan 11:30 document-received"
    assert ended(tale) == "goal"


def test_a_dead_address_goes_straight_to_a_person() -> None:
    tale = lived(WANTED, addresses=[{"against": [{"reason": "hard_bounce"}]}])
    assert story(tale) == ["Mon 11 Jan 11:30 call", "Mon 11 Jan 11:30 document-request"]


def test_another_engagement_of_the_same_client_is_none_of_its_business() -> None:
    other = happened("documents.complete", after(days=1), engagement=18)
    tale = lived(WANTED, other, until=after(days=2))
    assert tale.walks[0].state.phase is Phase.WAITING_EVENT


def test_a_year_of_weekly_mails_keeps_its_time_on_the_wall() -> None:
    steps = (
        Send("mail", "week", "tip", "tip"),
        Wait("week", "mail", Delay(days=7, at=plan().nodes["rest"].step.delay.at)),
    )
    tale = lived(happened("wanted", after()), made=plan(steps=steps, goal=None, exits=()))
    walls = [f"{each.wanted_at.astimezone(ZoneInfo('Europe/Oslo')):%H:%M}" for each in tale.sendings]
    assert len(walls) == 53
    assert set(walls[1:]) == {"09:00"}


def test_nothing_begins_without_its_event_or_its_object() -> None:
    nameless = {"name": "engagement.documents_wanted", "at": after(), "data": {"year": 2026}}
    assert lived(nameless, happened("documents.complete", after(hours=1))).walks == []
