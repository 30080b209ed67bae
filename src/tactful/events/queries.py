"""Reading the log by client; consumers that react read it through ``events.feed``."""

from datetime import datetime

from django.db.models import QuerySet

from tactful.events.models import Event
from tactful.events.types import Fact


def of_contact(contact_id: int, *, before: datetime | None = None, limit: int = 100) -> list[Fact]:
    """The newest first."""
    rows = Event.objects.filter(contact_id=contact_id).order_by("-ts", "-id")
    return facts(rows.filter(ts__lt=before) if before else rows, limit)


def about(contact_id: int, prefix: str, **data: object) -> list[Fact]:
    """Facts of one client whose name begins so and whose data say so, the oldest first."""
    rows = Event.objects.filter(contact_id=contact_id, name__startswith=prefix, data__contains=data)
    return facts(rows.order_by("ts", "id"))


def facts(rows: QuerySet[Event], limit: int = 1000) -> list[Fact]:
    return [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows[:limit]]
