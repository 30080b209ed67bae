"""Reads of tracking: sources and what went wrong with their calls, attributes, computed values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from tactful.foundation import pg
from tactful.tracking.models import (
    Attribute,
    ComputedProperty,
    TrackingRefusal,
    TrackingSource,
    VisitorEvent,
)
from tactful.tracking.types import ComputedKind

__all__ = ["Attribute", "ComputedProperty", "TrackingRefusal", "TrackingSource"]

_COMPUTED = """
SELECT p.key, p.kind, v.contact_id, v.n, v.total, v.first_value, v.last_value, v.last_at,
    (SELECT t.value FROM computed_tally t WHERE t.property_id = p.id AND t.contact_id = v.contact_id
     ORDER BY t.n DESC, t.value COLLATE "C" LIMIT 1)
FROM computed_value v JOIN computed_property p ON p.id = v.property_id AND p.removed_at IS NULL
WHERE v.contact_id = ANY(%s::bigint[])"""


def sources() -> QuerySet[TrackingSource]:
    """Those with a key; inner ones belong to their connections."""
    return TrackingSource.objects.exclude(prefix="").order_by("revoked_at", "made_at", "id")


def refusals() -> dict[int, list[TrackingRefusal]]:
    """By source, what was left out or changed, the latest first."""
    found: dict[int, list[TrackingRefusal]] = {}
    for row in TrackingRefusal.objects.order_by("-last_at", "code"):
        found.setdefault(row.source_id, []).append(row)
    return found


def attributes() -> QuerySet[Attribute]:
    return Attribute.objects.order_by("label", "key")


def sensitive_keys() -> frozenset[str]:
    """Attributes that are shown to those only who need them."""
    return frozenset(Attribute.objects.filter(sensitive=True).values_list("key", flat=True))


def properties() -> QuerySet[ComputedProperty]:
    return ComputedProperty.objects.filter(removed_at__isnull=True).order_by("label", "key")


def computed_values(contact_ids: Collection[int], now: datetime) -> dict[int, dict[str, Any]]:
    """By contact, the computed properties that have a value: numbers, texts, and whole days since."""
    found: dict[int, dict[str, Any]] = {}
    for row in pg.many(_COMPUTED, [pg.numbers(contact_ids)]):
        found.setdefault(row[2], {})[row[0]] = _value(row, now)
    return found


def _value(row: pg.Row, now: datetime) -> Any:
    _, kind, _, n, total, first, last, last_at, most = row
    values: Mapping[str, Any] = {
        ComputedKind.COUNT: n,
        ComputedKind.SUM: _plain(total),
        ComputedKind.FIRST: first,
        ComputedKind.LAST: last,
        ComputedKind.MOST_FREQUENT: most,
        ComputedKind.DAYS_SINCE: max(0, (now - last_at).days),
    }
    return values[kind]


def _plain(total: Decimal | None) -> int | float | None:
    if total is None or total == total.to_integral_value():
        return None if total is None else int(total)
    return float(total)


@dataclass(frozen=True, slots=True)
class Look:
    """What an anonymous visitor did."""

    name: str
    ts: datetime
    unverified: bool


def history_of(kind: str, value: str, limit: int = 100) -> list[Look]:
    """Of a visitor whom nobody knows, the latest first. ``kind``: anon, user or said."""
    rows = VisitorEvent.objects.filter(visitor__kind=kind, visitor__value=value).order_by("-ts", "-id")
    return [Look(row.name, row.ts, row.unverified) for row in rows[:limit]]
