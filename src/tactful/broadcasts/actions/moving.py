"""What all actions share: the row under its lock, the move that is allowed, the fact and the audit row."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tactful.broadcasts.models import Broadcast
from tactful.broadcasts.rules.states import OVER, may_move
from tactful.broadcasts.types import BroadcastRefused, State
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit


def locked(broadcast_id: int) -> Broadcast:
    """Raises ``BroadcastRefused``."""
    row = Broadcast.objects.select_for_update().filter(id=broadcast_id).first()
    if row is None:
        raise BroadcastRefused(_("This broadcast is not there any more."))
    return row


def move(row: Broadcast, to: State) -> None:
    """Raises ``BroadcastRefused``. The caller saves the row."""
    if not may_move(State(row.state), to):
        raise BroadcastRefused(_refusal(State(row.state)))
    row.state = to


def _refusal(state: State) -> str:
    if state in OVER:
        return _("This broadcast is over. Make a new one.")
    if state in (State.SENDING, State.PAUSED):
        return _("This broadcast is on its way already. Pause or cancel it.")
    return _("Somebody else was quicker: this broadcast is not where it was. Look at it again.")


def tell(verb: str, row: Broadcast, by: int | None, now: datetime, **body: Any) -> None:
    """``by`` None: the machine did it, which is a fact and no act of a person."""
    record([NewFact(f"broadcast.{verb}", None, {"broadcast": row.id, "by": by, **body})], now=now)
    if by is not None:
        record_audit(actor=by, verb=f"broadcast.{verb}", subject=f"broadcast:{row.id}", now=now, body=body)
