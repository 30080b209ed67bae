"""templates/web/restored.html"""

from dataclasses import dataclass

from tactful.web.pages.late import LateRow
from tactful.web.types import EmptyState, Text


@dataclass(frozen=True, slots=True)
class RestoredPage:
    """Posts ``since`` (send, leave) to web:restored_confirmation. ``why``: what this
    house was made of. ``known``: what the journal of departures
    tells, in a sentence. ``rows``: the first of ``total`` messages that would go. ``empty``: instead of all
    this, when nothing waits for this word."""

    why: Text = ""
    known: Text = ""
    doubt: Text = ""
    unclear: Text = ""
    rows: tuple[LateRow, ...] = ()
    total: int = 0
    more: int = 0
    can_decide: bool = False
    empty: EmptyState | None = None
