"""Arrays in binary form arrive as what they were."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DataError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.foundation import pg

pytestmark = pytest.mark.django_db
ASKED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIRST, LAST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001, the strategy adds the zone
EAST = timezone(timedelta(hours=5, minutes=30))


def _back(kind: str, value: object) -> list[Any]:
    row = pg.one(f"SELECT %s::{kind}", [value])
    assert row is not None
    return list(row[0])


def _some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=8) | st.lists(st.none() | values, max_size=8)


@ASKED
@given(values=_some(st.integers(-(2**63), 2**63 - 1)))
def test_numbers(values: list[int | None]) -> None:
    assert _back("bigint[]", pg.numbers(values)) == values


@ASKED
@given(values=_some(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_texts(values: list[str | None]) -> None:
    assert _back("text[]", pg.texts(values)) == values
    assert _back("varchar[]", pg.texts(values)) == values


@ASKED
@given(values=_some(st.binary(max_size=40)))
def test_bytes(values: list[bytes | None]) -> None:
    assert _back("bytea[]", pg.bytes_(values)) == values


@ASKED
@given(values=_some(st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, EAST]))))
def test_moments(values: list[datetime | None]) -> None:
    assert _back("timestamptz[]", pg.moments(values)) == values


@ASKED
@given(values=_some(st.dates(date(1900, 1, 1), date(2200, 1, 1))))
def test_days(values: list[date | None]) -> None:
    assert _back("date[]", pg.moments(values)) == values


def test_numbers_are_made_narrower_where_the_statement_says_so() -> None:
    assert _back("smallint[]", pg.numbers([1, None, -3])) == [1, None, -3]
    with pytest.raises(DataError):
        _back("smallint[]", pg.numbers([70_000]))


def test_arrays_of_arrays_travel_as_their_words() -> None:
    rows = pg.many(
        "SELECT v::bigint[] FROM unnest(%s::text[]) AS v", [pg.texts([pg.numbers([7, None]), None])]
    )
    assert rows == [([7, None],), (None,)]


def test_long_texts_and_plain_ones_together() -> None:
    assert _back("text[]", pg.texts(["å" * 2000, "", 'a"b\\c{,}'])) == ["å" * 2000, "", 'a"b\\c{,}']


def test_a_moment_must_say_where_it_is() -> None:
    with pytest.raises(TypeError):
        pg.moments([FIRST])
