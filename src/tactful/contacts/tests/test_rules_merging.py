"""What the kept one will have: their word stands, gaps are filled, and what forbids holds from either."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.contacts.rules.merging import (
    STRICTNESS,
    OwnAddress,
    OwnBasis,
    OwnSpell,
    Shut,
    Side,
    Why,
    plan_merge,
    strictness,
)

MAY = datetime(2026, 5, 1, tzinfo=UTC)
EMPTY: dict[str, Any] = {
    "name": "Kari Li", "given_name": "Kari", "sort_key": "li kari", "country": "NO", "created_at": MAY,
    "language": "", "time_zone": "", "subdivision": "", "tier": "", "company_id": None,
    "household_id": None, "manager_id": None, "source": "",
}  # fmt: skip


def side(
    ident: int = 1,
    *,
    attributes: dict[str, Any] | None = None,
    rows: dict[str, Any] | None = None,
    **columns: Any,
) -> Side:
    return Side(ident, {**EMPTY, **columns}, attributes or {}, **(rows or {}))


def why(plan: Any, name: str) -> tuple[Any, Why]:
    return next((each.value, each.why) for each in plan.fields if each.field == name)


def test_the_kept_ones_word_stands_and_gaps_are_filled() -> None:
    plan = plan_merge(side(language="nb", tier=""), side(2, language="en", tier="gold", company_id=7))
    assert why(plan, "language") == ("nb", Why.OURS)
    assert why(plan, "tier") == ("gold", Why.ONLY)
    assert plan.columns == {"tier": "gold", "company_id": 7}


def test_attributes_are_joined_and_notes_are_both_kept() -> None:
    ours, theirs = (
        {"town": "Bergen", "notes": "Likes tea."},
        {"town": "Oslo", "size": "M", "notes": "Rings back."},
    )
    plan = plan_merge(side(attributes=ours), side(2, attributes=theirs))
    assert plan.attributes == {"size": "M", "notes": "Likes tea.\n\nRings back."}
    assert why(plan, "town") == ("Bergen", Why.OURS)


@pytest.mark.parametrize(
    ("ours", "theirs", "chosen"),
    [
        ("Kari", "Kari Li", "Kari Li"),
        ("kari@li.example", "Kari Li", "Kari Li"),
        ("Per", "Kari Li", "Per"),
        ("K. Li", "Kari Li", "K. Li"),
    ],
)
def test_a_fuller_name_is_taken_where_it_can_be_the_same(ours: str, theirs: str, chosen: str) -> None:
    plan = plan_merge(side(name=ours), side(2, name=theirs, given_name="Kari", sort_key="li kari"))
    assert why(plan, "name")[0] == chosen
    assert plan.columns.get("sort_key", "") == ("li kari" if chosen == theirs else "")


def test_a_client_since_the_earlier_day_and_no_county_of_another_country() -> None:
    before = MAY - timedelta(days=9)
    plan = plan_merge(side(), side(2, created_at=before, country="SE", subdivision="AB"))
    assert plan.columns == {"created_at": before}


def test_one_address_of_a_kind_is_written_to_first() -> None:
    ours = OwnAddress(1, "email", "a@x.example", "a@x.example", True)
    theirs = (
        OwnAddress(2, "email", "b@x.example", "", True),
        OwnAddress(3, "phone", "+4790000209", "", True),
    )
    plan = plan_merge(side(rows={"addresses": (ours,)}), side(2, rows={"addresses": theirs}))
    assert plan.demoted == (2,)


def test_an_objection_said_to_both_rests_on_all_that_it_was_said_by() -> None:
    ours = OwnSpell(1, "flag", "objected:marketing", {"sources": ["entry:1"]})
    theirs = OwnSpell(2, "flag", "objected:marketing", {"sources": ["portal"]})
    plan = plan_merge(side(rows={"spells": (ours,)}), side(2, rows={"spells": (theirs,)}))
    assert plan.ended == (2,)
    assert plan.joined == {1: {"sources": ["entry:1", "portal"]}}


def test_an_objection_of_unknown_source_is_not_lifted_with_a_known_one() -> None:
    ours = OwnSpell(1, "flag", "objected:marketing", {"sources": ["entry:1"]})
    plan = plan_merge(
        side(rows={"spells": (ours,)}),
        side(2, rows={"spells": (OwnSpell(2, "flag", "objected:marketing", None),)}),
    )
    assert plan.joined == {1: {"sources": ["entry:1", ""]}}


def test_flags_and_tags_of_both_hold() -> None:
    plan = plan_merge(
        side(rows={"spells": (OwnSpell(1, "tag", "vip", None),)}),
        side(2, rows={"spells": (OwnSpell(2, "flag", "bereaved", None), OwnSpell(3, "tag", "old", None))}),
    )
    assert (plan.tags, plan.flags, plan.ended) == (("old", "vip"), ("bereaved",), ())


def test_the_spell_of_a_value_that_loses_ends_and_that_of_one_that_wins_runs_on() -> None:
    spells = (
        OwnSpell(2, "attribute", "town", "Oslo"),
        OwnSpell(3, "attribute", "size", "M"),
        OwnSpell(4, "company", "", 7),
    )
    plan = plan_merge(
        side(attributes={"town": "Bergen"}),
        side(2, attributes={"town": "Oslo", "size": "M"}, rows={"spells": spells}, company_id=7),
    )
    assert plan.ended == (2,)


def test_a_wish_holds_for_all_addresses_and_a_dead_address_is_only_dead() -> None:
    shut = (
        Shut("mail", "a@x.example", "all", "complaint"),
        Shut("mail", "b@x.example", "all", "hard_bounce"),
    )
    plan = plan_merge(side(), side(2, rows={"shut": shut}))
    assert plan.wishes == (("mail", "all", "complaint"),)


kinds = st.sampled_from([*STRICTNESS, "something new"])
grounds = st.dictionaries(
    st.tuples(st.sampled_from(["service", "marketing"]), st.sampled_from(["mail", "sms"])), kinds
)


@given(grounds, grounds)
def test_of_two_grounds_for_one_use_the_stricter_holds_whichever_is_kept(
    ours: dict[tuple[str, str], str], theirs: dict[tuple[str, str], str]
) -> None:
    def rows(found: dict[tuple[str, str], str], first: int) -> tuple[OwnBasis, ...]:
        return tuple(OwnBasis(first + at, *use, kind) for at, (use, kind) in enumerate(sorted(found.items())))

    mine, other = rows(ours, 0), rows(theirs, 100)
    plan = plan_merge(side(rows={"basis": mine}), side(2, rows={"basis": other}))
    turned = plan_merge(side(2, rows={"basis": other}), side(rows={"basis": mine}))
    for chosen in plan.basis:
        use = (chosen.purpose, chosen.channel)
        said = [found[use] for found in (ours, theirs) if use in found]
        assert strictness(chosen.kind) == min(map(strictness, said))
    left = [each for each in (*mine, *other) if each.id not in plan.ended_basis]
    assert len({(each.purpose, each.channel) for each in left}) == len(left)
    assert {each.kind for each in left} == {each.kind for each in plan.basis}
    assert [strictness(each.kind) for each in turned.basis] == [strictness(each.kind) for each in plan.basis]
