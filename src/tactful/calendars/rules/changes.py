"""What has changed between what stands and what was read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tactful.calendars.types import KIND, Changes, Occurrence, Reading, Standing

#: So many at once are rather a mistake of the other side than somebody's clearing up.
MANY_GONE = 5


def compare(standing: Sequence[Standing], reading: Reading, now: datetime, until: datetime) -> Changes:
    """``standing``: what we know to come. What is past is left alone; what begins after ``until`` is not
    taken in yet, but followed if it stands already."""
    read = {each.name: each for each in reading.occurrences}
    known = {each.name: each for each in standing}
    gone = tuple(
        each.name
        for each in standing
        if each.starts_at > now and (each.name not in read or read[each.name].is_cancelled)
    )
    missing = [name for name in gone if name not in read]
    return Changes(
        new=tuple(
            each
            for each in reading.occurrences
            if each.name not in known and not each.is_cancelled and now < each.starts_at < until
        ),
        changed=tuple(
            each
            for each in reading.occurrences
            if each.name in known and not each.is_cancelled and _differs(known[each.name], each)
        ),
        gone=gone,
        suspicious=_suspicious(standing, missing, reading, now),
    )


def _differs(was: Standing, now: Occurrence) -> bool:
    return (was.starts_at, was.ends_at, was.title, was.place) != (
        now.starts_at,
        now.ends_at,
        now.title,
        now.place,
    )


def _suspicious(
    standing: Sequence[Standing], missing: Sequence[tuple[str, str]], reading: Reading, now: datetime
) -> bool:
    ahead = sum(each.starts_at > now for each in standing)
    if missing and reading.total == 0:
        return True
    if missing and reading.left_out:
        return True  # the missing one may be the one that could not be read
    return len(missing) >= MANY_GONE and 2 * len(missing) > ahead


def told(key: str, starts: str, ends: str, when: str, place: str) -> Mapping[str, Any]:
    """What journeys learn of an appointment; never its title, which is for us."""
    found = {KIND: key, "starts_at": starts, "ends_at": ends, "when": when, "place": place, "active": True}
    return {name: value for name, value in found.items() if value != ""}
