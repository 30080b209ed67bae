"""Which year's accounts the demo asks about, whatever the day on which somebody starts it."""

from datetime import date, timedelta

HALF = 7  # by the end of July the accounts of the year before are handed in
TIME = timedelta(days=45)


def asked_for(today: date) -> tuple[int, date]:
    """The year, and the day by which its documents should be here. In the first half of a year the one that
    has ended; after that the one that ends, whose last papers come in January."""
    if today.month < HALF:
        return today.year - 1, min(today + TIME, date(today.year, HALF, 15))
    return today.year, date(today.year + 1, 1, 31)
