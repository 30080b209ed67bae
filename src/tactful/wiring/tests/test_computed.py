"""What is computed of events: in segments, live ones too, in journeys' conditions and in letters."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.broadcasts.rules.fields import variables, wrong
from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.types import Words
from tactful.contacts.actions import create_contact
from tactful.contacts.types import NewContact
from tactful.content.rules.compile import check_template
from tactful.events.actions import record
from tactful.events.types import MARK, UNVERIFIED, NewFact
from tactful.gate.types import UNKNOWN
from tactful.segments import actions
from tactful.segments.actions import NewSegment
from tactful.segments.hot import asking
from tactful.segments.hot.histories import histories
from tactful.segments.models import Segment, SegmentMember
from tactful.segments.rules.evaluating import holds
from tactful.segments.rules.reading import node_of
from tactful.segments.tests.trees import MOMENT, NOW
from tactful.segments.types import FORMAT
from tactful.testing.log import read_to_the_end
from tactful.tracking.actions import NewProperty, define_property, remove_property
from tactful.tracking.hot.tallies import CONSUMER
from tactful.tracking.queries import computed_values
from tactful.tracking.queries import properties as defined
from tactful.tracking.types import ComputedKind
from tactful.wiring.broadcasts import as_seen
from tactful.wiring.letters import as_written
from tactful.wiring.object_facts import load
from tactful.wiring.segments import ALLOWED, compute

DAY = timedelta(days=1)
ORDERS = "Order Completed"


def client(name: str = "Liv Hansen") -> int:
    return create_contact(NewContact(name), acting_user=None, now=NOW).id


def bought(contact: int, total: Any, days_ago: int = 0, product: str = "Tea") -> None:
    record([NewFact(ORDERS, contact, {"total": total, "product": product}, NOW - days_ago * DAY)], now=NOW)


def counted() -> None:
    """All events, those included that another test's open transaction hides for a while."""
    read_to_the_end([CONSUMER], compute)


@pytest.fixture
def properties(committed_db: None) -> None:
    for kind in ComputedKind:
        field = "product" if kind in ("first", "last", "most_frequent") else "total"
        define_property(NewProperty(kind.value, kind, ORDERS, field, kind.value), acting_user=None, now=NOW)


@pytest.fixture
def two(properties: None) -> tuple[int, int]:
    liv, per = client(), client("Per Ås")
    bought(liv, "10.10", 40)
    bought(liv, 20.2, 3, product="Coffee")
    bought(liv, "7", 2)
    bought(per, 5, 100)
    counted()
    return liv, per


ASKED: list[tuple[dict[str, Any], str]] = [
    ({"computed": "count", "at_least": 3}, "liv"),
    ({"computed": "count", "is": 1}, "per"),
    ({"computed": "sum", "more_than": 37}, "liv"),
    ({"computed": "sum", "is": 37.3}, "liv"),
    ({"computed": "first", "is": "Tea"}, "both"),
    ({"computed": "last", "one_of": ["Coffee", "Milk"]}, "nobody"),
    ({"computed": "most_frequent", "contains": "Te"}, "both"),
    ({"computed": "days_since", "at_most": 2}, "liv"),
    ({"computed": "days_since", "more_than": 99}, "per"),
    ({"computed": "days_since", "known": True}, "both"),
    ({"computed": "not there", "known": True}, "nobody"),
    ({"not": {"computed": "not there", "known": True}}, "both"),
]


def test_both_evaluators_find_the_same(two: tuple[int, int]) -> None:
    liv, per = two
    for where, who in ASKED:
        node = node_of(where, ALLOWED)
        expected: set[int] = {"liv": {liv}, "per": {per}, "both": {liv, per}, "nobody": set()}[who]
        known = histories([liv, per], node, ALLOWED)
        assert {ident for ident in two if holds(node, known[ident], MOMENT)} == expected, where
        assert set(asking.members(node, ALLOWED, MOMENT)) == expected, where
        assert asking.among([node], ALLOWED, MOMENT, [liv, per]) == [expected], where


