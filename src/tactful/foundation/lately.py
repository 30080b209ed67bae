"""Counts of many rows, asked by every page: once a minute is often enough, for nobody sees the difference."""

from collections.abc import Callable

from django.db import connection

from tactful.kernel.clock import machine_ms

MANY = 10_000
GOOD_FOR = 60_000  # ms

_kept: dict[tuple[str, str], tuple[int, int]] = {}  # database and name -> until when, and the count


def lately(name: str, count: Callable[[], int]) -> int:
    """What ``count`` answers now, or, where it was many, what it answered at most a minute ago."""
    key, now = (str(connection.settings_dict["NAME"]), name), machine_ms()
    until, kept = _kept.get(key, (0, 0))
    if now < until:
        return kept
    found = count()
    _kept.pop(key, None)
    if found >= MANY:
        _kept[key] = (now + GOOD_FOR, found)
    return found
