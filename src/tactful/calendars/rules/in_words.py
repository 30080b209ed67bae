"""A date as one says it: ``Tuesday 24 November at 10:00``."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date


def written(at: date, zone: str, language: str) -> str:
    """A moment in the zone of the business, or a day."""
    norwegian = language.startswith(("nb", "nn", "no"))
    local = at.astimezone(ZoneInfo(zone)) if isinstance(at, datetime) else at
    pattern, locale = ("EEEE d. MMMM", "nb") if norwegian else ("EEEE d MMMM", "en")
    said = format_date(local, pattern, locale)
    return f"{said} {'kl.' if norwegian else 'at'} {local:%H:%M}" if isinstance(local, datetime) else said
