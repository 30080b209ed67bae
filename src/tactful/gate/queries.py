"""Standing holds as they are in force at a moment."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.gate.models import StandingHold

__all__ = ["StandingHold", "hold", "standing_at", "standing_on"]


def standing_at(at: datetime) -> QuerySet[StandingHold]:
    """Holds placed and not yet released or expired at ``at``; there are few of them."""
    released = Q(released_at__isnull=False, released_at__lte=at)
    expired = Q(expires_at__isnull=False, expires_at__lte=at)
    return StandingHold.objects.filter(placed_at__lte=at, recorded_at__lte=at).exclude(released).exclude(expired)


def standing_on(contact_id: int, at: datetime) -> list[StandingHold]:
    """Orders to keep quiet towards one client."""
    return list(standing_at(at).filter(scope="contact", scope_id=contact_id).order_by("placed_at"))


def hold(hold_id: int) -> StandingHold | None:
    return StandingHold.objects.filter(id=hold_id).first()
