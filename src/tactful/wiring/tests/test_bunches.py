"""Clients whose caps are shared are told in one story, and with all places that others took of theirs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tactful.contacts.types import PlaceState
from tactful.delivery.types import CapScope
from tactful.journeys.rules.past import ClientPast
from tactful.journeys.rules.tale import Taken
from tactful.wiring.bunches import AT_ONCE, TakenPlaces, bunches

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = date(2026, 3, 2)
IDS = st.none() | st.integers(1, 4)
BELONGS = st.lists(st.tuples(IDS, IDS), min_size=1, max_size=2)
"""Household and company, one after the other."""


def _client(ident: int, belonged: list[tuple[int | None, int | None]]) -> ClientPast:
    places = [PlaceState(("Europe/Oslo",), "NO", "", household, company) for household, company in belonged]
    return ClientPast(ident, tuple((AT, place) for place in places))


def _clients(belong: list[list[tuple[int | None, int | None]]]) -> Mapping[int, ClientPast]:
    return {ident: _client(ident, belonged) for ident, belonged in enumerate(belong, 1)}


@given(st.lists(BELONGS, max_size=12), st.lists(st.tuples(st.integers(1, 20), IDS, IDS), max_size=12))
def test_nobody_is_told_without_those_with_whom_they_share(
    belong: list[list[tuple[int | None, int | None]]], used: list[tuple[int, int | None, int | None]]
) -> None:
    clients = _clients(belong)
    told = list(bunches([*clients], clients))
    assert sorted(ident for bunch in told for ident in bunch.ids) == sorted(clients)
    taken = [Taken(AT, who, CapScope(DAY, AT, household, company)) for who, household, company in used]
    places = TakenPlaces(taken)
    for bunch in told:
        homes = {home for ident in bunch.ids for home, _ in belong[ident - 1] if home}
        firms = {firm for ident in bunch.ids for _, firm in belong[ident - 1] if firm}
        outside = [belong[ident - 1] for ident in clients if ident not in bunch.ids]
        assert not any(home in homes or firm in firms for each in outside for home, firm in each)
        assert places.of(bunch) == [
            use
            for use in taken
            if use.contact in bunch.ids or use.scope.household_id in homes or use.scope.company_id in firms
        ]


def test_bunches_are_small_and_keep_the_order() -> None:
    clients = _clients([[(None, None)]] * (3 * AT_ONCE + 1))
    told = [bunch.ids for bunch in bunches([*clients], clients)]
    assert [len(ids) for ids in told] == [AT_ONCE] * 3 + [1]
    assert [ident for ids in told for ident in ids] == [*clients]


def test_who_is_not_known_any_more_is_told_alone() -> None:
    assert [bunch.ids for bunch in bunches([7], {})] == [[7]]
