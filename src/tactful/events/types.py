"""A fact, before and after it is written down."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LANES = 8
"""Facts are read in this many lanes, by the contact's id."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """``ts``: when it happened; ``None`` is the moment of recording. ``data``: plain JSON."""

    name: str
    contact_id: int | None
    data: dict[str, Any] = field(default_factory=dict)
    ts: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    id: int
    name: str
    contact_id: int | None
    ts: datetime
    recorded_at: datetime
    data: dict[str, Any]
