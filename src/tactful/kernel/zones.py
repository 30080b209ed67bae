"""Wall time in a zone, and the moment that it means.

Gap: a wall time that does not exist means the first minute that exists after it. Overlap: a wall time
that comes twice means the first of the two. Moments are aware and in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tactful.kernel.clock import require_aware

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MIDNIGHT = time()


class UnknownZone(ValueError):
    """No zone has this name."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone, e.g. ``Europe/Oslo``. Raises ``UnknownZone``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"There is no time zone “{name}”. Use an IANA name such as Europe/Oslo.") from error


@lru_cache(maxsize=4096)
def all_known(names: tuple[str, ...]) -> bool:
    """Whether there is at least one name and every name is a zone."""
    try:
        return bool([zone(name) for name in names])
    except UnknownZone:
        return False


EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_FIRST, _LAST = date.min, date.max


@lru_cache(maxsize=16_384)  # the same few hours of the same days come again for every client
def utc_of(day: date, at: time, zone_name: str) -> datetime:
    """The moment when the wall in ``zone_name`` shows ``at`` on ``day``; at the ends of time, the end."""
    if not _FIRST < day < _LAST:
        return EARLIEST if day <= _FIRST else LATEST
    wall = datetime.combine(day, at)
    tz = zone(zone_name)
    first, second = _offset(wall, tz, 0), _offset(wall, tz, 1)
    if first >= second:
        return _as_utc(wall - first)
    return _after_gap(wall, tz, first, second)


def local_day(moment: datetime, zone_name: str) -> date:
    """The calendar day on which ``moment`` falls in ``zone_name``."""
    return require_aware(moment).astimezone(zone(zone_name)).date()


def day_start(day: date, zone_name: str) -> datetime:
    """The first moment of the local day; not midnight where midnight falls into a gap."""
    return utc_of(day, _MIDNIGHT, zone_name)


def next_day_start(moment: datetime, zones: tuple[str, ...]) -> datetime:
    """The first moment that belongs to a later local day than ``moment`` in every zone."""
    return max(day_start(local_day(moment, name) + _DAY, name) for name in zones)


def plus_wall_days(moment: datetime, days: int, zone_name: str) -> datetime:
    """``days`` calendar days later at the same wall time: "+1 day" keeps 09:00 at 09:00."""
    wall = require_aware(moment).astimezone(zone(zone_name))
    return utc_of(wall.date() + days * _DAY, wall.time(), zone_name)


def _offset(wall: datetime, tz: ZoneInfo, fold: int) -> timedelta:
    return tz.utcoffset(wall.replace(fold=fold)) or timedelta()


def _as_utc(wall: datetime) -> datetime:
    return wall.replace(tzinfo=UTC)


def _after_gap(wall: datetime, tz: ZoneInfo, before: timedelta, after: timedelta) -> datetime:
    """Bisects for the jump: ``wall`` less the later offset lies before it, less the earlier at or after."""
    low, high = _as_utc(wall - after), _as_utc(wall - before)
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return _whole_minute(high.replace(microsecond=0))


def _whole_minute(moment: datetime) -> datetime:
    """Up to the next whole minute: a zone of long ago may jump at an odd second."""
    return moment if moment.second == 0 else moment.replace(second=0) + timedelta(minutes=1)
