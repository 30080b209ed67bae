"""What the machine asks of people is counted by day, person and cause; what clients ask is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tactful.inbox.actions.tasks import finish, open_tasks
from tactful.inbox.models import Task
from tactful.inbox.queries import Interruptions, interruptions
from tactful.inbox.types import NewTask

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)  # half past midnight, the next day, in Oslo
SINCE, UNTIL = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
DAY = date(2026, 3, 10)


def opened(number: int, kind: str, code: str, owner: int | None, at: datetime = LATE) -> None:
    open_tasks([NewTask(kind, code, f"test:{number}", owner_id=owner)], now=at)


def test_by_the_local_day_the_person_and_the_cause() -> None:
    for number in range(3):
        opened(number, "call", "journey", 1, at=LATE + timedelta(hours=9 + 2 * number))
    opened(3, "decide", "message_held", 1)
    opened(4, "decide", "journey", 2)
    opened(5, "unknown", "message_unknown", None)
    assert interruptions(SINCE, UNTIL, "Europe/Oslo") == [
        Interruptions(DAY, 1, "journey_call", 3),
        Interruptions(DAY, 1, "message_held", 1),
        Interruptions(DAY, 2, "journey_decide", 1),
        Interruptions(DAY, None, "message_unknown", 1),
    ]


def test_what_people_ask_for_is_no_interruption_of_ours() -> None:
    for number, code in enumerate(("answer", "complaint", "sensitive", "talk_to_me", "bad_news")):
        opened(number, "answer", code, 1)
    assert interruptions(SINCE, UNTIL, "Europe/Oslo") == []


def test_what_was_done_at_once_has_interrupted_all_the_same() -> None:
    opened(1, "decide", "is_this_it", 1)
    finish(Task.objects.get().id, acting_user=1, now=LATE)
    assert [found.count for found in interruptions(SINCE, UNTIL, "UTC")] == [1]


def test_from_one_moment_up_to_another() -> None:
    opened(1, "decide", "is_this_it", 1, at=SINCE)
    opened(2, "decide", "is_this_it", 1, at=UNTIL)
    assert [found.day for found in interruptions(SINCE, UNTIL, "UTC")] == [SINCE.date()]
