"""Which backups stay, and when the next one is due. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

DAYS, WEEKS = 7, 4
NIGHT = range(1, 5)  # hours of the machine's UTC, when few people work
FRESH = timedelta(hours=20)
OVERDUE = timedelta(hours=26)
NAME = re.compile(r"tactful-(\d{8}T\d{6})Z\.backup")


def name_of(moment: datetime) -> str:
    return f"tactful-{moment.astimezone(UTC):%Y%m%dT%H%M%S}Z.backup"


def moment_of(name: str) -> datetime | None:
    """When that backup was made; nothing for a file that is none of ours."""
    found = NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def staying(moments: Iterable[datetime]) -> set[datetime]:
    """The newest of each of the last seven days that have one, and of each of the last four such weeks."""
    by_day: dict[object, datetime] = {}
    by_week: dict[object, datetime] = {}
    for moment in sorted(moments):
        by_day[moment.date()] = moment
        by_week[moment.isocalendar()[:2]] = moment
    days, weeks = list(by_day.values()), list(by_week.values())
    return {*days[-DAYS:], *weeks[-WEEKS:]}


def is_due(newest: datetime | None, made: datetime, now: datetime) -> bool:
    """Once a night; at any hour when a night was missed. ``made``: when the house began."""
    age = now - (newest or made)
    return age > OVERDUE or (age > FRESH and now.hour in NIGHT) or (newest is None and now.hour in NIGHT)
