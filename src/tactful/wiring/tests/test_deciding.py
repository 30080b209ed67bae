"""A file has come, or the client says so: a person decides, and only once."""

from datetime import timedelta

import pytest

from tactful.engagements.actions import (
    Arrival,
    client_says_sent,
    close_engagement,
    open_engagements,
    receive_document,
    waive_document,
)
from tactful.engagements.models import Engagement, ReceivedFile
from tactful.engagements.queries import views
from tactful.engagements.types import NewEngagement, WantedDocument
from tactful.foundation.models import Audit
from tactful.gate.types import Unknown
from tactful.inbox.actions.answer import answered_elsewhere
from tactful.inbox.actions.quiet import hand_back_the_quiet
from tactful.inbox.models import Task
from tactful.wiring import deciding
from tactful.wiring import gate_facts as told
from tactful.wiring.tests.cast import Cast, facts, with_file
from tactful.wiring.tests.test_gate_facts import due


def documents(cast: Cast, engagement: int) -> tuple[WantedDocument, ...]:
    cast.later(timedelta(seconds=1))
    return views([engagement], cast.now)[engagement].documents


def asked(cast: Cast) -> tuple[int, Task]:
    engagement = cast.asks_for_documents()
    cast.arrives(with_file(cast))
    cast.reacts()
    (task,) = cast.tasks(code="is_this_it")
    return engagement, task


def test_a_file_in_a_mail_asks_a_person_which_document_it_is(cast: Cast) -> None:
    engagement, task = asked(cast)
    file = ReceivedFile.objects.get()
    assert (task.subject_id, task.owner_id, task.params) == (
        file.id,
        cast.colleague.id,
        {"file": "bank.pdf", "engagement": engagement},
    )
    assert (file.document_id, file.how, file.size) == (None, "mail", len(b"%PDF-1.7\nwords"))
    assert [document.state for document in documents(cast, engagement)] == ["missing", "missing"]


