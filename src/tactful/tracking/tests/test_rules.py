"""Pure rules: who is who, when, under which name, and what a profile says."""

import ast
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tactful.tracking.rules import clocks
from tactful.tracking.rules.bodies import data_of, values_of
from tactful.tracking.rules.identity import Claim, Home, Known, Link, resolve
from tactful.tracking.rules.names import OURS, event_name
from tactful.tracking.rules.profile import Trait, changes, latest
from tactful.tracking.rules.traits import told
from tactful.tracking.types import Clock, Key

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

users = st.sampled_from(["u1", "u2", "u3", "u4"])
keys = st.sampled_from([Key("email", name) for name in "abcd"])
moments = st.builds(lambda at, number: Clock(NOW + timedelta(seconds=at), f"m{number}"), st.integers(0, 4),
                    st.integers(0, 9))  # fmt: skip
claims = st.lists(st.builds(Claim, users, keys, moments), max_size=9)
idents = st.sampled_from(["x1", "u1", "u4"])
links = st.lists(st.builds(lambda a, b, c: Link(a, b, c, c.ts), idents, users, moments), max_size=4)
held = st.dictionaries(keys, st.integers(1, 2), max_size=2)


@given(claims, links, held, st.randoms())
def test_the_order_of_claims_makes_no_difference(said, linked, known, dice) -> None:  # type: ignore[no-untyped-def]
    first = resolve(Known(said, linked, known))
    again = said + said[:3]
    dice.shuffle(again)
    dice.shuffle(linked)
    assert resolve(Known(again, linked, known)) == first


@given(claims, held)
def test_every_claimed_address_has_one_place_and_every_user_a_home(said, known) -> None:  # type: ignore[no-untyped-def]
    found = resolve(Known(said, (), known))
    assert set(found.homes) == {claim.user for claim in said}
    assert set(found.places) == {claim.key for claim in said} - set(known)
    for pair in found.pairs:
        assert pair.one != pair.other
    for claim in said:
        there = Home(known[claim.key], "") if claim.key in known else found.places[claim.key]
        here = found.homes[claim.user]
        assert here == there or any({pair.one, pair.other} == {here, there} for pair in found.pairs)


def test_an_address_from_elsewhere_stays_where_it_is() -> None:
    a, b = Key("email", "a"), Key("email", "b")
    said = [Claim("u1", b, Clock(NOW, "1")), Claim("u1", a, Clock(NOW, "2"))]
    found = resolve(Known(said, (), {a: 7}))
    assert found.homes["u1"] == Home(None, "u1")
    assert len(found.pairs) == 1
    assert resolve(Known(said[1:], (), {a: 7})).homes["u1"] == Home(7, "")


def test_clocks() -> None:
    hour = timedelta(hours=1)
    assert clocks.skew(NOW - hour, NOW) == hour
    assert clocks.skew(NOW - timedelta(seconds=20), NOW) == timedelta(), "the way is no wrong clock"
    assert clocks.happened(NOW - 2 * hour, hour, NOW) == (NOW - hour, "")
    assert clocks.happened(NOW + hour, timedelta(), NOW) == (NOW, "clamped")
    assert clocks.happened(datetime(1970, 1, 1), timedelta(), NOW) == (NOW, "clamped")  # noqa: DTZ001
    assert clocks.happened(None, hour, NOW) == (NOW, "")


def test_every_fact_of_ours_has_a_reserved_family() -> None:
    """Whoever adds a fact adds its first word, or a stranger could say it."""
    house = Path(__file__).parents[2]
    said = set()
    for path in house.rglob("*.py"):
        if "tests" not in path.parts and "demo" not in path.parts and "testing" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NewFact" and node.args:
                    name = node.args[0]
                    if isinstance(name, ast.Constant):
                        said.add(str(name.value).split(".")[0])
    assert said
    assert said - OURS == set()


@given(st.text())
def test_no_name_is_one_of_ours(text: str) -> None:
    name = event_name(text)
    assert len(name) <= 80
    assert name.partition(".")[0].strip().lower() not in OURS - {"tracked"} or "." not in name


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(), values, max_size=5))
def test_data_are_json_that_a_database_takes(properties: dict[str, object]) -> None:
    body = json.dumps(properties).encode()
    try:
        read = json.loads(data_of(body, b'{"u":"u1"}'))
    except ValueError:
        assert b"NaN" in body or b"Infinity" in body or b"\\ud" in body, "refused at the door"
        return
    assert read["$"] == {"u": "u1"}
    assert "\\u0000" not in json.dumps(read)
    assert len(values_of(body)) <= 200


@given(st.lists(st.builds(Trait, users, st.sampled_from("ab"), st.sampled_from(["x", "y", None]), moments)))
def test_the_last_word_stands(traits: list[Trait]) -> None:
    unique = list({(trait.user, trait.key, trait.clock): trait for trait in traits}.values())
    assert latest(unique) == latest(list(reversed(unique)))


def test_what_a_person_has_written_stays() -> None:
    assert changes({"plan": "gold"}, {"plan": "silver"}, {}) == {}
    assert changes({"plan": "gold"}, {"plan": "silver"}, {"plan": "silver"}) == {"plan": "gold"}
    assert changes({}, {"plan": "silver"}, {"plan": "silver"}) == {"plan": None}


def test_standard_traits() -> None:
    found = told(
        {
            "email": " Kari@Example.NO ", "phone": "901 00 209", "firstName": "Kari",
            "birthday": "1980-02-14",
            "address": {"street": "Bryggen 1", "postalCode": "5003", "city": "BERGEN"}, "locale": "nb-NO",
            "company": {"name": "Fjord AS"}, "notes": "secret", "timezone": "Mars/Olympus",
        }
    )  # fmt: skip
    assert found.addresses == (Key("email", "kari@example.no"), Key("phone", "+4790100209"))
    assert found.values == {
        "given_name": "Kari", "birthday": "1980-02-14", "address": "Bryggen 1", "postal_code": "5003",
        "city": "BERGEN", "language": "nb", "company": "Fjord AS", "trait_notes": "secret",
    }  # fmt: skip
    assert found.notes == ("timezone: zone.unknown",)
