"""What contacts announces. The event log stands on a floor above, so its writer is handed over.

``wiring`` calls ``hand_over`` once at start; until then announcements go nowhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Announcement:
    """A fact for the event log. ``data``: plain JSON, no personal words."""

    name: str
    contact_id: int
    data: dict[str, Any] = field(default_factory=dict)


Recorder = Callable[[Sequence[Announcement], datetime], object]

_recorder: Recorder | None = None


def hand_over(recorder: Recorder | None) -> None:
    """``recorder`` writes inside the caller's transaction, so that state and fact come together."""
    global _recorder
    _recorder = recorder


def announce(facts: Sequence[Announcement], now: datetime) -> None:
    if _recorder is not None and facts:
        _recorder(facts, now)
