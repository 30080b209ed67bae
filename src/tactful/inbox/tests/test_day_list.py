"""What can wait is asked of a person once, when the working day begins; nothing that cannot is late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tactful.events.models import Event
from tactful.foundation.actions import change_settings
from tactful.inbox.actions.tasks import finish, finish_about, hand_over, open_tasks
from tactful.inbox.models import Task
from tactful.inbox.queries import interruptions, on_cards
from tactful.inbox.rules.day_list import Place, due_then, place_for
from tactful.inbox.tests.lists import at_leisure, not_asked_yet, on_the_list, open_cards
from tactful.inbox.types import NewTask

KARI, OLA, LIV, PAAL, EVA = 1, 2, 11, 12, 13
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)  # ten in Oslo
TUESDAY, WEDNESDAY = (datetime(2026, 3, day, 7, tzinfo=UTC) for day in (10, 11))  # the office opens
FRIDAY, NEXT_MONDAY = datetime(2026, 3, 13, 12, tzinfo=UTC), datetime(2026, 3, 16, 7, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def daily(after: datetime) -> datetime | None:
    at = after.replace(hour=7)
    return at if at > after else at + DAY


def never(after: datetime) -> None:
    return None


@pytest.mark.parametrize(
    ("ask_by", "waits"),
    [(None, True), (WEDNESDAY, True), (TUESDAY, True), (TUESDAY - HOUR, False), (MONDAY + HOUR, False)],
)
def test_it_waits_where_it_can_still_be_answered_then(ask_by: datetime | None, waits: bool) -> None:
    assert place_for(True, ask_by, MONDAY, None, daily) == (Place(TUESDAY, None) if waits else None)


def test_todays_list_comes_first_and_asks_no_second_time() -> None:
    today = Place(MONDAY - HOUR, 7)
    assert place_for(True, None, MONDAY, today, daily) == today
    assert place_for(False, MONDAY + HOUR, MONDAY, today, daily) == today
    assert place_for(False, None, MONDAY, None, daily) is None


def test_where_the_office_never_opens_nothing_waits() -> None:
    assert place_for(True, None, MONDAY, None, never) is None


def test_it_is_due_later_by_as_long_as_it_waited() -> None:
    assert due_then(None, None, MONDAY, TUESDAY) is None
    assert due_then(MONDAY + DAY, None, MONDAY, TUESDAY) == TUESDAY + DAY
    assert due_then(MONDAY + DAY, None, MONDAY, MONDAY - HOUR) == MONDAY + DAY
    assert due_then(WEDNESDAY, WEDNESDAY, MONDAY, TUESDAY) == WEDNESDAY
    assert due_then(MONDAY + DAY, TUESDAY + HOUR, MONDAY, TUESDAY) == MONDAY + DAY


def opened(number: int, code: str = "is_this_it", at: datetime = MONDAY, **more: Any) -> Task:
    given = {"contact_id": LIV, "owner_id": KARI, "may_wait": True} | more
    open_tasks([NewTask("decide", code, f"test:{number}", **given)], now=at)
    return Task.objects.get(dedupe_key=f"test:{number}")


def counted(until: datetime) -> int:
    return sum(found.count for found in interruptions(MONDAY - DAY, until, "Europe/Oslo"))


@pytest.mark.django_db
def test_what_comes_over_a_day_is_one_list_on_the_next_morning() -> None:
    rows = [
        opened(1, due_at=MONDAY + DAY),
        opened(2, "look_for_document", MONDAY + 3 * HOUR, contact_id=PAAL),
        opened(3, at=TUESDAY - 8 * HOUR, contact_id=EVA),
    ]
    assert {row.asks_at for row in rows} == {TUESDAY}
    assert rows[0].due_at == TUESDAY + DAY
    assert on_the_list(KARI, MONDAY + DAY - 4 * HOUR) == []
    assert not_asked_yet(KARI, MONDAY) == rows
    assert counted(TUESDAY) == 0
    assert on_the_list(KARI, TUESDAY) == rows
    assert not_asked_yet(KARI, TUESDAY) == []
    assert open_cards(KARI) == []
    assert counted(TUESDAY + HOUR) == 1


@pytest.mark.django_db
def test_each_has_a_list_of_their_own() -> None:
    first, other = opened(1), opened(2, owner_id=OLA)
    assert on_the_list(OLA, TUESDAY) == [other]
    assert on_the_list(None, TUESDAY) == [first, other]
    assert counted(WEDNESDAY) == 2


@pytest.mark.django_db
def test_over_a_weekend_and_a_holiday_it_waits_for_the_next_working_day() -> None:
    assert opened(1, at=FRIDAY).asks_at == NEXT_MONDAY
    maundy_thursday = datetime(2026, 4, 1, 18, tzinfo=UTC)  # the evening before; Easter Monday is the sixth
    assert opened(2, at=maundy_thursday).asks_at == datetime(2026, 4, 7, 6, tzinfo=UTC)


@pytest.mark.django_db
def test_the_office_has_its_own_hours() -> None:
    change_settings(values={"gate.work_from": "10:00"}, acting_user=None, now=MONDAY - DAY)
    assert opened(1).asks_at == TUESDAY + 2 * HOUR


@pytest.mark.django_db
def test_what_settles_itself_before_it_asks_has_interrupted_nobody() -> None:
    first, second = opened(1, subject_kind="file", subject_id=1), opened(2, contact_id=PAAL)
    finish_about("file", [1], now=MONDAY + HOUR)
    assert on_the_list(KARI, TUESDAY) == [second]
    assert second.joined == first.id
    assert counted(WEDNESDAY) == 1
    finish(second.id, acting_user=KARI, now=MONDAY + 2 * HOUR)  # looked at early
    assert counted(WEDNESDAY) == 0


@pytest.mark.django_db
def test_what_comes_while_todays_list_lies_there_is_put_on_it() -> None:
    first = opened(1)
    second = opened(2, "look_for_document", TUESDAY + HOUR, contact_id=PAAL, due_at=TUESDAY + DAY)
    assert (second.asks_at, second.joined, second.due_at) == (TUESDAY, first.id, TUESDAY + DAY)
    assert on_the_list(KARI, TUESDAY + HOUR) == [second, first]
    held = opened(4, "message_held", TUESDAY + HOUR, contact_id=21, may_wait=False)
    assert (held.asks_at, held.joined) == (TUESDAY, first.id)
    for code, urgent in (("complaint", False), ("account_paused", True)):
        alone = opened(5 + urgent, code, TUESDAY + HOUR, contact_id=22 + urgent, urgent=urgent)
        assert (alone.asks_at, alone.joined) == (None, None)
    evening = opened(3, at=TUESDAY + 12 * HOUR, contact_id=EVA)  # nobody is at the desk any more
    assert evening.asks_at == WEDNESDAY
    assert counted(WEDNESDAY) == 2  # with the account; the complaint is a client's


@pytest.mark.django_db
def test_a_list_that_is_done_is_left_alone() -> None:
    first = opened(1)
    finish(first.id, acting_user=KARI, now=TUESDAY + HOUR)
    assert opened(2, at=TUESDAY + 2 * HOUR, contact_id=PAAL).asks_at == WEDNESDAY
    assert counted(WEDNESDAY + HOUR) == 2


@pytest.mark.django_db
def test_a_list_that_nobody_touches_swallows_nothing_of_the_next_day() -> None:
    opened(1)
    assert opened(2, at=TUESDAY + 12 * HOUR, contact_id=PAAL).asks_at == WEDNESDAY
    assert opened(3, at=WEDNESDAY + HOUR, contact_id=EVA).asks_at == WEDNESDAY
    assert counted(WEDNESDAY + HOUR) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"may_wait": False},
        {"urgent": True},
        {"needed_by": TUESDAY + 4 * HOUR - timedelta(minutes=1)},
        {"code": "complaint"},
    ],
)
def test_what_cannot_wait_asks_at_once(more: dict[str, Any]) -> None:
    row = opened(1, **more)
    assert (row.asks_at, row.joined) == (None, None)
    assert open_cards(KARI) == [row]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "needed_by",
    [
        TUESDAY + 4 * HOUR,  # half a working day remains
        WEDNESDAY - 7 * HOUR,  # as Wednesday begins: all of Tuesday
        WEDNESDAY + HOUR,
    ],
)
def test_half_a_working_day_is_time_enough(needed_by: datetime) -> None:
    assert opened(1, needed_by=needed_by).asks_at == TUESDAY


@pytest.mark.django_db
def test_hours_of_work_count_and_not_those_of_a_weekend() -> None:
    assert opened(1, at=FRIDAY, needed_by=NEXT_MONDAY - HOUR).asks_at is None
    call = opened(2, "journey", FRIDAY, contact_id=PAAL, needed_by=NEXT_MONDAY + 4 * HOUR)
    assert call.asks_at == NEXT_MONDAY


@pytest.mark.django_db
def test_it_does_not_disappear_behind_what_waits() -> None:
    """Of the same client: the one that waits is no card that another could join."""
    opened(1)
    held = opened(2, "message_held", may_wait=False)
    assert (held.asks_at, held.joined) == (None, None)
    assert open_cards(KARI) == [held]


@pytest.mark.django_db
def test_nor_behind_what_settled_itself_before_it_asked() -> None:
    opened(1, subject_kind="file", subject_id=1)
    finish_about("file", [1], now=MONDAY + HOUR)
    again = opened(2, at=MONDAY + 2 * HOUR)
    assert again.asks_at == TUESDAY
    at_once = opened(3, at=MONDAY + 3 * HOUR, may_wait=False)
    assert (at_once.asks_at, at_once.joined) == (None, None)


@pytest.mark.django_db
def test_where_the_client_is_looked_at_anyway_it_is_asked_with_that() -> None:
    answer = opened(1, "answer", may_wait=False)
    file = opened(2)
    assert (file.joined, file.asks_at) == (answer.id, None)
    assert on_cards([answer.id]) == {answer.id: [file]}


@pytest.mark.django_db
def test_what_comes_up_about_a_client_of_todays_list_stands_on_it() -> None:
    first = opened(1, contact_id=PAAL)
    second = opened(2)
    held = opened(3, "message_held", TUESDAY + 2 * HOUR, may_wait=False)
    assert (held.joined, held.asks_at) == (first.id, TUESDAY)
    assert set(on_the_list(KARI, TUESDAY + 2 * HOUR)) == {first, second, held}
    assert open_cards(KARI) == []
    assert counted(WEDNESDAY) == 1


@pytest.mark.django_db
def test_of_a_list_each_is_handed_over_by_itself() -> None:
    first, second = opened(1), opened(2, contact_id=PAAL)
    hand_over(first.id, owner_id=OLA, acting_user=KARI, now=TUESDAY)
    assert on_the_list(OLA, TUESDAY) == [first]
    assert on_the_list(KARI, TUESDAY) == [second]
    assert counted(WEDNESDAY) == 1


@pytest.mark.django_db
def test_other_programs_hear_when_it_asks() -> None:
    opened(1)
    opened(2, may_wait=False, contact_id=PAAL)
    told = [fact.data.get("asks_at") for fact in Event.objects.filter(name="task.opened").order_by("id")]
    assert told == [TUESDAY.isoformat(), None]


@pytest.mark.django_db
def test_what_an_owner_has_gathered_into_one_list_a_week_comes_there() -> None:
    change_settings(values={"burden.gathered": ["is_this_it"]}, acting_user=None, now=MONDAY - DAY)
    row = opened(1)
    assert (row.leisure, row.asks_at) == (True, TUESDAY)
    assert at_leisure(KARI) == [row]


@pytest.mark.django_db
def test_what_has_time_asks_with_the_list_of_the_day_and_stands_apart() -> None:
    time = opened(1, "journey", may_wait=False, leisure=True)
    file = opened(2, contact_id=PAAL)
    assert (time.asks_at, file.asks_at, file.joined) == (TUESDAY, TUESDAY, time.id)
    assert at_leisure(KARI) == [time]  # to be seen at once, by whoever has a moment
    assert not_asked_yet(KARI, MONDAY) == on_the_list(KARI, TUESDAY) == [file]
    assert counted(TUESDAY) == 0
    assert counted(WEDNESDAY) == 1
    again = opened(3, "journey", WEDNESDAY + HOUR, contact_id=EVA, may_wait=False, leisure=True)
    assert counted(WEDNESDAY + DAY) == 1  # one list a week
    assert at_leisure(KARI) == [time, again]


@pytest.mark.django_db
def test_what_has_time_is_no_list_of_today_that_something_else_could_be_put_on() -> None:
    opened(1, "journey", may_wait=False, leisure=True)
    held = opened(2, "message_held", TUESDAY + HOUR, contact_id=PAAL, may_wait=False)
    assert (held.asks_at, held.joined) == (None, None)
    assert counted(WEDNESDAY) == 2


@pytest.mark.django_db
def test_what_has_no_working_day_left_asks_at_once_though_it_has_time() -> None:
    row = opened(1, "journey", may_wait=False, leisure=True, needed_by=TUESDAY + HOUR)
    assert (row.leisure, row.asks_at) == (True, None)
