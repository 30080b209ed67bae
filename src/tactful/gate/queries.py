"""Standing holds as they are in force at a moment."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.gate.models import StandingHold
from tactful.gate.types import Standing

__all__ = ["StandingHold", "hold", "orders_at", "standing_at", "standing_between", "standing_on"]


def standing_at(at: datetime) -> QuerySet[StandingHold]:
    """Holds placed and not yet released or expired at ``at``, by what was recorded by then. They are few."""
    released = Q(released_at__isnull=False, released_at__lte=at)
    expired = Q(expires_at__isnull=False, expires_at__lte=at)
    placed = StandingHold.objects.filter(placed_at__lte=at, recorded_at__lte=at)
    return placed.exclude(released).exclude(expired)


def orders_at(at: datetime) -> list[Standing]:
    """The same as plain values, the oldest first."""
    return [
        Standing(
            ref=row.id,
            scope=row.scope,
            scope_id=row.scope_id,
            topic=row.topic,
            reason=row.reason,
            owner_id=row.owner_id,
            expires_at=row.expires_at,
            on_release=row.on_release,
            placed_at=row.placed_at,
        )
        for row in standing_at(at).order_by("placed_at")
    ]


def standing_on(contact_id: int, at: datetime) -> list[StandingHold]:
    """Orders to keep quiet towards one client."""
    return list(standing_at(at).filter(scope="contact", scope_id=contact_id).order_by("placed_at"))


def standing_between(contact_id: int, start: datetime, end: datetime) -> list[StandingHold]:
    """Orders to keep quiet towards one client, or towards everybody, at any time in between."""
    over = Q(released_at__lte=start) | Q(expires_at__lte=start)
    whom = Q(scope="everything") | Q(scope="contact", scope_id=contact_id)
    rows = StandingHold.objects.filter(whom, placed_at__lt=end).exclude(over)
    return list(rows.order_by("placed_at", "id"))


def hold(hold_id: int) -> StandingHold | None:
    return StandingHold.objects.filter(id=hold_id).first()
