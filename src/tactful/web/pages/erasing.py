"""templates/web/erase.html and templates/web/settings/erased.html"""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.types import EmptyState, Person, Text


@dataclass(frozen=True, slots=True)
class ErasePage:
    """Posts ``reason`` (of ``reasons``: code and words) and ``sure`` to ``url``. ``goes``, ``stays``,
    ``later``: sentences."""

    client: Person
    url: str
    goes: tuple[Text, ...]
    stays: tuple[Text, ...]
    later: tuple[Text, ...]
    reasons: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class ErasedRow:
    """``state``: how far it is, in words; "" when it is done."""

    at: datetime
    reason: Text
    by: Text
    way: Text
    state: Text = ""


@dataclass(frozen=True, slots=True)
class ErasedPage:
    """Posts ``address`` and ``sure`` to web:let_in_again. ``refused``: what came in since and was not taken
    in, by door, in sentences."""

    rows: tuple[ErasedRow, ...] = ()
    refused: tuple[Text, ...] = ()
    empty: EmptyState | None = None
