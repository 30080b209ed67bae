"""The brake: all of automation stops at once, and starts again only when somebody says so."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tactful.broadcasts import actions as broadcasts
from tactful.broadcasts import queries as all_broadcasts
from tactful.delivery.queries import trust as outbox
from tactful.delivery.queries.trust import Stopped
from tactful.gate import queries as gate
from tactful.gate.actions import NewHold, place_hold, release_hold
from tactful.wiring.trust import NotNow

LOOKS_BACK: Final = timedelta(hours=1)
BY_BRAKE: Final = "brake"


@transaction.atomic
def pull(*, acting_user: int, now: datetime) -> None:
    """Nothing of automation is handed over after this has committed: the gate holds what it has not judged,
    and what it has cleared fails at its mark. Broadcasts rest, each until it is let go on. Pulling it twice
    is once."""
    if gate.everything_held(now).exists():
        return
    _rest_broadcasts(acting_user, now)  # locks clients, who come before the house
    place_hold(NewHold("everything", "", owner_id=acting_user), acting_user=acting_user, now=now)


@transaction.atomic
def let_go(*, acting_user: int, now: datetime) -> None:
    """What was stopped is thought over: it goes if it is still true and not too late. Broadcasts that began
    meanwhile rest too, so that nothing goes out in a heap. Raises ``NotNow``."""
    running = list(gate.everything_held(now))
    if not running:
        raise NotNow(_("Automation is running already."))
    _rest_broadcasts(acting_user, now)
    for hold in running:
        release_hold(hold.id, acting_user=acting_user, now=now)


def stopped(now: datetime, limit: int) -> Stopped | None:
    """What the brake has stopped and what had left in the hour before; None while automation runs."""
    hold = gate.everything_held(now).first()
    if hold is None:
        return None
    return outbox.around_the_brake(hold.placed_at, hold.placed_at - LOOKS_BACK, limit)


def _rest_broadcasts(by: int, now: datetime) -> None:
    for row in all_broadcasts.sending():
        broadcasts.pause(broadcast_id=row.id, acting_user=by, now=now, why=BY_BRAKE)
