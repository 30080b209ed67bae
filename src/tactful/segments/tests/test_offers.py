"""What a builder offers to choose from."""

from datetime import UTC, datetime, timedelta

import pytest

from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.segments.queries import date_names, property_names

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 9, 7, 0, tzinfo=UTC)


def test_what_happens_often_hides_nothing_else() -> None:
    often = [NewFact("cart.filled", None, {"items": number}) for number in range(600)]
    record(often, now=NOW)
    record([NewFact("visit.booked", None, {"on": "2026-05-01", "room": "3"})], now=NOW - timedelta(days=9))
    names = ["cart.filled", "visit.booked", "never.heard"]
    assert date_names(names) == [("visit.booked", "on")]
    assert property_names(names) == ["items", "on", "room"]
