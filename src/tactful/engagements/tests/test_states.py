"""The short answer about an engagement is that of the long one, at every moment."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tactful.engagements.models import DocumentSpell, Engagement, RequestedDocument
from tactful.engagements.queries import states, views
from tactful.engagements.types import EngagementState

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def some_moment(dice: Random) -> datetime:
    return NOON + timedelta(hours=dice.randrange(12))


def an_engagement(dice: Random, contact: int) -> int:
    closed = dice.choice([None, some_moment(dice)])
    row = Engagement.objects.create(
        contact_id=contact, kind="accounts", title_en="A", title_nb="A", year=dice.choice([None, 2026]),
        opened_at=NOON, closed_at=closed,
    )  # fmt: skip
    for position in range(dice.randrange(4)):
        document = RequestedDocument.objects.create(
            engagement=row, slug=f"d{position}", name_en="D", name_nb="D", position=position
        )
        a_past(dice, document)
    return row.pk


def a_past(dice: Random, document: RequestedDocument) -> None:
    """One state after the other, each end perhaps learned of later than it came."""
    turns = sorted(dice.sample(range(12), dice.randrange(1, 5)))
    for begin, end in zip(turns, [*turns[1:], None], strict=True):
        to_at = None if end is None else NOON + timedelta(hours=end)
        learned = None if to_at is None else to_at + timedelta(hours=dice.choice([0, 0, 2]))
        from_at = NOON + timedelta(hours=begin)
        DocumentSpell.objects.create(
            document=document, state=dice.choice(["missing", "received", "waived"]), how="request",
            from_at=from_at, to_at=to_at, end_recorded_at=learned,
            recorded_at=from_at + timedelta(hours=dice.choice([0, 0, 3])),
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_in_short_and_at_length(seed: int) -> None:
    dice = Random(seed)
    ids = [an_engagement(dice, contact) for contact in range(1, 16)]
    said = set()
    for hour in range(14):
        at = NOON + timedelta(hours=hour)
        long, short = views([*ids, 1], at), states([*ids, 1], at)
        assert short == {
            ident: EngagementState(ident, view.contact_id, view.year, view.is_open, bool(view.missing))
            for ident, view in long.items()
        }
        assert all(view.misses == bool(view.missing) for view in long.values())
        said |= {(state.is_open, state.misses) for state in short.values()}
    assert len(said) == 4, "open and closed, with and without what is missing"