def test_a_live_segment_hears_when_a_value_changes(properties: None) -> None:
    liv = client()
    new = NewSegment("Regulars", {"format": FORMAT, "where": {"computed": "count", "at_least": 2}})
    row = actions.make_segment(new, allowed=ALLOWED, acting_user=None, moment=MOMENT)
    actions.set_live(row.id, True, acting_user=None, now=NOW)
    assert actions.refresh_due(allowed=ALLOWED, moment=MOMENT) == row.slug
    expected: list[set[int]] = [set(), {liv}]
    for inside in expected:
        bought(liv, 1)
        counted()
        actions.refresh_dirty(allowed=ALLOWED, moment=MOMENT)
        running = SegmentMember.objects.running().filter(segment=row)
        assert set(running.values_list("contact_id", flat=True)) == inside
    Segment.objects.filter(id=row.id).update(checked_at=NOW - 2 * actions.TIMED)
    assert actions.refresh_due(allowed=ALLOWED, moment=MOMENT) == row.slug, "days pass by themselves"


def test_who_is_not_asked_for_is_not_looked_at_again(properties: None) -> None:
    liv = client()
    bought(liv, 1)
    counted()
    assert actions.refresh_dirty(allowed=ALLOWED, moment=MOMENT) == 0


def test_what_only_a_browser_tells_of_is_not_counted(properties: None) -> None:
    liv = client()
    record([NewFact(ORDERS, liv, {"total": 1, MARK: {UNVERIFIED: True}})], now=NOW)
    counted()
    assert computed_values([liv], NOW) == {}


def test_journeys_ask_for_it(two: tuple[int, int]) -> None:
    liv, per = two
    other = client("Siri")
    asked = [(liv, "count"), (per, "sum"), (liv, "days_since"), (other, "count"), (liv, "nothing")]
    keys = [(who, f"contact.computed.{key}") for who, key in asked]
    assert list(load(keys, NOW).values()) == [3, 5, 2, None, UNKNOWN]
    assert load([(liv, "contact.computed.sum")], NOW) == {(liv, "contact.computed.sum"): 37.3}


BODY = 'You have bought {{ count | default: "some" }} times and like {{ last | default: "tea" }}.'


def test_letters_say_it_and_their_default_where_nothing_is_known(two: tuple[int, int]) -> None:
    liv, _per = two
    words = Words(subject="Hello {{ given_name }}", body=BODY)
    assert variables(words) == {"@count": "contact.computed.count", "@last": "contact.computed.last"}
    assert "You have bought 3 times and like Tea." in " ".join(as_seen(words, "en", liv, NOW).text.split())
    nobody = client("Siri")
    assert "bought some times and like tea." in " ".join(as_seen(words, "en", nobody, NOW).text.split())


def test_a_removed_property_leaves_its_default(two: tuple[int, int]) -> None:
    liv, _per = two
    remove_property(defined().get(key="count").id, acting_user=None, now=NOW)
    text = " ".join(as_seen(Words("Hello", "", BODY), "en", liv, NOW).text.split())
    assert "bought some times" in text
    assert asking.members(node_of({"computed": "count", "known": True}, ALLOWED), ALLOWED, MOMENT) == []


WRONG = [
    ("{{ count }}", [("default", "count")]),
    ('{{ count | default: "" }}', [("default", "count")]),
    ('{{ count | default: "a" }} {{ count | default: "b" }}', [("two", "count")]),
    ('{{ secret | default: "a" }}', [("unknown", "secret")]),
    ('{{ count | default: "a" }} {{ count | default: "a" }}', []),
    ('{{ given_name | default: "you" }}', []),
]


@pytest.mark.parametrize(("body", "found"), WRONG)
def test_a_default_is_asked_for(body: str, found: list[tuple[str, str]]) -> None:
    assert list(wrong(Words("Hello", "", body), ["count", "last"])) == found


@given(st.text(max_size=40), st.text(alphabet="{}|%\"' adefultcount:\n", max_size=40))
def test_any_default_makes_a_template_or_a_sentence(default: str, around: str) -> None:
    words = Words("Hello", "", f'{around}{{{{ count | default: "{default}" }}}} and more')
    assert isinstance(check_template(mail_source(words, "en")), list)
    assert isinstance(list(wrong(words, ["count"])), list)


@pytest.mark.parametrize(
    ("fact", "language", "written"),
    [(1234567, "en", "1,234,567"), (1234567, "nb", "1\u00a0234\u00a0567"), (37.3, "nb", "37,30"),
     (True, "en", ""), (None, "nb", ""), ("Te", "nb", "Te"), ([1], "en", "")],
)  # fmt: skip
def test_numbers_are_written_as_the_reader_does(fact: object, language: str, written: str) -> None:
    assert as_written(fact, language) == written
