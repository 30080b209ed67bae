"""R56: whatever stands in a document, it is a value. Operators, joins and names of columns are never text."""

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Composable, Composed, Identifier, Placeholder

from tactful.contacts.actions import create_contact, update_contact
from tactful.contacts.types import NewContact
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.segments.hot import asking
from tactful.segments.hot.compiling import compile_few, compile_tree
from tactful.segments.hot.histories import histories
from tactful.segments.rules.evaluating import holds
from tactful.segments.rules.problems import SegmentError
from tactful.segments.rules.reading import node_of
from tactful.segments.rules.walking import unfold
from tactful.segments.sentences import problem_sentence, sentence
from tactful.segments.tests import trees
from tactful.segments.tests.trees import LIBRARY, MOMENT, NOW
from tactful.segments.tests.world import EVERYTHING
from tactful.segments.types import Node

pytestmark = pytest.mark.usefixtures("db")

HOSTILE = (
    "'; DROP TABLE contact; --",
    "' OR '1'='1",
    '" OR ""="',
    "x' UNION SELECT 1 --",
    "%s",
    "%(ids)s",
    "100%",
    "{}",
    "{0.__class__}",
    "$1",
    "$.* ? (@ == 1)",
    'strict $.a[*] ? (exists (@."b"))',
    "\\'; --",
    "a\\",
    "E'\\x27'",
    "$$ ; DELETE FROM event; $$",
    "name) OR (true",
    "1::text); --",
    "pg_sleep(10)",
    "/* */ OR 1=1",
    "тест\u202e",
    "🙂" * 20,
    "a\nb\tc",
    '{"a": 1}',
    "[1, 2]",
    "null",
)
SHAPES: tuple[Any, ...] = (
    lambda text: {"attribute": text, "is": text},
    lambda text: {"attribute": text, "one_of": [text, 3, True]},
    lambda text: {"attribute": text, "contains": text},
    lambda text: {"attribute": text, "at_least": 3},
    lambda text: {"attribute": text, "before": "2026-01-01"},
    lambda text: {"attribute": text, "comes_round_within_days": 3},
    lambda text: {"field": "company", "contains": text},
    lambda text: {"field": "name", "contains": text},
    lambda text: {"computed": text, "is": text},
    lambda text: {
        "event": text,
        "where": [{"property": text, "is": text}, {"property": text, "contains": text}],
    },
    lambda text: {"event": text, "times": {"exactly": 2}, "then_not": {"event": text, "within_days": 1}},
    lambda text: {"tag": text, "state": "never"},
    lambda text: {"journey": text},
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_values(text: str) -> None:
    """They are found where they stand, by the one whose they are, and nothing else happens."""
    liv = create_contact(NewContact("Liv Hansen"), acting_user=None, now=NOW).id
    other = create_contact(NewContact("Pål Ås"), acting_user=None, now=NOW).id
    update_contact(liv, {text: text}, acting_user=None, now=NOW)
    record([NewFact(text[:80], liv, {text: text})], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE computed_for_test"
            " (contact_id bigint, name text, value jsonb, since timestamptz)"
        )
        cursor.execute("INSERT INTO computed_for_test VALUES (%s, %s, %s)", [liv, text, json.dumps(text)])
    for shape in SHAPES:
        node = node_of(shape(text[:80]), EVERYTHING)
        known = histories([liv, other], node, EVERYTHING)
        expected = {ident for ident in (liv, other) if holds(node, known[ident], MOMENT)}
        assert set(asking.members(node, EVERYTHING, MOMENT)) == expected
        assert asking.among([node], EVERYTHING, MOMENT, [liv, other]) == [expected]
        assert sentence(node)
    assert asking.members(node_of({"attribute": text, "is": text}, EVERYTHING), EVERYTHING, MOMENT) == [liv]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "", "x" * 201, 7, None, ["a"], {"$ne": 1}])
def test_what_cannot_be_kept_is_refused_with_a_sentence(shape: Any, text: Any) -> None:
    with pytest.raises(SegmentError) as refused:
        node_of(shape(text), EVERYTHING)
    assert problem_sentence(refused.value.problem)


KEYS = (
    "all", "any", "not", "field", "attribute", "event", "is", "one_of", "times", "where", "then", "tag",
    "between", "in_last_days", "within_days", "property", "state", "segment", "known", "journey", "consent",
    "channel", "contains", "id = 1; --",
)  # fmt: skip
anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(HOSTILE)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(anything)
def test_any_document_is_read_or_refused(doc: Any) -> None:
    assert said_of(doc)


def said_of(doc: Any) -> str:
    try:
        return sentence(node_of(doc, EVERYTHING))
    except SegmentError as error:
        return problem_sentence(error.problem)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees.trees)
def test_statements_hold_nothing_but_words_of_ours(node: Node) -> None:
    """Every literal of a statement is a constant of the program; identifiers are on the lists."""
    tree = unfold(node, LIBRARY)
    for compiled in (compile_tree(tree, EVERYTHING, MOMENT), compile_few([tree, tree], EVERYTHING, MOMENT)):
        words = list(_words(compiled.where))
        for text in (*trees.NAMES, *trees.EVENTS, *trees.TAGS, "O'Hara", "Bergen"):
            assert not any(text in word for word in words if len(text) > 2)
        assert _names(compiled.where) <= IDENTIFIERS


IDENTIFIERS = {
    "id", "attributes", "name", "given_name", "language", "country", "tier", "source", "company_id",
    "manager_id", "created_at", "company", "staff", "email", "contact", "contact_spell", "contact_id", "kind",
    "key", "from_at", "to_at", "basis_spell", "purpose", "channel", "identity", "enrolment", "journey_id",
    "journey", "slug", "entered_at", "ended_at", "talk_spell", "event", "computed_for_test", "value",
    "since",
}  # fmt: skip
IDENTIFIERS |= {f"few_{name}" for name in IDENTIFIERS} | {f"few_event_{n}" for n in range(10)}


def _words(part: Composable) -> list[str]:
    if isinstance(part, Composed):
        return [word for inner in part for word in _words(inner)]
    return [part._obj] if isinstance(part, SQL) else []


def _names(part: Composable) -> set[str]:
    if isinstance(part, Composed):
        return {name for inner in part for name in _names(inner)}
    assert isinstance(part, SQL | Identifier | Placeholder)
    return set(part._obj) if isinstance(part, Identifier) else set()
