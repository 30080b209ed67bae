"""The published schema and the reader agree; what is wrong is said; every tree has a sentence."""

import json
from importlib.resources import files
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from tactful.segments.rules.evaluating import explain
from tactful.segments.rules.problems import SENTENCES, SegmentError
from tactful.segments.rules.reading import node_of, read
from tactful.segments.rules.walking import interest
from tactful.segments.rules.writing import document
from tactful.segments.sentences import Names, reasons, sentence
from tactful.segments.tests import trees
from tactful.segments.tests.test_attacks import anything
from tactful.segments.tests.trees import LIBRARY, MOMENT
from tactful.segments.tests.world import EVERYTHING
from tactful.segments.types import FORMAT, History, Node
from tactful.wiring.segments import ALLOWED

SCHEMA = json.loads(files("tactful.segments").joinpath("schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def is_read(where: Any) -> bool:
    try:
        read({"format": FORMAT, "where": where}, ALLOWED)
    except SegmentError:
        return False
    return True


def is_valid(where: Any) -> bool:
    return bool(VALIDATOR.is_valid({"format": FORMAT, "where": where}))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=300, deadline=None)
@given(trees.trees)
def test_whatever_is_written_fits_the_schema(node: Node) -> None:
    where = document(node)["where"]
    assert is_valid(where)


@settings(max_examples=500, deadline=None)
@given(anything)
def test_what_is_read_fits_the_schema(doc: Any) -> None:
    assert is_valid(doc) or not is_read(doc)


READER_ONLY = {"deep", "many", "order", "date", "number"}
"""What a schema cannot say: how deep, how many in all, which of two days is first, and NaN."""
MENDS: list[tuple[Any, str]] = [
    ([], "group"),
    ({}, "kind"),
    ({"cíty": "Bergen"}, "kind"),
    ({"all": []}, "list"),
    ({"all": [{"tag": "x"}], "any": []}, "unknown"),
    ({"field": "password", "is": "x"}, "allowed"),
    ({"field": "gate_rev", "is": 1}, "allowed"),
    ({"field": "language"}, "one_question"),
    ({"field": "language", "is": "nb", "is_not": "en"}, "one_question"),
    ({"field": "created_at", "is": "2026-01-01"}, "only_dates"),
    ({"attribute": "city", "like": "B%"}, "unknown"),
    ({"attribute": "n", "at_least": "3"}, "number"),
    ({"attribute": "n", "at_least": float("nan")}, "number"),
    ({"attribute": "n", "at_least": 10**16}, "number"),
    ({"attribute": "n", "known": 1}, "truth"),
    ({"attribute": "n", "is": None}, "scalar"),
    ({"attribute": "n", "before": "2026-02-30"}, "date"),
    ({"attribute": "n", "in_last_days": -1}, "count"),
    ({"event": "x", "times": {"at_least": 0}}, "count"),
    ({"event": "x", "times": {"at_least": 1, "at_most": 2}}, "one_question"),
    ({"event": "x", "in_last_days": 3, "between": ["2026-01-01", "2026-01-02"]}, "one_window"),
    ({"event": "x", "between": ["2026-01-03", "2026-01-02"]}, "order"),
    ({"event": "x", "between": ["2026-01-03"]}, "missing"),
    ({"event": "x", "then": {"event": "y", "within_days": 1}, "then_not": {}}, "unknown"),
    ({"event": "x", "then": {"event": "y"}}, "count"),
    ({"tag": "x", "state": "sometimes"}, "allowed"),
    ({"conversation": "loud"}, "allowed"),
    ({"consent": "marketing", "channel": "pigeon"}, "allowed"),
    ({"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"all": [{"tag": "x"}]}]}]}]}]}]}]}, "deep"),
    ({"all": [{"any": [{"tag": "x"}] * 26}] * 2}, "many"),
]


@pytest.mark.parametrize(("where", "code"), MENDS)
def test_what_is_wrong_is_said(where: Any, code: str) -> None:
    with pytest.raises(SegmentError) as refused:
        node_of(where, ALLOWED)
    assert refused.value.problem.code == code
    assert str(refused.value)
    assert not is_valid(where) or code in READER_ONLY


def test_every_sentence_of_trouble_is_reached() -> None:
    elsewhere = {"format", "empty", "text", "characters", "no_segment", "circle"}
    assert {code for _, code in MENDS} | elsewhere == set(SENTENCES)


SAID: list[tuple[Any, str, str]] = [
    (
        {"all": [{"attribute": "city", "is": "Bergen"}, {"field": "company", "is": "Fjord AS"}]},
        "Clients in Bergen and at Fjord AS",
        "Kunder i Bergen og hos Fjord AS",
    ),
    (
        {"event": "Order Completed", "times": {"at_most": 0}},
        "Clients who never bought",
        "Kunder som aldri har kjøpt",
    ),
    (
        {"event": "cart", "in_last_days": 7, "then_not": {"event": "Order Completed", "within_days": 3}},
        "Clients who had “cart” in the last 7 days and then did not buy within 3 days",
        "Kunder som har hatt «cart» de siste 7 dagene og deretter ikke har kjøpt innen 3 dager",
    ),
    (
        {"not": {"any": [{"tag": "vip"}, {"event": "Order Completed", "times": {"at_least": 3}}]}},
        "Clients who are not tagged “vip” and bought at most 2 times",
        "Kunder som ikke er merket «vip» og har kjøpt høyst 2 ganger",
    ),
    (
        {"any": [{"journey": "welcome", "state": "never"}, {"consent": "marketing", "channel": "sms"}]},
        "Clients who have never been in the journey “Welcome” or may hear from us about offers by SMS",
        "Kunder som aldri har vært i forløpet «Welcome» eller kan høre fra oss om tilbud på SMS",
    ),
    (
        {"event": "Order Completed", "where": [{"property": "total", "at_least": 500}]},
        "Clients who bought with total at least 500",
        "Kunder som har kjøpt med beløp på minst 500",
    ),
    (
        {"attribute": "birthday", "known": False},
        "Clients who have no known birthday",
        "Kunder som har ingen kjent bursdag",
    ),
    (
        {"field": "language", "is_not": "nb"},
        "Clients who do not speak Norwegian",
        "Kunder som ikke snakker norsk",
    ),
    (
        {
            "any": [
                {"attribute": "client_since", "in_last_days": 30},
                {
                    "all": [
                        {"event": "contact.created", "where": [{"property": "import", "known": False}]},
                        {"attribute": "client_since", "known": False},
                    ]
                },
            ]
        },
        (
            "Clients who became clients in the last 30 days, or who came to us without an imported list and "
            "have no known first day as clients"
        ),
        (
            "Kunder som ble kunder de siste 30 dagene, eller som har kommet til oss uten en importert liste "
            "og ikke har noen kjent første dag som kunder"
        ),
    ),
    (
        {
            "any": [
                {"not": {"any": [{"segment": "a"}, {"not": {"segment": "b"}}]}},
                {"any": [{"segment": "c"}, {"segment": "d"}]},
            ]
        },
        "Clients who are not in “a” and are in “b”, or who (either are in “c” or are in “d”)",
        "Kunder som ikke er med i «a» og er med i «b», eller som (enten er med i «c» eller er med i «d»)",
    ),
    (
        {
            "event": "contact.created",
            "where": [{"property": "import", "known": True}, {"property": "total", "at_least": 3}],
        },
        "Clients who came to us by an imported list with total at least 3",
        "Kunder som har kommet til oss med en importert liste med beløp på minst 3",
    ),
]


@pytest.mark.parametrize(("where", "english", "norwegian"), SAID)
def test_sentences_in_both_languages(where: Any, english: str, norwegian: str) -> None:
    names = Names({("journey", "welcome"): "Welcome"})
    for language, said in (("en", english), ("nb", norwegian)):
        with override(language):
            assert sentence(node_of(where, ALLOWED), names) == said


@settings(max_examples=150, deadline=None)
@given(trees.trees, trees.histories)
def test_reasons_say_what_the_tree_says(node: Node, history: History) -> None:
    """The first line of reasons holds exactly if the tree does, in each language."""
    answer = explain(node, history, MOMENT, LIBRARY)
    for language in ("en", "nb"):
        with override(language):
            lines = reasons(answer)
            assert lines[0].holds is answer.holds
            assert sentence(node)
            assert all(line.text and (line.is_group or line.text.strip()) for line in lines)


WINDOWS = [{"event": "x", "in_last_days": 3}, {"event": "y", "then_not": {"event": "x", "within_days": 1}}]


@pytest.mark.parametrize("where", WINDOWS)
def test_windows_are_moved_by_time(where: Any) -> None:
    found = interest(node_of(where, EVERYTHING), EVERYTHING)
    assert "x" in found.facts
    assert found.by_time
