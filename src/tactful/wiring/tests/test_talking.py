"""A client writes, a person answers, and the machine is quiet in between."""

from datetime import timedelta

import pytest

from tactful.foundation.models import Audit
from tactful.gate.models import StandingHold
from tactful.inbox.actions import answer, tasks
from tactful.inbox.actions.answer import Answer, InboxError
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.models import Entry, Task
from tactful.inbox.queries import talks_at
from tactful.inbox.types import NewTask
from tactful.wiring.chores import CHORES
from tactful.wiring.tests.cast import UNSUBSCRIBE, Cast, facts

AWAY = {"Auto_Submitted": "auto-replied", "Subject": "Out of office"}


def verbs() -> list[str]:
    return list(Audit.objects.order_by("id").values_list("verb", flat=True))


def test_a_question_opens_the_thread_and_asks_the_manager(cast: Cast) -> None:
    cast.writes("Når er fristen?")
    thread = cast.thread()
    assert (thread.state, thread.unread, thread.assignee_id) == ("open", True, cast.colleague.id)
    assert cast.talks() == {"conversation", "question"}
    (task,) = cast.tasks()
    assert (task.kind, task.code, task.owner_id, task.subject_id) == (
        "answer",
        "answer",
        cast.colleague.id,
        thread.id,
    )


def test_a_thank_you_opens_nothing(cast: Cast) -> None:
    cast.writes("Tusen takk!")
    assert (cast.thread().state, cast.talks(), cast.tasks()) == ("closed", set(), [])
    assert len(facts("reply.received")) == 1


def test_a_mail_that_says_it_all_in_its_subject_is_answered_too(cast: Cast) -> None:
    cast.writes("", Subject="Please call me today")
    assert cast.talks() == {"conversation", "question"}


def test_a_mail_that_is_all_quotation_is_not_overlooked(cast: Cast) -> None:
    cast.writes("> Will you still need the papers?\r\n> Kari")
    assert "question" in cast.talks()


@pytest.mark.parametrize(
    ("text", "kind", "code", "urgent"),
    [
        ("This is unacceptable, it is the third time.", "complaint", "complaint", True),
        ("My husband passed away last week.", "sensitive", "sensitive", False),
    ],
)
def test_a_mood_goes_to_a_person(cast: Cast, text: str, kind: str, code: str, urgent: bool) -> None:
    entry = cast.writes(text)
    assert cast.talks() == {"conversation", "question", kind}
    (task,) = cast.tasks()
    assert (task.kind, task.code, task.urgent, task.owner_id) == ("write", code, urgent, cast.colleague.id)
    assert talks_at([cast.liv.id], cast.now, 7)[cast.liv.id][-1].ref == entry.id


@pytest.mark.parametrize(
    "text", ["STOP", "Stopp!", "Meld meg av.", "unsubscribe", "Opt-out", "stop 🛑", "STOP ALL"]
)
def test_stop_is_heard_at_once_and_a_person_sees_it(cast: Cast, text: str) -> None:
    cast.writes(text)
    assert cast.flags() == {"objected:optional", "objected:marketing"}
    assert len(facts("contact.asked_to_stop")) == 1
    assert [task.code for task in cast.tasks()] == ["asked_to_stop"]
    assert cast.talks() == set()


def test_stop_in_a_rage_is_a_complaint_too(cast: Cast) -> None:
    cast.writes("STOP! This is unacceptable.")
    assert "complaint" in cast.talks()


def test_a_plain_refusal_in_other_words_goes_to_a_person(cast: Cast) -> None:
    cast.writes("Please do not contact us before Monday, we are moving the office and nobody can answer.")
    assert cast.flags() == set()
    (task,) = cast.tasks(code="answer")
    assert task.params["stop"] is True
    assert "question" in cast.talks()


def test_saying_stop_twice_changes_nothing_more(cast: Cast) -> None:
    cast.writes("STOP")
    cast.writes("STOP")
    assert len(facts("basis.withdrawn")) == 1


def test_a_mail_to_the_unsubscribe_address_says_the_same_as_the_button(cast: Cast) -> None:
    cast.arrives(cast.mail("", From="other@home.example", To=cast.plus(UNSUBSCRIBE, cast.sent(cast.liv))))
    assert cast.flags() == {"objected:optional", "objected:marketing"}
    assert Entry.objects.count() == 0


