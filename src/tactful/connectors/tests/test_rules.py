"""The language of the mappings, signatures, and what payloads mean. No database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.connectors.rules import convert, paths
from tactful.connectors.rules.mapping import read_map
from tactful.connectors.rules.meaning import calls, meaning
from tactful.connectors.rules.seen import holds_any
from tactful.connectors.rules.signatures import Check, is_genuine, read_check
from tactful.connectors.systems import systems
from tactful.connectors.tests import samples
from tactful.connectors.tests.samples import MAPPING, MOMENT, SAMPLES, SECRET, Sample, calcom, signed
from tactful.connectors.types import House, MappingTrouble, Payload

HOUSE = House("Europe/Oslo", "en")
NOW = datetime.fromtimestamp(MOMENT, UTC)
NAMES = [sample.system for sample in SAMPLES]
TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def means(sample: Sample, body: Any = None) -> Any:
    mapping = systems()[sample.system].mapping if sample.system != "other" else read_map(MAPPING)
    return meaning(mapping, Payload(body or sample.payload, sample.headers), HOUSE, NOW)


def check_of(sample: Sample) -> Check:
    system = systems().get(sample.system)
    return system.check if system else Check("token", "authorization", prefix="Bearer ")


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_each_system_says_whose_it_is_and_what_happened(sample: Sample) -> None:
    found = means(sample)
    assert (found.problem, found.remarks) == (None, ())
    assert tuple(event.name for event in found.events) == sample.events
    assert found.person.traits["email"] == "kari@example.no"
    assert all(event.at and event.at <= NOW for event in found.events)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_only_the_secret_signs_and_only_these_bytes(sample: Sample) -> None:
    check, headers = check_of(sample), signed(sample)
    assert is_genuine(check, SECRET, headers, sample.body, NOW)
    assert not is_genuine(check, SECRET, signed(sample, "another-secret"), sample.body, NOW)
    assert not is_genuine(check, "", headers, sample.body, NOW)
    assert not is_genuine(check, "", signed(sample, ""), sample.body, NOW)
    assert not is_genuine(check, SECRET, sample.headers, sample.body, NOW)
    if check.kind != "token":
        assert not is_genuine(check, SECRET, headers, sample.body + b" ", NOW)
    if check.kind == "timed":
        for apart in (timedelta(seconds=301), timedelta(seconds=-301)):
            assert not is_genuine(check, SECRET, headers, sample.body, NOW + apart)


@given(header=st.text(max_size=200), body=st.binary(max_size=50))
def test_no_header_of_a_stranger_breaks_the_check(header: str, body: bytes) -> None:
    for sample in SAMPLES:
        check = check_of(sample)
        assert not is_genuine(check, SECRET, {check.header: check.prefix + header}, body, NOW)


def test_an_order_in_full() -> None:
    (event,) = means(samples.WOO).events
    assert event.at == datetime(2026, 11, 18, 8, tzinfo=UTC)
    assert dict(event.properties) == {
        "order_id": "501",
        "order_number": "501",
        "total": 1249.5,
        "tax": 249.9,
        "currency": "NOK",
        "products": [
            {"product_id": "7", "sku": "SH-1", "name": "Shampoo", "price": 349.8, "quantity": 2},
            {"product_id": "8", "name": "Comb", "price": 300, "quantity": 1},
        ],
    }


def test_a_guest_of_a_shop_is_not_the_same_client_as_all_other_guests() -> None:
    assert means(samples.WOO).person.handle == "kari@example.no"
    known = means(samples.WOO, samples.WOO.payload | {"customer_id": 42})
    assert known.person.handle == "42"


def test_an_appointment_says_when_in_words_of_the_house() -> None:
    booked, dated = means(calcom("BOOKING_CREATED")).events
    assert booked.properties["when"] == "Tuesday 1 December at 10:00"
    assert dated.properties["starts_at"] == "2026-12-01T09:00:00+00:00"
    assert convert.written(datetime(2026, 12, 1, 9, tzinfo=UTC), House("Europe/Oslo", "nb")) == (
        "tirsdag 1. desember kl. 10:00"
    )


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("1 499,50", 1499.5),
        ("1,499.50", 1499.5),
        ("1.499,50", 1499.5),
        (12, 12),
        ("-3", -3),
        ("12\xa0000", 12000),
    ],
)
def test_numbers_as_people_write_them(value: Any, wanted: float) -> None:
    assert convert.number(value, None, HOUSE) == wanted


def test_amounts_in_the_smallest_unit() -> None:
    assert convert.minor(25_050, "nok", HOUSE) == 250.5
    assert convert.minor(500, "jpy", HOUSE) == 500


def test_what_is_told_long_afterwards_is_not_counted_again() -> None:
    old = means(samples.WOO, samples.WOO.payload | {"date_paid_gmt": "2026-01-01T00:00:00"})
    assert old.events == ()
    assert [remark.code for remark in old.remarks] == ["old"]


def test_nobody_is_a_problem_and_nothing_wanted_is_none() -> None:
    assert means(samples.STRIPE, {"type": "payout.paid"}).problem is None
    nameless = json.loads(samples.WOO.body) | {"billing": {}}
    assert means(samples.WOO, nameless).problem.code == "nobody"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", 1),
        ("list[1].n", "two"),
        ("list[].n", "one"),
        ("list[kind=x].n", "two"),
        ("list[deep.er=7].n", "one"),
        ('["dotted.key"].v', 3),
        ("with a space", 4),
        ("nowhere.at[3].all", None),
        ("a.b.c", None),
        ("$header.X-Topic", "orders/paid"),
    ],
)
def test_paths(path: str, found: Any) -> None:
    body = {
        "a": {"b": 1},
        "list": [{"n": "one", "deep": {"er": 7}}, {"n": "two", "kind": "x"}],
        "dotted.key": {"v": 3},
        "with a space": 4,
    }
    assert paths.first(Payload(body, {"x-topic": "orders/paid"}), paths.parse(path)) == found


@pytest.mark.parametrize(
    "path", ["", " ", "a..b", "a[", "a]", "[", '["x', ".a", "a." * 20 + "a", "a" * 400, 3, None]
)
def test_paths_that_are_none(path: Any) -> None:
    with pytest.raises(MappingTrouble):
        paths.parse(path)


@given(TREE)
def test_every_leaf_can_be_chosen_and_leads_back(tree: Any) -> None:
    for path, text in paths.leaves(tree):
        assert text in map(paths.plain, paths.every(Payload(tree), paths.parse(path)))


@given(TREE, st.sampled_from([*systems(), "other"]))
def test_no_payload_of_a_stranger_breaks_anything(tree: Any, name: str) -> None:
    """R87: also where it looks nearly as it should."""
    mapping = systems()[name].mapping if name != "other" else read_map(MAPPING)
    for body in (tree, {"payload": tree, "data": tree, "triggerEvent": "BOOKING_CREATED", "kind": "paid"}):
        found = meaning(mapping, Payload(body), HOUSE, NOW)
        assert found.problem is None or found.problem.code
        assert isinstance(calls(found, "x:", "d", {}, NOW), list)


@given(st.data(), st.sampled_from(SAMPLES))
def test_any_field_may_be_anything(data: st.DataObject, sample: Sample) -> None:
    body = json.loads(sample.body)
    chosen = data.draw(st.sampled_from([path for path, _ in paths.leaves(body)]))
    _put(body, chosen, data.draw(TREE))
    found = means(sample, body)
    assert found.problem is None or found.problem.code in ("nobody", "moment", "about", "once")
    assert isinstance(calls(found, "x:", "d", {}, NOW), list)


def _put(body: Any, path: str, value: Any) -> None:
    *before, last = paths.parse(path).steps
    for step in before:
        body = body[getattr(step, "name", None) or step.at]  # type: ignore[union-attr]
    body[getattr(last, "name", None) if isinstance(last, paths.Key) else last.at] = value  # type: ignore[union-attr]


@given(TREE)
def test_any_document_is_a_mapping_or_says_why_not(tree: Any) -> None:
    codes: set[str] = set()
    for document in (
        tree,
        {"client": {"email": "a"}, "rules": tree},
        {"client": tree, "rules": [{"event": "x"}]},
    ):
        try:
            read_map(document)
        except MappingTrouble as trouble:
            codes.add(trouble.problem.code)
    assert all(codes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client": {"name": "a"}}, "client"),
        ({"client": {"email": "a", "iban": "b"}}, "unknown"),
        ({"rules": []}, "rules"),
        ({"rules": [{"event": ""}]}, "event"),
        ({"rules": [{"event": "x", "properties": {"a": {"path": "b", "as": "python"}}}]}, "conversion"),
        ({"rules": [{"event": "x", "properties": {"a": {"eval": "1+1"}}}]}, "value"),
        ({"rules": [{"event": "x", "properties": {"a": {"path": "a", "eval": "1"}}}]}, "unknown"),
        ({"rules": [{"event": "x", "when": {"a": [{}]}}]}, "when"),
        ({"rules": [{"event": "x", "about": {"kind": "a b", "key": "c"}}]}, "about"),
        ({"scripts": 1}, "unknown"),
    ],
)
def test_a_mapping_says_what_is_wrong_with_it(change: dict[str, Any], code: str) -> None:
    with pytest.raises(MappingTrouble) as trouble:
        read_map(MAPPING | change)
    assert trouble.value.problem.code == code


def test_checks_are_few_and_named() -> None:
    with pytest.raises(MappingTrouble):
        read_check({"kind": "none", "header": "x"})
    with pytest.raises(MappingTrouble):
        read_check({"kind": "hmac", "header": "x y"})


@pytest.mark.parametrize(
    ("body", "value", "found"),
    [
        (b'{"mail":"K\\u0061ri@Example.no"}', "kari@example.no", True),
        (b'{"name":"Kj\\u00e6rsti"}', "Kj\u00e6rsti", True),
        (b'{"phone":"(912) 34-567"}', "+4791234567", True),
        (b'{"id": 4217}', "4217", True),
        (b"no json, but kari@example.no", "kari@example.no", True),
        (b'{"mail":"ola@example.no"}', "kari@example.no", False),
    ],
)
def test_somebody_is_found_however_they_are_written(body: bytes, value: str, found: bool) -> None:
    assert holds_any(body, {}, [value]) is found
