"""Dates that become known, move and die; occasions of clients (R28)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.journeys.rules.calendar import ZoneCalendar
from tactful.journeys.rules.dates import in_year
from tactful.journeys.rules.entry import first_state
from tactful.journeys.rules.moves import (
    CancelMessages,
    Due,
    EnqueueSend,
    Event,
    Facts,
    Outcome,
    Phase,
    SendOutcome,
    State,
)
from tactful.journeys.rules.occasions import next_occasion
from tactful.journeys.rules.plan import Plan
from tactful.journeys.rules.tale import Tale
from tactful.journeys.types import (
    CALENDAR_FACT,
    END,
    QUIET_FACT,
    Compare,
    DateEntry,
    Delay,
    EventEntry,
    Op,
    RecurringEntry,
    Reentry,
    Ref,
    Send,
    Source,
    Wait,
)

from .build import MONDAY, OSLO, hours, moved, plan, unhurried
from .told import Happened, Plain, tell_plainly

STARTS = Ref(Source.FACT, "visit.starts_at")
BEFORE = DateEntry("visit.starts_at", hours(24), "visit")
DAY = timedelta(days=1)
YEAR = MONDAY + 400 * DAY


class Night:
    """Quiet from 20 to 8, by the clock of Greenwich."""

    def pull_forward(self, due: datetime, before: datetime) -> datetime:
        opens = due.replace(hour=8, minute=0)
        opens = due if 8 <= due.hour < 20 else opens + DAY if due.hour >= 20 else opens
        evening = due.replace(hour=19, minute=59)
        return due if opens < before else evening if due.hour >= 20 else evening - DAY


def world(held: datetime | None = None, known: Facts | None = None) -> Plain:
    """``held``: until when the gate lets nothing go."""
    return Plain({CALENDAR_FACT: OSLO, QUIET_FACT: None, **(known or {})}, (), held)


def reminding(**more: Any) -> Plan:
    latest = Delay(until=STARTS)
    steps = (Send("remind", END, "reminder", "reminder-1", latest=latest),)
    return plan(**{"entry": BEFORE, "steps": steps, "goal": None, "exits": (), **more})


def told(verb: str, at: datetime, starts: datetime | None = None) -> Happened:
    fields = {} if starts is None else {"starts_at": starts.isoformat()}
    return Happened(at, f"visit.{verb}", {"visit": 7, **fields})


def sends(tale: Tale) -> list[tuple[datetime, datetime | None]]:
    """When each message was asked for, and its latest moment."""
    return [(each.wanted_at, each.effect.latest_at) for each in tale.sendings]


VISIT = datetime(2026, 3, 20, 9, tzinfo=UTC)


def test_a_reminder_goes_out_so_much_before() -> None:
    tale = tell_plainly(reminding(), [told("dated", MONDAY, VISIT)], world(), YEAR)
    assert sends(tale) == [(VISIT - DAY, VISIT)]
    assert tale.sendings[0].effect.about == "visit=7"


def test_it_follows_the_date_when_it_moves_and_dies_with_it() -> None:
    later = VISIT + 3 * DAY
    story = [told("dated", MONDAY, VISIT), told("moved", MONDAY + DAY, later)]
    assert sends(tell_plainly(reminding(), story, world(), YEAR)) == [(later - DAY, later)]
    dead = tell_plainly(reminding(), [*story, told("cancelled", VISIT)], world(), YEAR)
    assert (sends(dead), dead.walks[0].state.end_reason) == ([], "cancelled")


def test_a_late_booking_is_reminded_at_once_and_one_that_is_over_never() -> None:
    soon = MONDAY + hours(5)
    assert sends(tell_plainly(reminding(), [told("dated", MONDAY, soon)], world(), YEAR)) == [(MONDAY, soon)]
    over = tell_plainly(reminding(), [told("dated", MONDAY, MONDAY - DAY)], world(), YEAR)
    assert over.walks == []


def test_what_waits_to_be_sent_is_called_back_and_said_at_the_new_time() -> None:
    """The gate holds the reminder; the visit moves by a week."""
    later = VISIT + 7 * DAY
    story = [told("dated", MONDAY, VISIT), told("moved", VISIT - hours(20), later)]
    tale = tell_plainly(reminding(), story, world(held=VISIT), YEAR)
    assert [each.visits for _, _, each in tale.did if isinstance(each, CancelMessages)] == [(1,)]
    assert sends(tale) == [(VISIT - DAY, VISIT), (later - DAY, later)]
    assert [stay.result for stay in tale.walks[0].stays] == ["moved", "sent"]


def test_a_visit_that_moves_a_little_is_said_again_with_its_new_latest_moment() -> None:
    sooner = VISIT - hours(2)
    story = [told("dated", MONDAY, VISIT), told("moved", VISIT - hours(20), sooner)]
    tale = tell_plainly(reminding(), story, world(held=VISIT - hours(19)), YEAR)
    assert sends(tale) == [(VISIT - DAY, VISIT), (VISIT - hours(20), sooner)]


def test_a_message_that_has_gone_is_not_said_twice() -> None:
    """It had passed the handoff mark when its visit moved by two hours: nothing can be called back."""
    made, fact = reminding(), "visit.starts_at:visit=7"
    facts = {CALENDAR_FACT: OSLO, QUIET_FACT: None, fact: VISIT.isoformat()}
    moved_to = {**facts, fact: (VISIT - hours(2)).isoformat()}
    event = Event("visit.dated", 1, MONDAY, {"visit": 7, "starts_at": VISIT.isoformat()})
    state = first_state(made, State(1, 1, "7"), event, facts)
    assert state is not None
    sending = moved(made, state, Due(), VISIT - DAY, facts)
    called = moved(made, sending.state, Event("visit.moved", 2, VISIT - hours(20), {"visit": 7}),
                   VISIT - hours(20), moved_to)  # fmt: skip
    assert called.effects == (CancelMessages((1,), "moved"),)
    again = moved(made, called.state, Event("visit.moved", 2, VISIT - hours(20), {"visit": 7}),
                  VISIT - hours(20), moved_to)  # fmt: skip
    assert again.state is called.state
    gone = moved(made, called.state, SendOutcome(1, Outcome.SENT, VISIT - DAY), VISIT - hours(19), moved_to)
    assert (gone.state.phase, gone.visits[0].result) == (Phase.ENDED, "sent")
    back = moved(made, called.state, SendOutcome(1, Outcome.CANCELLED, VISIT), VISIT - hours(19), moved_to)
    assert [type(effect) for effect in back.effects] == [EnqueueSend]


def test_waits_for_a_date_in_a_journey_that_began_otherwise_follow_it_too() -> None:
    made = reminding(
        entry=EventEntry("visit.dated", key="visit"),
        steps=(
            Wait("rest", "remind", Delay(until=STARTS, earlier=hours(24))),
            Send("remind", END, "reminder", "reminder-1"),
        ),
    )
    later = VISIT + 3 * DAY
    story = [told("dated", MONDAY, VISIT), told("moved", MONDAY + DAY, later)]
    assert sends(tell_plainly(made, story, world(), YEAR)) == [(later - DAY, None)]
    again = [*story[:1], told("moved", VISIT - hours(20), later)]
    found = tell_plainly(made, again, world(held=VISIT), YEAR)
    assert [at for at, _ in sends(found)] == [VISIT - DAY, later - DAY]


def test_telling_the_same_date_again_changes_nothing() -> None:
    story = [told("dated", MONDAY, VISIT), told("moved", MONDAY + DAY, VISIT), told("dated", MONDAY, VISIT)]
    late = [*story, told("dated", VISIT - hours(3), VISIT)]
    held = world(held=VISIT - hours(1))
    assert sends(tell_plainly(reminding(), late, held, YEAR)) == [(VISIT - DAY, VISIT)]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (VISIT.replace(hour=10), VISIT.replace(hour=8)),  # two hours before, in the open hours
        (VISIT.replace(hour=9), VISIT.replace(day=20, hour=7)),  # quiet, but it opens before the visit
        (VISIT.replace(hour=7), VISIT.replace(day=19, hour=19, minute=59)),
        (VISIT.replace(hour=23), VISIT.replace(hour=19, minute=59)),
    ],
)
def test_quiet_hours_pull_it_forward_rather_than_push_it_past_the_date(
    starts: datetime, expected: datetime
) -> None:
    made = reminding(entry=DateEntry("visit.starts_at", hours(2), "visit"))
    tale = tell_plainly(made, [told("dated", MONDAY, starts)], world(known={QUIET_FACT: Night()}), YEAR)
    assert sends(tale)[0][0] == expected


EARLY = Delay(until=STARTS, earlier=hours(1))
"""The mail must have gone an hour before."""


@pytest.mark.parametrize(
    "made",
    [
        reminding(
            entry=DateEntry("visit.starts_at", hours(2), "visit"),
            steps=(Send("remind", END, "reminder", "reminder-1", latest=EARLY),),
        ),
        reminding(
            entry=DateEntry("visit.starts_at", hours(72), "visit"),
            steps=(
                Wait("wait", "remind", Delay(until=STARTS, earlier=hours(2))),
                Send("remind", END, "reminder", "reminder-1", latest=EARLY),
            ),
        ),
    ],
)
def test_quiet_hours_pull_it_forward_rather_than_push_it_past_its_own_latest_moment(made: Plan) -> None:
    story = [told("dated", MONDAY, VISIT.replace(hour=9))]  # due at 7, the morning opens at 8: too late
    tale = tell_plainly(made, story, world(known={QUIET_FACT: Night()}), YEAR)
    assert sends(tale)[0][0] == VISIT.replace(day=19, hour=19, minute=59)
    later = [told("dated", MONDAY, VISIT.replace(hour=9, minute=30))]  # half an hour is room enough
    tale = tell_plainly(made, later, world(known={QUIET_FACT: Night()}), YEAR)
    assert sends(tale)[0][0] == VISIT.replace(hour=7, minute=30)


BIRTHDAY = DateEntry("contact.attribute.birthday", yearly=True, at=time(9))


@pytest.mark.parametrize(
    ("born", "since", "expected"),
    [
        ("1980-03-20", MONDAY, "2026-03-20 08:00"),
        ("1980-03-01", MONDAY, "2027-03-01 08:00"),
        ("1980-02-29", MONDAY, "2027-02-28 08:00"),
        ("1980-02-29", datetime(2028, 1, 1, tzinfo=UTC), "2028-02-29 08:00"),
        ("1980-07-01", MONDAY, "2026-07-01 07:00"),
    ],
)
def test_a_birthday_comes_every_year_at_nine_where_the_client_lives(
    born: str, since: datetime, expected: str
) -> None:
    made = reminding(entry=BIRTHDAY, steps=(Send("wish", END, "reminder", "wish"),))
    known = {"contact.attribute.birthday": born}
    tale = tell_plainly(made, [], world(known=known), since + 400 * DAY, since=since)
    first, _ = sends(tale)[0]
    assert f"{first:%Y-%m-%d %H:%M}" == expected


def test_a_birthday_that_is_no_date_begins_nothing() -> None:
    made = reminding(entry=BIRTHDAY)
    for born in (None, "soon", "", 17):
        facts: Facts = {"contact.attribute.birthday": born, CALENDAR_FACT: OSLO}
        assert next_occasion(made, facts, MONDAY) is None


def test_the_first_monday_of_each_month_for_those_of_whom_it_holds() -> None:
    holds = Compare(Ref(Source.ATTRIBUTE, "newsletter"), Op.IS, "yes")
    every = RecurringEntry("FREQ=MONTHLY;BYDAY=1MO", time(9), date(2026, 1, 1), holds)
    made = reminding(entry=every, steps=(Send("news", END, "reminder", "news"),), reentry=Reentry())
    for said, expected in (("yes", ["2026-04-06 07:00"]), ("no", [])):
        known: Mapping[str, Any] = {"contact.attribute.newsletter": said}
        tale = tell_plainly(made, [], world(known=known), MONDAY + 60 * DAY, MONDAY + 2 * DAY)
        assert [f"{at:%Y-%m-%d %H:%M}" for at, _ in sends(tale)] == expected
        assert all(walk.state.phase is Phase.ENDED for walk in tale.walks)


@unhurried
@given(st.dates(date(1900, 1, 1), date(2023, 12, 31)), st.integers(2024, 2035))
def test_every_birthday_has_one_day_in_each_year(born: date, year: int) -> None:
    day = in_year(born.isoformat(), year)
    assert day is not None
    assert day.year == year
    assert (day.month, day.day) == (born.month, born.day) or (day.month, day.day, born.day) == (2, 28, 29)


@unhurried
@given(
    st.sampled_from(["Europe/Oslo", "Pacific/Kiritimati", "Pacific/Niue", "America/New_York"]),
    st.dates(date(1950, 1, 1), date(2020, 12, 31)),
    st.integers(0, 240),
    st.integers(0, 1096).map(lambda ahead: MONDAY + ahead * DAY),
)
def test_no_occasion_is_missed(zone: str, born: date, earlier: int, since: datetime) -> None:
    """The next one lies within 366 days and a bit, and begins so much before the local day."""
    entry = DateEntry("contact.attribute.birthday", hours(earlier), yearly=True)
    calendar = ZoneCalendar(zone)
    facts: Facts = {"contact.attribute.birthday": born.isoformat(), CALENDAR_FACT: calendar, QUIET_FACT: None}
    found = next_occasion(reminding(entry=entry), facts, since)
    assert found is not None
    day = in_year(born.isoformat(), int(found.key))
    assert day is not None
    assert found.start.at == calendar.at_local(day, time(0)) - hours(earlier)
    assert since <= found.start.at <= since + 367 * DAY
