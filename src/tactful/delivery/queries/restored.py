"""What an owner sees before a restored house may send."""

from dataclasses import dataclass
from datetime import datetime

from tactful.delivery.hot import departed
from tactful.delivery.rules.departures import MADE_OF_ANOTHER
from tactful.foundation import pg
from tactful.foundation.models import Instance

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that would go now. ``subject``: a person's own; "" for the words of a touchpoint."""

    id: int
    contact_id: int
    touchpoint_id: int | None
    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """``copied``: not of a backup, but of the database itself. ``backup_at``: when the backup was made, or
    when the house last sent before it was copied. ``known_until``: up to then it is known what left; None
    without a journal of departures. ``gone``, ``unclear``: how many the journal names as sent, and as handed
    over without an answer. ``total``: how many would go; ``waiting``: the first of them."""

    copied: bool
    backup_at: datetime
    restored_at: datetime
    known_until: datetime | None
    gone: int
    unclear: int
    total: int
    waiting: tuple[Waiting, ...]


def restored(now: datetime) -> Restored | None:
    """None unless this house was made of a backup or of another house, and waits for an owner's word."""
    found = Instance.objects.filter(id=1, sending_paused__in=MADE_OF_ANOTHER).first()
    if found is None or found.restored_at is None:
        return None
    total, gone, unclear = pg.one(departed.COUNTS, {"now": now}) or (0, 0, 0)
    rows = pg.many(departed.WAITING, {"now": now, "limit": SHOWN})
    return Restored(
        found.sending_paused == "epoch",
        found.restored_from or found.restored_at, found.restored_at, found.restored_known,
        gone, unclear, total, tuple(Waiting(*row) for row in rows),
    )  # fmt: skip
