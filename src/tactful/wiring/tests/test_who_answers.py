"""Whoever may only read looks after clients, and answers nobody: what is to be done goes to an owner."""

import pytest

from tactful.foundation.models import Role, User
from tactful.inbox.actions.tasks import open_tasks
from tactful.inbox.types import NewTask
from tactful.wiring.tests.cast import Cast


def looks_after(cast: Cast, role: Role, *, here: bool = True) -> User:
    """Somebody of ours becomes Liv's account manager, as an import names them."""
    user = User.objects.add(email="per@fjord.example", name="Per Ås", role=role)
    User.objects.filter(id=user.id).update(is_active=here)
    type(cast.liv).objects.filter(id=cast.liv.id).update(manager_id=user.id)
    return user


@pytest.mark.parametrize(
    ("role", "here", "answers"),
    [
        (Role.STAFF, True, "themselves"),
        (Role.READ_ONLY, True, "owner"),
        (Role.HELPER, True, "owner"),
        (Role.STAFF, False, "owner"),
    ],
)
def test_a_complaint_goes_to_somebody_who_may_answer(
    cast: Cast, role: Role, here: bool, answers: str
) -> None:
    user = looks_after(cast, role, here=here)
    cast.writes("Jeg er veldig misfornøyd og vil klage på regningen. Dette er uakseptabelt!")
    (task,) = cast.tasks()
    wanted = user.id if answers == "themselves" else cast.owner.id
    assert (task.code, task.owner_id, cast.thread().assignee_id) == ("complaint", wanted, wanted)


def test_whoever_had_the_conversation_and_may_act_no_longer_is_relieved(cast: Cast) -> None:
    cast.writes("Når er fristen?")
    assert cast.thread().assignee_id == cast.colleague.id
    User.objects.filter(id=cast.colleague.id).update(role=Role.READ_ONLY)
    cast.writes("Hallo? Når er fristen?")
    assert cast.thread().assignee_id == cast.owner.id


def test_nobody_in_particular_stays_nobody(cast: Cast) -> None:
    reader = looks_after(cast, Role.READ_ONLY)
    open_tasks(
        [
            NewTask(kind="call", code="talk_to_me", dedupe_key="a", owner_id=None),
            NewTask(kind="call", code="talk_to_me", dedupe_key="b", owner_id=reader.id),
        ],
        now=cast.now,
    )
    assert {task.dedupe_key: task.owner_id for task in cast.tasks()} == {"a": None, "b": cast.owner.id}


def test_where_no_owner_is_left_it_stays_where_it_is(cast: Cast) -> None:
    reader = looks_after(cast, Role.READ_ONLY)
    User.objects.filter(id=cast.owner.id).update(is_active=False)
    open_tasks([NewTask(kind="call", code="talk_to_me", dedupe_key="b", owner_id=reader.id)], now=cast.now)
    assert cast.tasks()[0].owner_id == reader.id
