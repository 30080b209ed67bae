"""The first run as others may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """``step``: the screen to come back to. ``done``: screens that were answered, in no order. ``given``:
    answers by name. ``by``: the owner who is at it."""

    step: str
    done: frozenset[str] = frozenset()
    given: Mapping[str, Any] = field(default_factory=dict)
    put_off: bool = False
    finished: bool = False
    by: int | None = None
