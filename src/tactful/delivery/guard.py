"""Whether anything may leave at all: pauses, and a business clock that went back (R24)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists

from tactful.delivery.models import SendingPause
from tactful.events import actions as events
from tactful.events.types import NewFact
from tactful.foundation.models import Instance

BACKWARD = timedelta(minutes=5)
NOTE_EVERY = timedelta(seconds=20)


def may_send(now: datetime) -> bool:
    """False while sending is paused. A clock that jumped back pauses it here."""
    everything = SendingPause.objects.filter(scope="everything", ended_at=None)
    known = Instance.objects.annotate(stopped=Exists(everything))
    paused, stopped, last_now = known.values_list("sending_paused", "stopped", "last_now").get(id=1)
    if paused or stopped:
        return False
    if last_now is not None and now < last_now - BACKWARD:
        _pause_for_clock(now)
        return False
    if last_now is None or now > last_now + NOTE_EVERY:
        Instance.objects.filter(id=1).update(last_now=now)
    return True


@transaction.atomic
def _pause_for_clock(now: datetime) -> None:
    running = Instance.objects.filter(id=1, sending_paused="")
    if running.update(sending_paused="clock", paused_at=now):
        data = {"kind": "sending_paused", "reason": "clock"}
        events.record([NewFact("task.wanted", None, data)], now=now)
