"""Live segments: who comes in, who leaves, what is written down of it, and that order does not matter."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.contacts.actions import clear_flag, create_contact, set_flag, update_contact
from tactful.contacts.models import Contact
from tactful.contacts.types import NewContact
from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import MARK, UNVERIFIED, Fact, NewFact
from tactful.segments import actions, queries
from tactful.segments.actions import NewSegment, SegmentRefused
from tactful.segments.models import Segment, SegmentDirty, SegmentMember
from tactful.segments.tests.trees import MOMENT, NOW
from tactful.segments.types import FORMAT, Moment
from tactful.wiring.segments import ALLOWED

pytestmark = pytest.mark.usefixtures("db")
DAY = timedelta(days=1)
BOUGHT_TWICE = {"event": "Order Completed", "times": {"at_least": 2}, "in_last_days": 30}
VIP = {"tag": "vip"}


def client(name: str = "Liv Hansen") -> int:
    return create_contact(NewContact(name), acting_user=None, now=NOW).id


def made(where: dict[str, Any], name: str = "Regulars", *, live: bool = True) -> Segment:
    new = NewSegment(name, {"format": FORMAT, "where": where})
    row = actions.make_segment(new, allowed=ALLOWED, acting_user=None, moment=MOMENT)
    if live:
        actions.set_live(row.id, True, acting_user=None, now=NOW)
        assert actions.refresh_due(allowed=ALLOWED, moment=MOMENT) == row.slug
    return row


def buys(contact: int, ts: datetime = NOW) -> None:
    record([NewFact("Order Completed", contact, {}, ts)], now=NOW)


def settle(moment: Moment = MOMENT) -> None:
    """Everything in the log is heard, and the queue is worked off."""
    rows = Event.objects.exclude(name__startswith="segment.")
    facts = [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows]
    actions.hear(facts, allowed=ALLOWED)
    while actions.refresh_dirty(allowed=ALLOWED, moment=moment):
        pass


def inside(row: Segment) -> set[int]:
    return set(SegmentMember.objects.running().filter(segment=row).values_list("contact_id", flat=True))


def told() -> list[tuple[str, int | None]]:
    rows = Event.objects.filter(name__in=(actions.ENTERED, actions.LEFT)).order_by("id")
    assert all(set(row.data) == {"segment"} for row in rows)
    return [(row.name, row.contact_id) for row in rows]


def test_who_begins_to_fit_enters_and_who_no_longer_fits_leaves() -> None:
    row, liv = made(BOUGHT_TWICE), client()
    buys(liv)
    settle()
    assert (inside(row), told()) == (set(), [])
    buys(liv, NOW - 20 * DAY)
    settle()
    assert (inside(row), told()) == ({liv}, [(actions.ENTERED, liv)])
    settle()
    assert told() == [(actions.ENTERED, liv)]
    stay = SegmentMember.objects.get(segment=row, contact_id=liv)
    assert (stay.from_at, stay.to_at, stay.recorded_at) == (NOW, None, NOW)
    assert queries.segments_of(liv) == [("regulars", "Regulars", NOW)]


def test_a_window_that_expires_is_found_by_the_look_at_everybody() -> None:
    row, liv = made(BOUGHT_TWICE), client()
    buys(liv)
    buys(liv, NOW - 20 * DAY)
    settle()
    later = replace(MOMENT, now=NOW + 11 * DAY)
    assert actions.refresh_due(allowed=ALLOWED, moment=later) == row.slug
    assert told()[-1] == (actions.LEFT, liv)
    stay = SegmentMember.objects.get(segment=row, contact_id=liv)
    assert (stay.to_at, stay.end_recorded_at) == (later.now, later.now)
    assert queries.members_at(row.slug, [liv], NOW + DAY) == {liv}
    assert queries.members_at(row.slug, [liv], later.now) == set()
    assert actions.refresh_due(allowed=ALLOWED, moment=later) == ""


def test_a_segment_without_windows_is_gone_through_once_an_hour() -> None:
    row = made(VIP)
    soon, late = (replace(MOMENT, now=NOW + timedelta(minutes=each)) for each in (30, 61))
    assert actions.refresh_due(allowed=ALLOWED, moment=soon) == ""
    assert actions.refresh_due(allowed=ALLOWED, moment=late) == row.slug


def test_who_is_in_it_when_it_goes_live_does_not_enter() -> None:
    liv = client()
    set_flag(liv, "tag", "vip", acting_user=None, now=NOW)
    row = made(VIP)
    assert (inside(row), told()) == ({liv}, [])
    clear_flag(liv, "tag", "vip", acting_user=None, now=NOW)
    settle()
    assert (inside(row), told()) == (set(), [(actions.LEFT, liv)])


def test_a_changed_definition_moves_people_without_a_word() -> None:
    liv, paal = client(), client("Pål Ås")
    set_flag(liv, "tag", "vip", acting_user=None, now=NOW)
    set_flag(paal, "tag", "new", acting_user=None, now=NOW)
    row = made(VIP)
    other = made({"segment": row.slug}, "The same")
    assert inside(other) == {liv}
    new = NewSegment("Newcomers", {"format": FORMAT, "where": {"tag": "new"}})
    actions.change_segment(row.id, new, allowed=ALLOWED, acting_user=None, moment=MOMENT)
    while actions.refresh_due(allowed=ALLOWED, moment=MOMENT):
        pass
    assert (inside(row), inside(other), told()) == ({paal}, {paal}, [])


def test_a_segment_that_is_let_go_ends_its_stays_and_keeps_them() -> None:
    liv = client()
    set_flag(liv, "tag", "vip", acting_user=None, now=NOW)
    row = made(VIP)
    actions.set_live(row.id, False, acting_user=None, now=NOW + DAY)
    assert inside(row) == set()
    assert queries.members_at(row.slug, [liv], NOW) == {liv}
    settle()
    assert told() == []


def test_only_what_a_segment_asks_for_brings_clients_into_the_queue() -> None:
    made(BOUGHT_TWICE)
    liv = client()
    actions.hear([Fact(1, "visit", liv, NOW, NOW, {})], allowed=ALLOWED)
    assert not SegmentDirty.objects.exists()
    actions.hear([Fact(2, "Order Completed", liv, NOW, NOW, {})] * 2, allowed=ALLOWED)
    assert SegmentDirty.objects.count() == 1


def test_what_only_a_browser_tells_of_lets_nobody_in() -> None:
    """It would begin journeys (R94)."""
    row, liv = made(BOUGHT_TWICE), client()
    for _ in range(2):
        record([NewFact("Order Completed", liv, {MARK: {UNVERIFIED: True}})], now=NOW)
    settle()
    assert actions.refresh_due(allowed=ALLOWED, moment=replace(MOMENT, now=NOW + DAY)) == row.slug
    assert (inside(row), told()) == (set(), [])
    buys(liv)
    buys(liv)
    settle()
    assert inside(row) == {liv}


def test_attributes_and_company_wake_as_well() -> None:
    row, liv = (
        made({"all": [{"attribute": "city", "is": "Bergen"}, {"field": "company", "is": "Fjord AS"}]}),
        client(),
    )
    update_contact(liv, {"city": "Bergen", "company": "Fjord AS"}, acting_user=None, now=NOW)
    settle()
    assert inside(row) == {liv}


def test_an_erased_client_is_in_nothing() -> None:
    row, liv = made(VIP), client()
    set_flag(liv, "tag", "vip", acting_user=None, now=NOW)
    actions.hear([Fact(1, "contact.tag_set", liv, NOW, NOW, {})], allowed=ALLOWED)
    Contact.objects.filter(id=liv).delete()
    settle()
    assert inside(row) == set()


def test_segments_do_not_ask_each_other_in_a_circle() -> None:
    first = made(VIP, "First", live=False)
    second = made({"not": {"segment": "first"}}, "Second", live=False)
    circle = NewSegment("First", {"format": FORMAT, "where": {"segment": second.slug}})
    with pytest.raises(SegmentRefused, match="in a circle: second → first → second"):
        actions.change_segment(first.id, circle, allowed=ALLOWED, acting_user=None, moment=MOMENT)
    with pytest.raises(SegmentRefused, match="“Second” asks this segment"):
        actions.remove_segment(first.id, allowed=ALLOWED, acting_user=None, now=NOW)
    with pytest.raises(SegmentRefused, match="no segment “nowhere”"):
        made({"segment": "nowhere"}, "Third", live=False)
    actions.remove_segment(second.id, allowed=ALLOWED, acting_user=None, now=NOW)
    actions.remove_segment(first.id, allowed=ALLOWED, acting_user=None, now=NOW)
    assert not Segment.objects.exists()


def test_names_make_slugs_that_are_free() -> None:
    assert [made(VIP, "Gode kunder på Ås!", live=False).slug for _ in range(2)] == [
        "gode-kunder-pa-as",
        "gode-kunder-pa-as-2",
    ]
    assert made(VIP, "🙂", live=False).slug == "segment"
    with pytest.raises(SegmentRefused, match="Give the segment a name"):
        made(VIP, "  ", live=False)


class Undo(Exception):
    """Ends an example."""


Deed = tuple[int, str, int]  # whose, what, how many days ago
deeds = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(("Order Completed", "visit", "reply.received")), st.integers(0, 40)
    ),
    min_size=1,
    max_size=10,
)
LIVE: tuple[dict[str, Any], ...] = (
    BOUGHT_TWICE,
    {"event": "visit", "then_not": {"event": "Order Completed", "within_days": 5}},
    {
        "all": [
            {"event": "reply.received", "in_last_days": 7},
            {"not": {"event": "visit", "times": {"at_least": 3}}},
        ]
    },
    {"any": [{"segment": "s0"}, {"segment": "s1"}]},
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds, st.randoms(use_true_random=False), st.lists(st.integers(1, 4), max_size=10))
def test_any_order_of_the_same_events_gives_the_same_members(
    done: list[Deed], dice: random.Random, cuts: list[int]
) -> None:
    shuffled = [*done]
    dice.shuffle(shuffled)
    assert lived(done, []) == lived(shuffled, cuts)


def lived(done: Sequence[Deed], cuts: Sequence[int]) -> list[set[int]]:
    """The events come in this order; ``cuts``: after how many of them somebody looks. Twice heard is once."""
    found: list[set[int]] = []
    try:
        with transaction.atomic():
            rows = [made(where, f"s{n}") for n, where in enumerate(LIVE)]
            people = [client(f"Client {n}") for n in range(3)]
            left = list(cuts)
            for place, (whom, name, ago) in enumerate(done):
                record([NewFact(name, people[whom], {}, NOW - ago * DAY)], now=NOW)
                if left and place % left[0] == 0:
                    left.pop(0)
                    settle()
            settle()
            settle()
            found = [{people.index(ident) for ident in inside(row)} for row in rows]
            raise Undo
    except Undo:
        return found
