"""Who may begin, for which object, and again."""

from datetime import UTC, datetime, timedelta

import pytest

from tactful.gate.types import UNKNOWN
from tactful.journeys.rules.dates import start_of
from tactful.journeys.rules.entry import MayEnter, NotNow, Past, enters, may_enter
from tactful.journeys.rules.moves import Event, Facts
from tactful.journeys.types import (
    AllOf,
    Compare,
    DateEntry,
    EventEntry,
    Op,
    Reentry,
    ReentryMode,
    Ref,
    Source,
)

from .build import MONDAY, OSLO, plan

BIG = Compare(Ref(Source.EVENT, "amount"), Op.MORE_THAN, 100)
NEW = Compare(Ref(Source.FACT, "engagement.new"), Op.HOLDS)
CHOOSY = plan(entry=EventEntry("wanted", AllOf((BIG, NEW)), "engagement"))


def told(value: object) -> Facts:
    return {"engagement.new:engagement=17": value}


def wanted(**data: object) -> Event:
    return Event("wanted", 1, MONDAY, data)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (wanted(engagement="17", amount=101), "17"),
        (wanted(engagement=17, amount=101), "17"),
        (wanted(engagement="17", amount=99), None),
        (wanted(engagement="17", amount="101"), None),
        (wanted(engagement="", amount=101), None),
        (wanted(amount=101), None),
        (Event("other", 1, MONDAY, {"engagement": "17", "amount": 101}), None),
    ],
)
def test_an_event_begins_the_journey_of_its_object_if_the_filter_holds(event: Event, key: str | None) -> None:
    assert enters(CHOOSY, event, lambda keys, at: told(True)) == key


def test_a_filter_that_cannot_be_read_begins_nothing_and_says_so() -> None:
    event = wanted(engagement="17", amount=101)
    assert enters(CHOOSY, event, lambda keys, at: told(False)) is None
    with pytest.raises(LookupError, match=r"engagement\.new:engagement=17"):
        enters(CHOOSY, event, lambda keys, at: told(UNKNOWN))


def test_without_a_key_there_is_one_for_each_client() -> None:
    assert enters(plan(entry=EventEntry("wanted")), wanted(), lambda keys, at: {}) == ""


INSIDE = Past(count=1, live=True)
LEFT = Past(count=2, last_ended_at=MONDAY - timedelta(days=10))
MONTH = timedelta(days=30)


@pytest.mark.parametrize(
    ("mode", "cooldown", "past", "answer"),
    [
        (ReentryMode.NEVER, timedelta(), Past(), MayEnter(1)),
        (ReentryMode.NEVER, timedelta(), INSIDE, NotNow("already_inside")),
        (ReentryMode.NEVER, timedelta(), LEFT, NotNow("only_once")),
        (ReentryMode.AFTER_LEAVING, timedelta(), INSIDE, NotNow("already_inside")),
        (ReentryMode.AFTER_LEAVING, timedelta(), LEFT, MayEnter(3)),
        (ReentryMode.AFTER_LEAVING, MONTH, LEFT, NotNow("cooling_down")),
        (ReentryMode.AFTER_LEAVING, timedelta(days=10), LEFT, MayEnter(3)),
        (ReentryMode.ALWAYS, timedelta(), INSIDE, MayEnter(2, stop_live=True)),
        (ReentryMode.ALWAYS, MONTH, LEFT, NotNow("cooling_down")),
    ],
)
def test_beginning_again(
    mode: ReentryMode, cooldown: timedelta, past: Past, answer: MayEnter | NotNow
) -> None:
    assert may_enter(Reentry(mode, cooldown), past, MONDAY) == answer


def test_a_journey_with_a_date_begins_so_much_earlier() -> None:
    entry = DateEntry("appointment.starts_at", timedelta(hours=24), "appointment")
    start = start_of(entry, "17", "2026-03-30T09:00", OSLO, None)
    assert start is not None
    assert start.at == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    assert start_of(entry, "17", None, OSLO, None) is None
