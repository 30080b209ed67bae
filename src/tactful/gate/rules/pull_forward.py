"""A step before a date is pulled forward to the last permitted moment, never pushed past the date."""

from datetime import datetime

from tactful.gate.rules.quiet import rule_at
from tactful.gate.types import GateSettings, PlaceFact
from tactful.kernel.windows import last_permitted


def pull_forward(
    due_at: datetime, latest_at: datetime | None, place: PlaceFact, settings: GateSettings
) -> datetime:
    """The last permitted moment not after ``due_at`` (nor ``latest_at``), for scheduling a reminder.

    It may lie in the past, if the reminder was ordered too late for it: then it is due at once.
    Raises ``UnknownZone`` if ``place`` names one.
    """
    wanted = due_at if latest_at is None else min(due_at, latest_at)
    return last_permitted(wanted, place.zones, rule_at(place, settings)) or wanted