def test_until_somebody_has_looked_the_client_is_not_chased(cast: Cast) -> None:
    """Not even where the words beside the file ask for nothing."""
    engagement = cast.asks_for_documents()
    for _ in range(2):
        cast.arrives(with_file(cast, text="Tusen takk!"))
    cast.reacts()
    assert cast.talks() == set()
    assert orders(cast) == ["is_this_it"]
    first, second = cast.tasks(code="is_this_it")
    document = documents(cast, engagement)[0]
    deciding.this_is_it(first.id, document.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert orders(cast) == ["is_this_it"]
    deciding.this_is_not_it(second.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert orders(cast) == []


@pytest.mark.parametrize(("text", "state"), [("Tusen takk!", "closed"), ("Når er fristen?", "open")])
def test_a_mail_whose_files_are_looked_at_need_not_be_closed_by_hand(
    cast: Cast, text: str, state: str
) -> None:
    cast.asks_for_documents()
    cast.arrives(with_file(cast, text=text))
    cast.reacts()
    assert cast.thread().state == "open"
    (task,) = cast.tasks(code="is_this_it")
    deciding.this_is_not_it(task.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert cast.thread().state == state


def test_after_our_word_it_is_as_quiet_as_that_has_left_it(cast: Cast) -> None:
    cast.asks_for_documents()
    cast.writes("Når er fristen?")
    answered_elsewhere(cast.thread().id, "phone", acting_user=cast.colleague.id, now=cast.now)
    cast.later(timedelta(minutes=1))
    cast.arrives(with_file(cast, text="Tusen takk!"))
    cast.reacts()
    assert hand_back_the_quiet(now=cast.now + timedelta(days=9)) == 0
    (task,) = cast.tasks(code="is_this_it")
    deciding.this_is_not_it(task.id, acting_user=cast.colleague.id, now=cast.now)
    cast.reacts()
    assert (cast.thread().state, "handoff" in cast.talks()) == ("waiting", True)
    assert hand_back_the_quiet(now=cast.now + timedelta(days=9)) == 1
    assert cast.thread().state == "closed"


def orders(cast: Cast) -> list[str]:
    (known,) = told.gate_facts([due(cast)], cast.now).values()
    assert not isinstance(known.standing, Unknown)
    return [order.reason for order in known.standing]


def test_yes_files_it_as_the_document_that_it_is(cast: Cast) -> None:
    engagement, task = asked(cast)
    document = documents(cast, engagement)[0]
    deciding.this_is_it(task.id, document.id, acting_user=cast.colleague.id, now=cast.now)
    assert ReceivedFile.objects.get().document_id == document.id
    first = documents(cast, engagement)[0]
    assert (first.state, first.how) == ("received", "mail")
    assert cast.tasks(code="is_this_it") == []
    verbs = Audit.objects.filter(actor=cast.colleague.id).values_list("verb", flat=True)
    assert {"document.received", "task.done"} <= set(verbs)


def test_no_leaves_the_file_unassigned(cast: Cast) -> None:
    engagement, task = asked(cast)
    deciding.this_is_not_it(task.id, acting_user=cast.colleague.id, now=cast.now)
    assert ReceivedFile.objects.get().document_id is None
    assert [document.state for document in documents(cast, engagement)] == ["missing", "missing"]
    assert Task.objects.get(id=task.id).answer == "no"


def test_the_second_who_answers_is_told_so_and_changes_nothing(cast: Cast) -> None:
    engagement, task = asked(cast)
    deciding.this_is_not_it(task.id, acting_user=cast.colleague.id, now=cast.now)
    with pytest.raises(deciding.NothingAsked):
        deciding.this_is_it(
            task.id, documents(cast, engagement)[0].id, acting_user=cast.owner.id, now=cast.now
        )
    assert [document.state for document in documents(cast, engagement)] == ["missing", "missing"]


def test_a_file_is_never_filed_with_another_client(cast: Cast) -> None:
    _engagement, task = asked(cast)
    theirs = documents(cast, cast.asks_for_documents(cast.paal))[0]
    with pytest.raises(deciding.NothingAsked):
        deciding.this_is_it(task.id, theirs.id, acting_user=cast.owner.id, now=cast.now)
    with pytest.raises(ValueError, match="not of the client"):
        receive_document(Arrival(theirs.id, "mail", cast.owner.id, task.subject_id), now=cast.now)
    assert cast.tasks(code="is_this_it") == [task]
    assert ReceivedFile.objects.get().document_id is None


@pytest.mark.parametrize(
    ("decide", "state"), [(deciding.document_found, "received"), (deciding.document_not_found, "missing")]
)
def test_what_a_client_says_is_sent_is_looked_for(cast: Cast, decide: object, state: str) -> None:
    engagement = cast.asks_for_documents()
    document = documents(cast, engagement)[0]
    client_says_sent(document.id, now=cast.now)
    cast.reacts()
    (task,) = cast.tasks(code="look_for_document")
    assert documents(cast, engagement)[0].state == "claimed_sent"
    decide(task.id, acting_user=cast.colleague.id, now=cast.now)  # type: ignore[operator]
    cast.reacts()
    assert documents(cast, engagement)[0].state == state
    assert cast.tasks() == []


def test_a_task_of_another_kind_is_not_answered_here(cast: Cast) -> None:
    cast.writes("Når er fristen?")
    (task,) = cast.tasks()
    with pytest.raises(deciding.NothingAsked):
        deciding.document_found(task.id, acting_user=cast.owner.id, now=cast.now)
    assert cast.tasks() == [task]


def test_all_there_or_waived_is_complete_once(cast: Cast) -> None:
    first, second = documents(cast, cast.asks_for_documents())
    receive_document(Arrival(first.id, "other_way", cast.colleague.id), now=cast.now)
    assert facts("documents.complete") == []
    waive_document(second.id, acting_user=cast.colleague.id, now=cast.now)
    receive_document(Arrival(first.id, "other_way", cast.colleague.id), now=cast.now)
    assert len(facts("documents.complete")) == 1


def test_the_same_work_is_opened_once_even_in_one_list(cast: Cast) -> None:
    new = NewEngagement(cast.liv.id, "annual_accounts", "A", "Å", (("a", "A", "Å"),), 2025)
    assert len(open_engagements([new, new], acting_user=cast.owner.id, now=cast.now)) == 1
    assert open_engagements([new], acting_user=cast.owner.id, now=cast.now) == []
    assert Audit.objects.filter(verb="engagements.opened").count() == 1


def test_closing_is_told_once_and_named_in_the_log(cast: Cast) -> None:
    engagement = cast.asks_for_documents()
    assert close_engagement(engagement, acting_user=cast.owner.id, now=cast.now)
    assert not close_engagement(engagement, acting_user=cast.owner.id, now=cast.now)
    assert len(facts("engagement.closed")) == 1
    assert Audit.objects.get(verb="engagement.closed").actor == cast.owner.id
    assert Engagement.objects.get().closed_at == cast.now
