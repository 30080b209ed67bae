"""A fact, before and after it is written down."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from tactful.kernel.values import value

LANES = 8
"""Facts are read in this many lanes, by the contact's id."""

MARK = "$"
"""Where ``data`` says what we know of a fact beside what its sender says."""
UNVERIFIED = "unverified"
VOUCHED = f"(data -> '{MARK}' ->> '{UNVERIFIED}') IS DISTINCT FROM 'true'"
"""In SQL: somebody vouches for it. What only a browser says moves no journey, read today or later (R94)."""


LETTERS = 300
SHORT = f"octet_length(data::text) <= {LETTERS}"
LONG = f"octet_length(data::text) > {LETTERS}"
"""In SQL: an event of which little is said stands in the index ``event_said`` with all of it, any other in
``event_said_at_length``. Migration 0004 has these very words; PostgreSQL takes no others for the same."""


class NewFact(NamedTuple):
    """``ts``: when it happened; ``None`` is the moment of recording. ``data``: plain JSON."""

    name: str
    contact_id: int | None
    data: Mapping[str, Any] = MappingProxyType({})
    ts: datetime | None = None


@value
class Fact:
    id: int
    name: str
    contact_id: int | None
    ts: datetime
    recorded_at: datetime
    data: dict[str, Any]

    @property
    def is_vouched(self) -> bool:
        """As ``VOUCHED`` says."""
        mark = self.data.get(MARK)
        return not (isinstance(mark, dict) and mark.get(UNVERIFIED) is True)
