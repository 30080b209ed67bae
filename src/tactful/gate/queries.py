"""Standing holds as they are in force at a moment."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tactful.foundation import pg
from tactful.gate.models import HouseState, StandingHold
from tactful.gate.rules.orders import FIRST, TRIAL
from tactful.gate.types import Standing

__all__ = [
    "StandingHold",
    "everything_held",
    "hold",
    "house_rev",
    "orders_at",
    "shown_first",
    "standing_at",
    "standing_between",
    "standing_on",
    "trial",
    "trials",
]


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


def house_rev() -> int:
    """Read before the facts of a batch, compared at its marks."""
    return HouseState.objects.values_list("rev", flat=True).get(id=1)


def everything_held(at: datetime) -> QuerySet[StandingHold]:
    """The brake: orders that hold all of automation. The trial week is none of them."""
    return standing_at(at).filter(scope="everything").exclude(topic=TRIAL).order_by("placed_at")


def over_everything(at: datetime) -> tuple[StandingHold | None, StandingHold | None]:
    """(the first of ``everything_held``, ``trial``) in one question."""
    rows = [row for row, _ in pg.models_of(StandingHold, _OVER_EVERYTHING, {"at": at})]
    trials = [row for row in rows if row.topic == TRIAL]
    return next((row for row in rows if row.topic != TRIAL), None), next(iter(trials), None)


# As ``standing_at`` has it: every page asks.
_OVER_EVERYTHING = f"""
    SELECT {pg.columns(StandingHold, "standing_hold")} FROM standing_hold
    WHERE scope = 'everything' AND placed_at <= %(at)s AND recorded_at <= %(at)s
      AND (released_at IS NULL OR released_at > %(at)s) AND (expires_at IS NULL OR expires_at > %(at)s)
    ORDER BY placed_at"""  # noqa: S608, names of our own


def trial(at: datetime) -> StandingHold | None:
    """The trial week that runs."""
    return standing_at(at).filter(scope="everything", topic=TRIAL).order_by("placed_at").first()


def trials() -> QuerySet[StandingHold]:
    """All that there were, the newest first."""
    return StandingHold.objects.filter(scope="everything", topic=TRIAL).order_by("-placed_at")


def shown_first(at: datetime) -> dict[int, StandingHold]:
    """By touchpoint, the orders to show a person the first of its messages."""
    rows = standing_at(at).filter(scope="touchpoint", topic=FIRST).order_by("placed_at")
    return {row.scope_id: row for row in rows if row.scope_id is not None}
