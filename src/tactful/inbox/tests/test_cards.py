"""One matter interrupts a person once: what joins which card, and what stays of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tactful.inbox.actions.tasks import finish, hand_over, open_tasks
from tactful.inbox.models import Task
from tactful.inbox.queries import asking, board, interruptions, on_cards
from tactful.inbox.rules.cards import Card, card_for, may_join, question_of, since
from tactful.inbox.tests.lists import at_leisure, open_cards
from tactful.inbox.types import NOT_FOR, NewTask

NOW = datetime(2026, 3, 9, 9, tzinfo=UTC)
KARI, OLA, LIV, PAAL = 1, 2, 11, 12
HELD = Card(1, "message_held", KARI, LIV, "message_held", NOW)
FRIDAY, MONDAY = datetime(2026, 3, 6, 14, 59, tzinfo=UTC), datetime(2026, 3, 9, 6, tzinfo=UTC)


def host(new: Card, *cards: Card, at_desk: datetime | None = None) -> Card | None:
    return card_for(new, cards, since(new.opened_at, at_desk or new.opened_at))


def later(**hours: float) -> Card:
    return replace(HELD, id=2, opened_at=NOW + timedelta(**hours))


@pytest.mark.parametrize(
    ("new", "joins"),
    [
        (later(hours=3), True),
        (later(hours=13), False),  # another day's look
        (replace(later(hours=3), code="journey", question="journey:Call"), True),
        (replace(later(hours=3), owner_id=OLA), False),
        (replace(later(hours=3), contact_id=PAAL), False),
        (replace(later(minutes=59), contact_id=PAAL), True),
        (replace(later(minutes=59), contact_id=PAAL, question="undelivered"), False),
        (replace(later(minutes=59), contact_id=None, question="sending"), False),
    ],
)
def test_the_same_client_on_one_day_or_the_same_question_at_one_time(new: Card, joins: bool) -> None:
    assert host(new, HELD) == (HELD if joins else None)


def test_what_comes_up_while_the_office_is_closed_is_found_together() -> None:
    saturday = replace(HELD, contact_id=PAAL, opened_at=FRIDAY + timedelta(days=1))
    early = replace(HELD, id=2, opened_at=MONDAY)
    assert host(early, saturday) is None
    assert host(early, saturday, at_desk=FRIDAY) == saturday
    assert host(early, replace(saturday, opened_at=FRIDAY - timedelta(hours=1)), at_desk=FRIDAY) is None


def test_what_settled_itself_and_comes_again_is_not_asked_twice_a_day() -> None:
    withdrawn = replace(HELD, withdrawn=True)
    assert host(later(hours=3), withdrawn) == withdrawn
    assert host(later(hours=13), withdrawn) is None
    assert host(replace(later(hours=3), question="undelivered"), withdrawn) is None
    assert host(replace(later(minutes=5), contact_id=PAAL), withdrawn) is None


def test_one_time_out_of_order_is_one_list_for_as_long_as_it_stands() -> None:
    late = replace(HELD, code="message_late", question="message_late", contact_id=PAAL)
    assert host(replace(late, id=2, opened_at=NOW + timedelta(days=2)), late) == late


@pytest.mark.parametrize(("days", "joins"), [(6, True), (8, False)])
def test_what_has_time_is_one_list_a_week(days: int, joins: bool) -> None:
    first = replace(HELD, leisure=True)
    new = replace(first, id=2, contact_id=PAAL, question="other", opened_at=NOW + timedelta(days=days))
    assert host(new, first) == (first if joins else None)
    assert host(replace(new, leisure=False), first) is None
    assert host(replace(new, contact_id=LIV), replace(first, leisure=False)) is None


def test_where_the_client_waits_for_an_answer_it_stands_however_old_that_is() -> None:
    asked = replace(HELD, code="answer", question="answer")
    assert host(later(days=4), asked) == asked


def test_the_client_comes_before_the_question() -> None:
    alike, about_liv = replace(HELD, contact_id=PAAL), replace(HELD, id=3, question="other")
    assert host(later(minutes=5), alike, about_liv) == about_liv


def test_each_journey_asks_its_own_question() -> None:
    assert question_of("journey", {"title": {"en": "Call", "nb": "Ring"}}) == "journey:Call"
    assert question_of("undelivered", {"detail": "no such box"}) == "undelivered"


def test_what_a_client_says_and_what_cannot_wait_stand_alone() -> None:
    assert not may_join("answer", urgent=False)
    assert not may_join("account_paused", urgent=True)
    assert may_join("message_held", urgent=False)


def opened(number: int, code: str, at: datetime = NOW, **more: Any) -> Task:
    given = {"contact_id": LIV, "owner_id": KARI} | more
    open_tasks([NewTask("decide", code, f"test:{number}", **given)], now=at)
    return Task.objects.get(dedupe_key=f"test:{number}")


@pytest.mark.django_db
def test_a_card_with_its_questions() -> None:
    answer = opened(1, "answer", due_at=NOW + timedelta(days=1))
    soon = NOW + timedelta(hours=2)
    held = opened(2, "message_held", at=NOW + timedelta(hours=1), due_at=soon)
    assert held.joined == answer.id
    assert open_cards() == [answer]
    assert on_cards([answer.id]) == {answer.id: [held]}
    assert open_cards()[0].due_at == soon  # a card is due when the first of its questions is
    assert [found.cause for found in interruptions(NOW, NOW + timedelta(days=1), "UTC")] == []


@pytest.mark.django_db
def test_many_at_once_are_one_list() -> None:
    tasks = [
        NewTask(
            "write", "journey", f"visit:{n}", contact_id=n, owner_id=KARI, params={"title": {"en": "Write"}}
        )
        for n in (LIV, PAAL, 13)
    ]
    open_tasks(tasks, now=NOW)
    (card,) = open_cards()
    assert len(on_cards([card.id])[card.id]) == 2
    assert [found.count for found in interruptions(NOW, NOW + timedelta(days=1), "UTC")] == [1]


@pytest.mark.django_db
def test_what_is_left_when_a_card_is_done_stands_by_itself() -> None:
    answer = opened(1, "answer")
    held = opened(2, "message_held")
    finish(answer.id, acting_user=KARI, now=NOW)
    assert open_cards() == [held]
    new = opened(3, "is_this_it")
    assert new.joined is None  # what has asked for no attention of its own carries nothing more


@pytest.mark.django_db
def test_a_card_is_handed_over_as_a_whole() -> None:
    answer = opened(1, "answer")
    held = opened(2, "message_held")
    hand_over(answer.id, owner_id=OLA, acting_user=KARI, now=NOW)
    held.refresh_from_db()
    assert held.owner_id == OLA
    assert open_cards(KARI) == []


@pytest.mark.django_db
def test_what_has_time_stands_apart_and_asks_once_a_week() -> None:
    """With the list of the next morning (``test_day_list``); one list a week."""
    first = opened(1, "journey", leisure=True)
    finish(first.id, acting_user=KARI, now=NOW + timedelta(days=1))
    second = opened(2, "journey", at=NOW + timedelta(days=3), contact_id=PAAL, leisure=True)
    third = opened(3, "journey", at=NOW + timedelta(days=9), contact_id=13, leisure=True)
    assert (second.joined, third.joined) == (first.id, None)
    assert open_cards() == []
    assert at_leisure(KARI) == [second, third]
    assert sum(found.count for found in interruptions(NOW, NOW + timedelta(days=11), "UTC")) == 2


@pytest.mark.django_db
def test_what_had_time_and_was_done_before_it_asked_leaves_the_week_to_the_next() -> None:
    first = opened(1, "journey", leisure=True)
    finish(first.id, acting_user=KARI, now=NOW + timedelta(hours=1))
    second = opened(2, "journey", at=NOW + timedelta(days=1), contact_id=PAAL, leisure=True)
    assert second.joined is None
    assert sum(found.count for found in interruptions(NOW, NOW + timedelta(days=11), "UTC")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("by", "joins"), [(None, True), (KARI, False)])
def test_a_question_that_nobody_answered_comes_again_in_silence(by: int | None, joins: bool) -> None:
    first = opened(1, "message_held")
    finish(first.id, acting_user=by, now=NOW)
    again = opened(2, "message_held", at=NOW + timedelta(minutes=45))
    assert again.joined == (first.id if joins else None)
    assert open_cards() == [again]


@pytest.mark.django_db
def test_over_a_weekend_the_same_question_comes_up_once() -> None:
    saturday, sunday = (datetime(2026, 3, day, 11, tzinfo=UTC) for day in (7, 8))
    opened(1, "look_for_document", at=saturday)
    opened(2, "look_for_document", at=sunday, contact_id=PAAL)
    opened(3, "look_for_document", at=NOW, contact_id=13)  # Monday, at ten in Oslo
    assert len(open_cards()) == 2


@pytest.mark.django_db
def test_the_board_shows_the_first_and_counts_them_all() -> None:
    rows = [opened(n, f"code_{n}", contact_id=n, due_at=NOW + timedelta(hours=9 - n)) for n in range(4)]
    urgent = opened(5, "account_paused", contact_id=None, urgent=True)
    found = board(KARI, NOW, most=3)
    assert (found.cards.tasks, found.cards.total) == ([urgent, rows[3], rows[2]], 5)
    assert found.asking == asking(KARI, NOW) == 5


@pytest.mark.django_db
def test_what_nobody_has_taken_is_everybodys_but_not_of_whom_it_is_not_for() -> None:
    mine = opened(1, "answer")
    anybodys = opened(2, "talk_to_me", owner_id=None, contact_id=PAAL)
    written = opened(3, "broadcast_waits", owner_id=None, contact_id=None, params={NOT_FOR: [KARI]})
    assert open_cards(KARI) == [mine, anybodys]
    assert open_cards(OLA) == [anybodys, written]
    assert open_cards() == [mine, anybodys, written]
    assert [asking(whose, NOW) for whose in (KARI, OLA, None)] == [2, 2, 3]
