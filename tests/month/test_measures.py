"""What counts as a reminder of something that was known, and when a month has missed its measures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tactful.channels.actions import RawMail, store_raw
from tactful.channels.models import Account
from tests.month.ledger import DESK, KNOWN, UNREAD, Ledger, Thing, could_be_known
from tests.month.measures import Lived, missed, spread, together
from tests.year.oracle import Sent

NOW = datetime(2026, 4, 9, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = Lived(
    seed=1, days=20, days_felt=[2, 3, 4], people_felt=[0, 1, 2], causes={"journey_call": 3}, reminders=1000,
    reminders_after_delivery=1, reminders_unread=0, reminders_on_a_desk=9, deadlines_lost=0,
    holds_over_two_days=0, longest_hold_days=4.0, conversations=50, closed_by_hand=4, told_of_dead_token=1,
    messages=2000,
)  # fmt: skip


def reminder(key: str = "Q1", template: str = "quote-follow-up", author: str = "automation") -> Sent:
    return Sent(1, author, 1, "relationship", template, None, None, 1, key, "quote-follow-up", "ask", [])


def judged(ledger: Ledger, sent: Sent | None = None) -> str | None:
    return ledger.judge(7, sent or reminder(), NOW)[0]


def test_what_is_open_may_be_reminded_of() -> None:
    ledger = Ledger()
    assert judged(ledger) is None
    assert ledger.reminders == {7: None}


def test_what_lies_on_a_desk_no_machine_can_know() -> None:
    ledger = Ledger()
    ledger.settle("quote", "Q1", NOW - HOUR, "phone")
    assert judged(ledger) == DESK
    ledger.told("quote", "Q1", NOW)
    assert judged(ledger) == KNOWN
    assert ledger.count(KNOWN) == 1


def test_what_comes_later_was_right_to_be_reminded_of() -> None:
    ledger = Ledger()
    ledger.settle("quote", "Q1", NOW + HOUR, "phone")
    assert judged(ledger) is None


@pytest.mark.django_db
def test_a_mail_is_known_once_the_mailbox_has_been_read() -> None:
    ledger = Ledger()
    ledger.settle("quote", "Q1", NOW - HOUR, "mail", "mail-1")
    assert judged(ledger) == UNREAD
    account = Account.objects.create(channel="mail", name="Post", address="post@fjord.example")
    store_raw([RawMail(account.id, "mail-1", b"Ja takk")], now=NOW)
    assert judged(ledger) == KNOWN


@pytest.mark.parametrize(
    ("what", "ago", "expected"),
    [
        (KNOWN, timedelta(0), True),
        (UNREAD, timedelta(seconds=59), False),  # counted all the same, as one that was not read
        (UNREAD, timedelta(seconds=60), True),
        (DESK, HOUR, False),
    ],
)
def test_what_came_a_moment_ago_could_not_be_known(what: str, ago: timedelta, expected: bool) -> None:
    assert could_be_known(what, Thing(NOW - ago, "mail"), NOW) is expected


def test_only_what_automation_reminds_of_is_counted() -> None:
    ledger = Ledger()
    ledger.settle("quote", "Q1", NOW - HOUR, "told")
    assert judged(ledger, reminder(author="person_direct")) is None
    assert judged(ledger, reminder(template="quote-accepted")) is None
    assert ledger.reminders == {}


def test_a_good_month_misses_nothing() -> None:
    assert missed(together([GOOD])) == []


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        ({"days_felt": [4, 4, 4]}, "interruptions_median"),
        ({"days_felt": [0] * 18 + [9, 9]}, "interruptions_p95"),
        ({"reminders_after_delivery": 2}, "reminders_after_delivery"),
        ({"reminders_unread": 1}, "reminders_after_delivery"),
        ({"deadlines_lost": 1}, "deadlines_lost"),
        ({"holds_over_two_days": 1}, "holds_over_two_days"),
        ({"closed_by_hand": 5}, "closed_by_hand_percent"),
        ({"violations": ["a mail was never read"]}, "violations"),
        ({"told_of_dead_token": 2}, "told_of_dead_token"),
    ],
)
def test_each_measure_can_be_missed(change: dict[str, object], measure: str) -> None:
    assert missed(together([replace(GOOD, **change)])) == [measure]  # type: ignore[arg-type]


def test_seeds_are_counted_together() -> None:
    found = together([GOOD, replace(GOOD, seed=2, days_felt=[4, 5, 6], people_felt=[1, 3, 3])])
    assert (found["seeds"], found["reminders"], found["closed_by_hand_percent"]) == (2, 2000, 8.0)
    assert (found["interruptions_median"], found["interruptions_of_a_person_median"]) == (4.0, 1.5)


def test_a_spread_of_one_day() -> None:
    assert spread([4]) == (4.0, 4.0)