def test_an_absence_holds_until_the_return_and_opens_nothing(cast: Cast) -> None:
    back = (cast.now + timedelta(days=10)).date()
    cast.writes(f"I am on holiday and back on {back.isoformat()}.", passes=True, **AWAY)
    cast.reacts()
    assert (cast.thread().state, cast.talks(), cast.tasks()) == ("closed", set(), [])
    (hold,) = StandingHold.objects.all()
    assert hold.expires_at is not None
    assert (hold.reason, hold.scope_id, hold.expires_at.date()) == ("away", cast.liv.id, back)
    assert hold.topic == "until_back"  # a receipt that the client waits for still goes


def test_an_absence_is_noted_once_however_often_we_are_told(cast: Cast) -> None:
    back = (cast.now + timedelta(days=10)).date()
    for _ in range(3):
        cast.writes(f"Back on {back.isoformat()}.", passes=True, **AWAY)
        cast.reacts()
    assert StandingHold.objects.filter(released_at=None).count() == 1


def test_nobody_can_silence_us_by_a_forged_absence(cast: Cast) -> None:
    cast.arrives(cast.mail("Back on 2099-01-01.", passes=False, **AWAY))
    cast.reacts()
    assert not StandingHold.objects.exists()


@pytest.mark.parametrize("day", ["2099-01-01", "9999-12-31", "through 9999-12-31"])
def test_an_absence_for_life_ends_after_sixty_days(cast: Cast, day: str) -> None:
    cast.arrives(cast.mail(f"Back on {day}. I am away through {day}.", passes=True, **AWAY))
    cast.reacts()
    for hold in StandingHold.objects.all():
        assert hold.expires_at == cast.now + timedelta(days=60)


def test_an_answer_ends_the_question_and_takes_the_handoff(cast: Cast) -> None:
    asked = cast.writes("Når er fristen?")
    entry = answer.reply(Answer(asked.conversation_id, "On Friday.", cast.colleague.id), now=cast.now)
    assert cast.thread().state == "waiting"
    assert cast.talks() == {"conversation", "handoff"}
    assert (entry.author_id, entry.message_id is None) == (cast.colleague.id, False)
    assert cast.tasks() == []
    assert [row.name for row in facts("question.answered")] == ["question.answered"]
    assert "conversation.answered" in verbs()


def test_an_empty_answer_is_refused(cast: Cast) -> None:
    asked = cast.writes("Når er fristen?")
    with pytest.raises(InboxError):
        answer.reply(Answer(asked.conversation_id, "  \n", cast.colleague.id), now=cast.now)
    assert "question" in cast.talks()


def test_closing_hands_back_and_wakes_what_was_held(cast: Cast) -> None:
    asked = cast.writes("Når er fristen?")
    answer.close(asked.conversation_id, acting_user=cast.colleague.id, now=cast.now)
    assert (cast.talks(), cast.tasks(), cast.thread().state) == (set(), [], "closed")
    assert "conversation.closed" in verbs()
    assert len(facts("conversation.closed")) == 1


def test_a_thread_with_a_file_only_is_closed_with_a_name_in_the_log(cast: Cast) -> None:
    cast.writes("Tusen takk!")
    thread = cast.thread()
    type(thread).objects.filter(id=thread.id).update(state="open")
    answer.close(thread.id, acting_user=cast.colleague.id, now=cast.now)
    assert verbs()[-1] == "conversation.closed"


def test_the_thread_of_a_stranger_can_be_closed(cast: Cast) -> None:
    entry = cast.writes("Hei?", From="new@person.example")
    answer.close(entry.conversation_id, acting_user=cast.colleague.id, now=cast.now)
    entry.conversation.refresh_from_db()
    assert entry.conversation.state == "closed"


@pytest.mark.parametrize("how", ["phone", "in_person", "other"])
def test_answered_elsewhere_counts_as_an_answer(cast: Cast, how: str) -> None:
    asked = cast.writes("Når er fristen?")
    answer.answered_elsewhere(
        asked.conversation_id, how, acting_user=cast.colleague.id, now=cast.now, note="Friday"
    )
    assert (cast.thread().state, cast.talks()) == ("waiting", {"conversation", "handoff"})


