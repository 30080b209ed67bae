"""The list of a day: what can wait is asked of a person once, when the working day begins.

A file that has come, a letter that is said to be sent, a call within two days: asked one by one, ninety
clients of whom documents are wanted would interrupt a firm of five ten times a day. Nothing is lost if they
are asked together on the next morning. What comes while today's list still lies there is put on it: whoever
works through it sees it, and nobody else is disturbed. What could not be done in time then is asked at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

HOURS_LEFT = 4
"""Working hours that must remain until a question is needed; so many as before a held message is too late."""

Openings = Callable[[datetime], datetime | None]
"""When the office opens next, strictly after a moment."""


@dataclass(frozen=True, slots=True)
class Place:
    """On the list that asks at ``at``; ``first``: its first question, None: this one."""

    at: datetime
    first: int | None


def place_for(
    wait: bool, ask_by: datetime | None, now: datetime, today: Place | None, opens: Openings
) -> Place | None:
    """``today``: the list of today, if it asks already and something of it is still open: there it is asked
    now. ``ask_by``: the last moment at which it could be asked and answered in time, None: there is none.
    None: alone, for it may not wait, or not for so long."""
    at = opens(now) if wait else None
    if today is not None or at is None:
        return today
    return Place(at, None) if ask_by is None or at <= ask_by else None


def due_then(
    due_at: datetime | None, needed_by: datetime | None, waits_from: datetime, at: datetime
) -> datetime | None:
    """When it is due that was to be due at ``due_at``, where it waits until ``at``."""
    if due_at is None or at <= waits_from:
        return due_at
    later = due_at + (at - waits_from)
    return later if needed_by is None else max(due_at, min(later, needed_by))
