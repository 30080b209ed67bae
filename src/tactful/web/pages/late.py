"""templates/web/late.html"""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.types import EmptyState, Person, Text


@dataclass(frozen=True, slots=True)
class LateRow:
    """``id``: the message's. ``until``: after that it makes no sense any more."""

    id: int
    person: Person
    url: str
    meant: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LateGroup:
    """Messages of one kind. ``again``: a journey can be asked whether they are still wanted."""

    name: Text
    sentence: Text
    rows: tuple[LateRow, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class LatePage:
    """Posts ``message`` (several) and ``choice`` (send, recompute, skip) to web:late_decisions.
    ``more``: how many are not on the page yet."""

    groups: tuple[LateGroup, ...]
    total: int
    more: int = 0
    can_decide: bool = True
    empty: EmptyState | None = None
