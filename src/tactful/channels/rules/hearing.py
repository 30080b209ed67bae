"""Whether a mailbox is read, and when somebody should be told that it is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

UNREAD_AFTER: Final = timedelta(minutes=15)
"""A mailbox is asked three times a minute; a provider may be away for a few."""
TELL_REFUSED: Final = timedelta(minutes=5)
"""A provider that refuses what it took a minute ago may be out of order itself."""
TELL_AWAY: Final = timedelta(minutes=12)
TELL_SILENT: Final = timedelta(hours=1)
"""Nothing says why, and the reading of what has come may only be slow."""
REST: Final = timedelta(minutes=2)
"""Between two tries of what was refused: providers lock a mailbox whose password is guessed at."""


class Hearing(StrEnum):
    DOOR = "door"  # nothing is fetched: mail is brought to us
    NEW = "new"
    WELL = "well"
    SILENT = "silent"
    AWAY = "away"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one mailbox. ``fetched``: it stands on a server that we ask."""

    fetched: bool
    since: datetime | None  # of connection
    read_at: datetime | None
    trouble_at: datetime | None = None
    tried_at: datetime | None = None
    refused: bool = False


def hearing(of: Heard, now: datetime) -> Hearing:
    if not of.fetched:
        return Hearing.DOOR
    if of.trouble_at is not None:
        return Hearing.REFUSED if of.refused else Hearing.AWAY
    if of.read_at is None and (of.since is None or now - of.since < UNREAD_AFTER):
        return Hearing.NEW
    last = of.read_at or of.since
    return Hearing.SILENT if last is not None and last < now - UNREAD_AFTER else Hearing.WELL


def unread_since(of: Heard) -> datetime | None:
    """Since when something may lie there that nobody has read. None: never connected, or not fetched."""
    return (of.read_at or of.since) if of.fetched else None


def to_be_told(of: Heard, now: datetime) -> bool:
    """Whether somebody should know by now; within a quarter of an hour where we know what is wrong."""
    begun = unread_since(of)
    if begun is None:
        return False
    if of.trouble_at is not None:
        return now - of.trouble_at >= (TELL_REFUSED if of.refused else TELL_AWAY)
    return begun < now - TELL_SILENT


def rests(of: Heard, now: datetime) -> bool:
    """It was refused a moment ago. A clock that went back is followed."""
    return of.refused and of.tried_at is not None and of.tried_at <= now < of.tried_at + REST
