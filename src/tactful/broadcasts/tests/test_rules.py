"""Moves, shares, hours, paces and words, without a database."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tactful.broadcasts.rules.approval import fingerprint, may_approve
from tactful.broadcasts.rules.language import chosen
from tactful.broadcasts.rules.pace import AHEAD, free_after, gap, slots
from tactful.broadcasts.rules.standing import OF_MESSAGES, pairs_of, standing_of
from tactful.broadcasts.rules.states import EDITABLE, FROZEN, MOVES, OVER, may_move
from tactful.broadcasts.rules.variants import number_of, variant_of
from tactful.broadcasts.rules.when import begins_at, due_in, stood_still
from tactful.broadcasts.rules.words import mail_source, mjml
from tactful.broadcasts.types import Person, Plan, Schedule, Standing, State, Variant, When, Words
from tactful.content.rules.compile import check_template

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ids = st.integers(1, 2**62)
weights = st.lists(st.integers(0, 100), min_size=1, max_size=8).filter(any)
moments = st.integers(0, 2 * 365 * 24 * 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))
zones = st.sampled_from(
    ["Europe/Oslo", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"]
)
plans = st.builds(
    Plan,
    name=st.text(max_size=20),
    segment=st.text("abc-", max_size=5),
    touchpoint=st.text("abc-", max_size=5),
    variants=st.lists(
        st.builds(
            Variant,
            words=st.dictionaries(
                st.sampled_from(["nb", "en"]), st.builds(Words, st.text(), st.text(), st.text())
            ),
            weight=st.integers(0, 9),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    schedule=st.one_of(
        st.just(Schedule()),
        st.builds(lambda at: Schedule(When.AT, at), moments),
        st.builds(
            lambda at, clock: Schedule(When.LOCAL, None, at.date(), time(clock)), moments, st.integers(0, 23)
        ),
    ),
    per_hour=st.none() | st.integers(1, 1000),
    delay_minutes=st.integers(0, 60),
)


@given(st.lists(st.sampled_from(State)))
def test_what_has_begun_never_comes_back_to_the_desk_and_what_is_over_stays_over(tried: list[State]) -> None:
    state, begun, over = State.DRAFT, False, False
    for to in tried:
        if may_move(state, to):
            assert not over
            assert not (begun and to in EDITABLE)
            state = to
            begun, over = begun or state in FROZEN, state in OVER
    assert set(MOVES) == set(State)


def test_nothing_goes_out_without_having_been_scheduled() -> None:
    assert [state for state in State if may_move(state, State.SENDING)] == [State.SCHEDULED, State.PAUSED]
    assert all(may_move(state, State.CANCELLED) for state in State if state not in OVER)


@given(ids, ids, ids, weights)
def test_the_same_client_gets_the_same_variant_for_ever(
    seed: int, one: int, who: int, shares: list[int]
) -> None:
    place = variant_of(seed, one, who, shares)
    assert place == variant_of(seed, one, who, shares)
    assert shares[place] > 0


def test_shares_are_what_the_weights_say() -> None:
    found = Counter(variant_of(7, 11, who, [60, 30, 0, 10]) for who in range(20_000))
    assert [round(found[place] / 20_000, 1) for place in range(4)] == [0.6, 0.3, 0.0, 0.1]
    assert number_of(7, 11, 1) != number_of(8, 11, 1)


@given(plans)
def test_a_plan_comes_back_from_its_document(plan: Plan) -> None:
    assert Plan.from_json(plan.as_json()) == plan


@given(plans, plans)
def test_an_approval_holds_for_one_plan_and_one_audience(one: Plan, other: Plan) -> None:
    assert (fingerprint(one, {"a": 1}) == fingerprint(other, {"a": 1})) is (one.as_json() == other.as_json())
    assert fingerprint(one, {"a": 1}) != fingerprint(one, {"a": 2})


def test_an_approval_is_taken_back_by_the_smallest_change() -> None:
    words = Variant({"nb": Words("Hei", "", "Vi har åpent.")})
    plan = Plan("a", "b", "c", (words,))
    seen = fingerprint(plan, {})
    others = [
        replace(plan, variants=(Variant({"nb": Words("Hei", "", "Vi har åpent!")}),)),
        replace(plan, schedule=Schedule(When.AT, NOW)),
        replace(plan, segment="d"),
    ]
    assert seen not in [fingerprint(each, {}) for each in others]
    assert may_approve(1, [2, 3])
    assert not may_approve(2, [2, 3])


@given(moments, st.integers(0, 120), moments)
def test_nothing_begins_before_it_can_be_taken_back(go_at: datetime, delay: int, at: datetime) -> None:
    soonest = go_at + timedelta(minutes=delay)
    assert begins_at(Schedule(), go_at, delay) == soonest
    assert begins_at(Schedule(When.AT, at), go_at, delay) == max(soonest, at)


@given(moments, st.integers(0, 120), zones, st.integers(0, 23), st.integers(-3, 10))
def test_each_client_s_own_clock(go_at: datetime, delay: int, zone: str, hour: int, days: int) -> None:
    schedule = Schedule(When.LOCAL, None, go_at.date() + timedelta(days=days), time(hour))
    begins = begins_at(schedule, go_at, delay)
    due = due_in(zone, schedule, begins)
    assert due >= begins >= go_at
    wall = due.astimezone(ZoneInfo(zone))
    asked = datetime.combine(wall.date(), time(hour), ZoneInfo(zone))
    missing = asked.astimezone(UTC).astimezone(ZoneInfo(zone)).hour != hour  # that hour is not on this day
    assert wall.hour == hour or missing
    assert due - begins <= timedelta(days=max(days, 0) + 3)


def test_whose_hour_has_passed_gets_it_the_next_day_at_that_hour() -> None:
    schedule = Schedule(When.LOCAL, None, date(2026, 11, 23), time(10))
    begins = begins_at(schedule, NOW + timedelta(hours=2), 10)  # 12:10 in Oslo
    assert due_in("Europe/Oslo", schedule, begins) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert due_in("America/New_York", schedule, begins) == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_what_stood_still_for_more_than_an_hour_asks_a_person() -> None:
    assert not stood_still(NOW, NOW + timedelta(minutes=60))
    assert stood_still(NOW, NOW + timedelta(minutes=61))


@given(st.integers(1, 5_000), st.lists(st.integers(0, 4_000), min_size=1, max_size=30), st.integers(1, 300))
def test_no_hour_holds_more_than_its_share(per_hour: int, waits: list[int], most: int) -> None:
    """However often it is asked, and however long nothing ran."""
    now, free_at, gone = NOW, None, list[datetime]()
    for seconds in waits:
        now += timedelta(seconds=seconds)
        found = slots(per_hour, free_at, now, most)
        assert all(now <= at <= now + AHEAD for at in found)
        gone += found
        free_at = free_after(per_hour, found[-1]) if found else free_at
    assert gone == sorted(gone)
    assert all(later - sooner >= gap(per_hour) for sooner, later in pairwise(gone))


def test_without_a_pace_all_of_them_go() -> None:
    assert slots(None, None, NOW, 3) == [NOW] * 3
    assert free_after(None, NOW) is None


@given(st.sampled_from(Person), st.none() | st.sampled_from(sorted(OF_MESSAGES)))
def test_everybody_stands_in_exactly_one_place(person: Person, message: str | None) -> None:
    standing = standing_of(person, message)
    found = []
    for each in Standing:
        without, with_one = pairs_of(each)
        here = person in without if person is not Person.QUEUED else message in with_one
        if person is Person.QUEUED and message is None:
            here = each is Standing.GONE
        found += [each] if here else []
    assert found == [standing]


def test_the_language_of_the_client_or_else_of_the_house() -> None:
    assert chosen("nn-NO", "en", ["nb", "en"]) == "nb"
    assert chosen("", "nb", ["nb", "en"]) == "nb"
    assert chosen("de", "nb", ["en"]) == "en"
    assert chosen("de", "fr", ["nb"]) == "nb"


def test_plain_words_become_a_mail() -> None:
    body = (
        "# Åpent i romjulen\n\nHei {{ given_name }},\nvi klipper <hele> uken.\n\n- Mandag\n"
        "- Tirsdag & onsdag\n\n[Bestill time](https://salong.example/time?a=1&b=2)\n\nSe [prisene](https://salong.example/priser)."
    )
    found = mjml(body)
    assert "<h2>Åpent i romjulen</h2>" in found
    assert "<p>Hei {{ given_name }},<br>vi klipper &lt;hele&gt; uken.</p>" in found
    assert "<ul><li>Mandag</li><li>Tirsdag &amp; onsdag</li></ul>" in found
    assert '<mj-button href="https://salong.example/time?a=1&amp;b=2">Bestill time</mj-button>' in found
    assert '<p>Se <a href="https://salong.example/priser">prisene</a>.</p>' in found
    assert check_template(mail_source(Words("Hei {{ given_name }}", "", body), "nb")) == []


@given(st.text(max_size=200).filter(lambda text: "{" not in text and "}" not in text))
def test_whatever_an_owner_types_is_a_mail_or_nothing(body: str) -> None:
    source = mail_source(Words("Subject", "", f"x{body}"), "en")
    assert [problem.code for problem in check_template(source)] == []


def test_mjml_is_taken_as_it_is() -> None:
    assert mjml("  <mj-section></mj-section>") == "<mj-section></mj-section>"
    assert mjml("javascript [x](javascript:alert)").count("href") == 0
