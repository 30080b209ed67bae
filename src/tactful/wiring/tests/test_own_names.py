"""Nobody outside can say what only the house knows: the names by which it hears itself are its own."""

import pytest

from tactful.journeys.driver import wanted
from tactful.tracking.rules.names import ASIDE, event_name
from tactful.webhooks.types import EVENTS
from tactful.wiring.reactions import REACTIONS

pytestmark = pytest.mark.django_db


def test_what_the_house_reacts_to_nobody_else_can_say() -> None:
    heard = {*REACTIONS, *EVENTS}
    assert [name for name in sorted(heard) if not event_name(name).startswith(ASIDE)] == []


def test_nor_what_moves_journeys_without_being_asked_for() -> None:
    assert [name for name in sorted(wanted().names) if not event_name(name).startswith(ASIDE)] == []
