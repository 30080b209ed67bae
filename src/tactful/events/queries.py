"""Reading the log by client; consumers that react read it through ``events.feed``."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from tactful.events.models import Event
from tactful.events.types import Fact


def of_contact(contact_id: int, names: Collection[str], *, before: datetime, limit: int) -> list[Fact]:
    """The newest first, strictly before a moment."""
    rows = Event.objects.filter(contact_id=contact_id, name__in=names, ts__lt=before)
    return _facts(rows.order_by("-ts", "-id")[:limit])


def about(contact_id: int, prefix: str, **data: object) -> list[Fact]:
    """Facts of one client whose name begins so and whose data say so, the oldest first."""
    rows = Event.objects.filter(contact_id=contact_id, name__startswith=prefix, data__contains=data)
    return _facts(rows.order_by("ts", "id"))


def count_since(contact_id: int, name: str, since: datetime, **data: object) -> int:
    """How often something happened after a moment."""
    return Event.objects.filter(contact_id=contact_id, name=name, ts__gt=since, data__contains=data).count()


def _facts(rows: QuerySet[Event]) -> list[Fact]:
    return [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows]
