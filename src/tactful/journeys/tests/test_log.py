"""What a journey reads again: what only a browser says is not among it (R94)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tactful.events.actions import record
from tactful.events.models import Event
from tactful.events.types import Fact, NewFact
from tactful.journeys.hot import log

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 4, 6, 8, tzinfo=UTC)
BEFORE = MONDAY - timedelta(hours=1)


def test_only_what_somebody_vouches_for() -> None:
    said: list[dict[str, Any]] = [{}, {"$": {"u": "7"}}, {"$": {"u": "7", "unverified": False}}, {"$": "odd"}]
    record([NewFact("bought", 7, {"n": n} | data) for n, data in enumerate(said)], now=MONDAY)
    record([NewFact("bought", 7, {"n": 9, "$": {"a": "x", "unverified": True}})], now=MONDAY)
    assert [fact.data["n"] for fact in log.named_since([7], ["bought"], BEFORE)] == [0, 1, 2, 3]
    assert [fact.data["n"] for fact in log.learned_since([7], BEFORE)] == [0, 1, 2, 3]
    rows = Event.objects.order_by("id")
    facts = [Fact(row.id, row.name, 7, row.ts, row.recorded_at, row.data) for row in rows]
    assert [fact.is_vouched for fact in facts] == [True, True, True, True, False]
