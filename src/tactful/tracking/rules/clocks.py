"""When a call happened, by our clock."""

from datetime import UTC, datetime, timedelta

#: The way through the network is no wrong clock. A batch that is sent twice must get the same moments,
#: however long each way took.
SLACK = timedelta(seconds=60)
#: Beyond, ``sentAt`` says nothing about the sender's clock.
FARTHEST = timedelta(days=366)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLAMPED = "clamped"
NO_SKEW = timedelta()


def skew(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """How far the sender's clock stands behind ours; nothing for what may be the way or nonsense."""
    if sent_at is None:
        return NO_SKEW
    try:
        behind = received_at - utc(sent_at)
    except OverflowError:
        return NO_SKEW
    return behind if SLACK < abs(behind) < FARTHEST else NO_SKEW


def happened(said: datetime | None, behind: timedelta, received_at: datetime) -> tuple[datetime, str]:
    """The moment by our clock, and a note where it could not be as the sender says.

    Nothing happens after it was told, and nothing happened before the year 2000.
    """
    if said is None:
        return received_at, ""
    try:
        at = utc(said) + behind
    except OverflowError:
        return received_at, CLAMPED
    if at > received_at:
        return received_at, CLAMPED if at - received_at > SLACK else ""
    return (at, "") if at >= EARLIEST else (received_at, CLAMPED)


def utc(at: datetime) -> datetime:
    """A moment without a zone is taken as UTC, as Segment does."""
    if at.tzinfo is UTC:
        return at
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
