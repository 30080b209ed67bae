"""Bad news: automation is quiet, a person tells, and then what was held is thought over."""

from tactful.gate import queries as gate
from tactful.gate.actions import release_hold
from tactful.inbox import queries as inbox
from tactful.inbox.actions.tasks import finish, open_tasks
from tactful.inbox.models import Task
from tactful.inbox.types import NewTask
from tactful.wiring.bad_news import BadNews, begin
from tactful.wiring.tests.cast import Cast, facts


def told(cast: Cast) -> tuple[int, Task]:
    hold = begin(
        BadNews(cast.liv.id, "the accounts will be late", cast.colleague.id),
        acting_user=cast.owner.id,
        now=cast.now,
    )
    cast.reacts()
    (task,) = inbox.tasks_about("hold", [hold])
    return hold, task


def test_a_person_is_asked_and_everything_automatic_waits(cast: Cast) -> None:
    hold, task = told(cast)
    assert [row.id for row in gate.standing_on(cast.liv.id, cast.now)] == [hold]
    assert (task.kind, task.owner_id, task.contact_id, task.urgent) == (
        "write",
        cast.colleague.id,
        cast.liv.id,
        True,
    )


def test_when_it_is_told_the_hold_ends_and_what_it_held_is_looked_at_again(cast: Cast) -> None:
    hold, task = told(cast)
    finish(task.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert not gate.standing_on(cast.liv.id, cast.now)
    assert [row.data["hold"] for row in facts("hold.released")] == [hold]


def test_when_the_hold_is_ended_by_hand_nobody_is_asked_to_write_any_more(cast: Cast) -> None:
    hold, task = told(cast)
    release_hold(hold, acting_user=cast.owner.id, now=cast.now)
    cast.reacts()
    task.refresh_from_db()
    assert task.answer == "settled"


def test_another_task_that_is_done_ends_no_hold(cast: Cast) -> None:
    told(cast)
    other = NewTask("decide", "journey", "x:1", cast.liv.id, subject_kind="enrolment", subject_id=1)
    open_tasks([other], now=cast.now)
    finish(Task.objects.get(code="journey").id, acting_user=cast.owner.id, now=cast.now)
    cast.reacts()
    assert gate.standing_on(cast.liv.id, cast.now)
