"""What the compiler finds in the database is what the evaluator says of each history."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.segments.hot import asking
from tactful.segments.hot.histories import histories
from tactful.segments.rules.evaluating import holds
from tactful.segments.rules.reading import read
from tactful.segments.rules.walking import unfold
from tactful.segments.rules.writing import document
from tactful.segments.tests import trees
from tactful.segments.tests.trees import LIBRARY, MOMENT
from tactful.segments.tests.world import EVERYTHING, World
from tactful.segments.types import History, Node, Not

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def world(db: None) -> World:
    return World()


class Undo(Exception):
    """Ends an example; the next one finds the house as it was."""


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    people=st.lists(trees.histories, min_size=8, max_size=12),
    asked=st.lists(trees.trees, min_size=6, max_size=12),
    alone=st.lists(trees.leaves, min_size=20, max_size=30),
    ever=st.lists(trees.ever, min_size=4, max_size=8),
    tallied=st.sampled_from((0.0, 0.3, 0.7, 1.0)),
)
def test_sql_and_python_agree(
    world: World,
    people: list[History],
    asked: list[Node],
    alone: list[Node],
    ever: list[Node],
    tallied: float,
) -> None:
    """``tallied``: how far the counting of events has come; it makes no difference."""
    try:
        with transaction.atomic():
            ids = world.write(people)
            world.tally(tallied)
            for node in (*alone, *ever):  # in a large tree a wrong leaf may not show
                found_by_both(ids, people, node)
            for node in (*asked, *ever):
                agree(ids, people, node)
            raise Undo
    except Undo:
        pass


def found_by_both(ids: list[int], people: list[History], node: Node) -> set[int]:
    expected = {
        ident for ident, history in zip(ids, people, strict=True) if holds(node, history, MOMENT, LIBRARY)
    }
    found = asking.members(unfold(node, LIBRARY), EVERYTHING, MOMENT)
    assert sorted(found) == sorted(expected)
    return expected


def agree(ids: list[int], people: list[History], node: Node) -> None:
    expected = found_by_both(ids, people, node)
    tree = unfold(node, LIBRARY)
    assert asking.count(tree, EVERYTHING, MOMENT) == len(expected)
    few, other = asking.among([tree, Not(tree)], EVERYTHING, MOMENT, ids[::2])
    assert (few, other) == (expected & {*ids[::2]}, {*ids[::2]} - expected)
    read_back = histories(ids, tree, EVERYTHING)
    assert {ident for ident in ids if holds(tree, read_back[ident], MOMENT)} == expected


@settings(max_examples=300, deadline=None)
@given(trees.trees)
def test_a_document_reads_back_as_the_same_tree(node: Node) -> None:
    assert read(document(node), EVERYTHING) == node
