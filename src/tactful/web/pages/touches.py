"""templates/web/touches.html"""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.types import EmptyState, Person, Text


@dataclass(frozen=True, slots=True)
class TouchRow:
    """``key``: of the message that it will be. ``line`` with ``by``: a person's words, added already;
    ``stopped`` with ``by``: it does not go out. ``owner``: who watches over the touchpoint."""

    key: str
    name: Text
    person: Person
    at: datetime
    subject: Text
    text: Text
    owner: Person | None = None
    line: str = ""
    stopped: bool = False
    by: Text = ""


@dataclass(frozen=True, slots=True)
class TouchesPage:
    """Posts ``key`` and ``line`` to web:touch, ``key`` alone to web:touch_stop and web:touch_off."""

    rows: tuple[TouchRow, ...]
    can_touch: bool = True
    empty: EmptyState | None = None
