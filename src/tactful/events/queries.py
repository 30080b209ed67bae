"""Reading the log by contact, for a time line."""

from collections.abc import Collection
from datetime import datetime

from tactful.events.models import Event
from tactful.events.types import Fact


def of_contact(contact_id: int, names: Collection[str], *, before: datetime, limit: int) -> list[Fact]:
    """The newest first, strictly before a moment."""
    rows = Event.objects.filter(contact_id=contact_id, name__in=names, ts__lt=before).order_by("-ts", "-id")
    return [Fact(row.id, row.name, row.contact_id, row.ts, row.recorded_at, row.data) for row in rows[:limit]]
