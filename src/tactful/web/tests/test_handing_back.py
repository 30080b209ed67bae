"""A conversation goes to a person and back again, and the page says whose it is."""

from datetime import timedelta

import pytest

from tactful.delivery.models import Message, State
from tactful.inbox.models import Conversation, TalkSpell
from tactful.web.pages.inbox import InboxPage
from tactful.web.tests.cast import Cast

QUESTION = "When is the payroll run? Could you call me?"


def page_of(cast: Cast, thread: int) -> InboxPage:
    page = cast.signed_in(cast.colleague).get(f"/inbox/{thread}/").context["page"]
    assert isinstance(page, InboxPage)
    return page


def words_of(cast: Cast, thread: int) -> list[str]:
    found = page_of(cast, thread).thread
    assert found is not None
    return [str(act.text) for act in found.acts]


def test_it_is_handed_back_without_a_word_to_the_client(cast: Cast) -> None:
    asked = cast.writes(cast.consenting, QUESTION)
    thread, staff = asked.conversation_id, cast.signed_in(cast.colleague)
    assert words_of(cast, thread) == ["Take over", "Close"]
    staff.post(f"/inbox/{thread}/handoff/")
    assert words_of(cast, thread) == ["Hand back"]
    said = staff.post(f"/inbox/{thread}/closure/", {"revision": str(asked.id)}, follow=True).content.decode()
    assert "Handed back. Automation may write again." in said
    assert cast.thread(cast.consenting).state == Conversation.State.CLOSED
    assert not Message.objects.exists()


def test_taking_over_has_one_name_and_also_takes_from_a_colleague(cast: Cast) -> None:
    thread = cast.writes(cast.consenting, QUESTION).conversation_id
    cast.signed_in(cast.owner).post(f"/inbox/{thread}/handoff/")
    assert words_of(cast, thread) == ["Take over", "Hand back"]
    found = page_of(cast, thread).thread
    assert found is not None
    assert "I take it" not in [str(act.text) for act in found.more]
    cast.signed_in(cast.colleague).post(f"/inbox/{thread}/handoff/")
    assert cast.thread(cast.consenting).assignee_id == cast.colleague.id


def test_an_empty_answer_says_how_to_hand_back_without_one(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    given = {"text": " ", "revision": str(entry.id), "do": "hand_back"}
    answer = cast.signed_in(cast.colleague).post(f"/inbox/{entry.conversation_id}/reply/", given)
    assert answer.status_code == 422
    assert "press “Hand back” above" in answer.content.decode()


@pytest.mark.parametrize("do", ["send", "hand_back"])
def test_whose_it_is_after_an_answer(cast: Cast, do: str) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    given = {"text": "On Friday.", "revision": str(entry.id), "do": do}
    cast.signed_in(cast.colleague).post(f"/inbox/{entry.conversation_id}/reply/", given)
    page = page_of(cast, entry.conversation_id)
    assert page.thread is not None
    assert page.thread.composer is not None
    (row,) = [row for group in page.groups for row in group.rows]
    if do == "send":
        assert (row.foot, str(page.thread.about)) == ("You have it", "Kari Blomdal has it")
        assert page.thread.composer.quiet == "Automation is quiet until you hand back"
    else:
        assert (row.foot, page.thread.about) == ("Handed back", "Handed back")
        assert page.thread.composer.quiet == "Automation may write"


def test_while_something_is_looked_at_it_is_not_said_that_nothing_is_planned(cast: Cast) -> None:
    entry = cast.writes(cast.consenting, QUESTION)
    nothing, looking = "Automation has no plans for this client", "Automation is looking at it now"
    url, staff = f"/inbox/{entry.conversation_id}/", cast.signed_in(cast.colleague)
    assert nothing in staff.get(url).content.decode()
    given = {"text": "On Friday.", "revision": str(entry.id), "do": "hand_back"}
    staff.post(f"{url}reply/", given)
    page = staff.get(url).content.decode()
    assert looking in page
    assert nothing not in page
    a_minute_ago = cast.now - timedelta(minutes=1)
    TalkSpell.objects.filter(to_at__isnull=False).update(from_at=a_minute_ago, to_at=a_minute_ago)
    assert nothing in staff.get(url).content.decode()


def test_what_is_at_the_gate_is_being_looked_at(cast: Cast) -> None:
    thread = cast.writes(cast.consenting, QUESTION).conversation_id
    cast.becomes(cast.plans(cast.consenting), State.CLAIMED)
    found = page_of(cast, thread).thread
    assert found is not None
    assert (found.planned, found.deciding) == ((), True)


def test_a_held_letter_is_folded_under_the_words_of_the_client(cast: Cast) -> None:
    thread = cast.writes(cast.consenting, QUESTION).conversation_id
    cast.holds(cast.consenting)
    page = cast.signed_in(cast.colleague).get(f"/inbox/{thread}/").content.decode()
    held = page[page.index('class="msg held"') :].split("</article>")[0]
    assert '<details class="bub unsent"><summary>' in held
    assert held.index("</details>") < held.index("Held:"), "why stands outside of the fold"