def test_two_quiet_days_hand_back_by_themselves(cast: Cast) -> None:
    asked = cast.writes("Når er fristen?")
    answer.reply(Answer(asked.conversation_id, "On Friday.", cast.colleague.id), now=cast.now)
    cast.later(timedelta(days=2) - timedelta(minutes=1))
    assert hand_back_the_quiet(now=cast.now) == 0
    cast.later(timedelta(minutes=1))
    assert hand_back_the_quiet(now=cast.now) == 1
    assert (cast.thread().state, cast.talks()) == ("closed", set())
    assert cast.thread().entries.order_by("-id")[0].code == "handed_back_quiet"


def test_a_question_within_the_two_days_is_never_closed_away(cast: Cast) -> None:
    asked = cast.writes("Når er fristen?")
    answer.reply(Answer(asked.conversation_id, "On Friday.", cast.colleague.id), now=cast.now)
    cast.later(timedelta(days=3))
    cast.writes("Which Friday?")
    assert hand_back_the_quiet(now=cast.now) == 0
    assert "question" in cast.talks()


def test_settling_a_complaint_ends_the_mood_and_leaves_a_row(cast: Cast) -> None:
    entry = cast.writes("This is unacceptable.")
    answer.settle_complaint(entry.conversation_id, acting_user=cast.owner.id, now=cast.now)
    assert cast.talks() == {"conversation", "question"}
    assert cast.tasks() == []
    assert verbs()[-1] == "complaint.settled"
    assert len(facts("complaint.closed")) == 1


def test_taking_over_a_closed_thread_puts_it_where_it_can_be_handed_back(cast: Cast) -> None:
    cast.writes("Tusen takk!")
    thread = cast.thread()
    answer.take_over(thread.id, acting_user=cast.owner.id, now=cast.now)
    assert (cast.thread().state, cast.thread().assignee_id, cast.talks()) == (
        "open",
        cast.owner.id,
        {"handoff"},
    )
    assert verbs()[-1] == "conversation.taken_over"


def test_notes_and_assignments_leave_a_row(cast: Cast) -> None:
    entry = cast.writes("Når er fristen?")
    answer.add_note(entry.conversation_id, "Ask Ingrid", acting_user=cast.colleague.id, now=cast.now)
    answer.assign(entry.conversation_id, owner_id=cast.owner.id, acting_user=cast.colleague.id, now=cast.now)
    assert verbs()[-2:] == ["conversation.noted", "conversation.assigned"]
    with pytest.raises(InboxError):
        answer.add_note(1, "Nowhere", acting_user=cast.colleague.id, now=cast.now)


def test_the_same_task_opens_once_and_is_done_once(cast: Cast) -> None:
    new = NewTask(kind="call", code="talk_to_me", dedupe_key="same", contact_id=cast.liv.id)
    assert tasks.open_tasks([new, new], now=cast.now) == 1
    assert tasks.open_tasks([new], now=cast.now) == 0
    task = Task.objects.get(dedupe_key="same")
    assert tasks.finish(task.id, acting_user=cast.owner.id, now=cast.now)
    assert not tasks.finish(task.id, acting_user=cast.owner.id, now=cast.now)
    tasks.hand_over(task.id, owner_id=cast.owner.id, acting_user=cast.owner.id, now=cast.now)
    assert verbs()[-1] == "task.done"
    assert len(facts("task.opened")) == len(facts("task.done")) == 1


def test_what_was_recorded_later_was_not_known_then(cast: Cast) -> None:
    before = cast.now
    cast.later(timedelta(hours=1))
    entry = cast.writes("This is unacceptable.")
    assert talks_at([cast.liv.id], before, 7) == {}
    during = cast.now
    cast.later(timedelta(hours=1))
    answer.close(entry.conversation_id, acting_user=cast.owner.id, now=cast.now)
    running = {talk.kind for talk in talks_at([cast.liv.id], during, 7)[cast.liv.id] if talk.running}
    assert running == {"conversation", "question", "complaint"}


def test_every_chore_of_the_house_runs_on_a_quiet_day(cast: Cast) -> None:
    for chore in CHORES:
        chore.run(cast.now)
