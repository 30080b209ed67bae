from datetime import UTC, datetime

import pytest

from tactful.foundation.models import Role, User
from tactful.touchpoints import actions, queries
from tactful.touchpoints.models import Touchpoint
from tactful.touchpoints.rules.catalogue import PHASES, suggestions
from tactful.touchpoints.types import Line

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)


@pytest.fixture
def owner() -> User:
    return User.objects.add(email="ingrid@fjordkontoret.example", name="Ingrid Solheim", role=Role.OWNER)


def adopted() -> dict[str, Touchpoint]:
    actions.adopt(suggestions(), now=NOW)
    return {row.slug: row for row in queries.on_the_map()}


def test_the_catalogue_covers_the_relationship() -> None:
    assert len(suggestions()) >= 20
    assert {s.phase for s in suggestions()} == set(PHASES)
    assert all(s.name["nb"] and s.name["en"] and s.why["nb"] for s in suggestions())


def test_adopting_twice_adds_nothing_and_everything_starts_undecided() -> None:
    assert actions.adopt(suggestions(), now=NOW) == len(suggestions())
    assert actions.adopt(suggestions(), now=NOW) == 0
    assert {row.current.line for row in queries.on_the_map() if row.current} == {Line.UNDECIDED}


def test_the_best_candidate_is_on_top() -> None:
    adopted()
    ranked = queries.candidates()
    assert ranked[0].slug == "document-reminder"
    assert [row.score for row in ranked] == sorted((row.score for row in ranked), reverse=True)


def test_a_decision_is_a_new_revision_with_its_reason(owner: User) -> None:
    row = adopted()["document-request"]
    actions.decide(row.id, Line.STRUCTURAL, "The list is known", owner_id=None, acting_user=owner.id, now=NOW)
    view = queries.views(["document-request"])["document-request"]
    assert view.line is Line.STRUCTURAL
    assert [r.line for r in queries.history(row.id)] == [Line.STRUCTURAL, Line.UNDECIDED]


def test_judgement_needs_an_owner_and_every_decision_a_reason(owner: User) -> None:
    row = adopted()["complaint"]
    with pytest.raises(actions.LineError, match="owns"):
        actions.decide(row.id, Line.JUDGEMENT, "Needs care", owner_id=None, acting_user=owner.id, now=NOW)
    with pytest.raises(actions.LineError, match="why"):
        actions.decide(row.id, Line.JUDGEMENT, " ", owner_id=owner.id, acting_user=owner.id, now=NOW)


def test_a_few_at_a_time_they_still_stand_along_the_relationship() -> None:
    everything = suggestions()
    now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    actions.adopt(everything[20:25], now=now)
    actions.adopt(everything[3:6], now=now)
    slugs = [row.slug for row in queries.on_the_map()]
    assert slugs == [each.slug for each in (*everything[3:6], *everything[20:25])]
