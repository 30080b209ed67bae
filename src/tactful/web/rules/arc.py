"""The arc over a hold is its clock: full when new, empty when it expires."""

from datetime import datetime


def share_left(placed_at: datetime, expires_at: datetime | None, now: datetime) -> int:
    """How much of the hold is left, 0 to 100. A hold without an expiry stays full."""
    if expires_at is None:
        return 100
    whole = (expires_at - placed_at).total_seconds()
    if whole <= 0:
        return 0
    left = (expires_at - now).total_seconds()
    return round(100 * min(1.0, max(0.0, left / whole)))
