"""The packs of the trades against what they speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.touchpoints.rules.catalogue import suggestions
from tactful.touchpoints.rules.hours import hours_back
from tactful.touchpoints.rules.trades import Trade, trades
from tactful.touchpoints.types import Line

SCORES = st.tuples(*[st.integers(1, 5)] * 3)
EVERY = sorted(trades())


def test_six_trades_are_offered_in_their_order() -> None:
    assert list(trades()) == ["accounting", "health", "salon", "workshop", "shop", "consulting"]


@pytest.mark.parametrize("slug", EVERY)
def test_a_pack_speaks_of_touchpoints_that_exist_and_never_automates_judgement(slug: str) -> None:
    pack, known = trades()[slug], {each.slug: each.suggested for each in suggestions()}
    assert {*pack.structural, *pack.judgement} <= set(known)
    assert not set(pack.structural) & set(pack.judgement)
    assert {known[each] for each in pack.structural} == {Line.STRUCTURAL}
    assert {known[each] for each in pack.judgement} == {Line.JUDGEMENT}


@pytest.mark.parametrize("slug", EVERY)
def test_a_pack_speaks_both_languages_and_suggests_something(slug: str) -> None:
    pack = trades()[slug]
    every = [pack.name, pack.about, pack.one, pack.many]
    every += [words for wish in pack.wishes for words in (wish.ask, wish.does)]
    assert all(each.en and each.nb for each in every)
    assert any(wish.chosen for wish in pack.wishes)
    assert all(wish.touchpoint in pack.structural for wish in pack.wishes)
    assert {"complaint", "bad-news", "death-or-illness"} <= set(pack.judgement)


def test_only_the_clinic_keeps_no_topics() -> None:
    sensitive = [pack for pack in trades().values() if pack.sensitive]
    assert [pack.slug for pack in sensitive] == ["health"]
    assert all(0 < pack.keep_days <= 365 and pack.words for pack in sensitive)
    asked: set[str] = {wish.recipe for pack in sensitive for wish in pack.wishes}
    assert "visit-care-and-review" not in asked  # a review would say something about health


@given(st.lists(SCORES, max_size=20), st.integers(0, 100_000))
def test_hours_are_halves_and_never_more_than_was_counted(
    scores: list[tuple[int, int, int]], clients: int
) -> None:
    back = hours_back(scores, clients)
    assert back * 2 == int(back * 2)
    assert 0 <= back <= len(scores) * 50 * 8 * clients / 100 / 60


@given(st.lists(SCORES, max_size=10), SCORES, st.integers(0, 5_000))
def test_more_never_gives_less(
    scores: list[tuple[int, int, int]], one: tuple[int, int, int], clients: int
) -> None:
    assert hours_back([*scores, one], clients) >= hours_back(scores, clients)
    assert hours_back(scores, clients + 1) >= hours_back(scores, clients)


def test_a_salon_of_a_hundred_clients() -> None:
    """Fifty reminders a month of four minutes each: three hours and twenty minutes, so three."""
    pack: Trade = trades()["salon"]
    assert hours_back([pack.structural["appointment-reminder"]], 100) == 3.0
    assert hours_back([pack.structural["appointment-reminder"]], 3) == 0.0
