"""Standing holds as they are in force at a moment."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.gate.models import StandingHold


def standing_at(at: datetime) -> QuerySet[StandingHold]:
    """Holds placed and not yet released or expired at ``at``; there are few of them."""
    released = Q(released_at__isnull=False, released_at__lte=at)
    expired = Q(expires_at__isnull=False, expires_at__lte=at)
    return (
        StandingHold.objects.filter(placed_at__lte=at, recorded_at__lte=at).exclude(released).exclude(expired)
    )
