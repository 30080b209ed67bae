"""templates/web/pairs.html, pair.html and merged.html"""

from dataclasses import dataclass

from tactful.web.types import Act, EmptyState, Link, Pager, Person, Text


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two who may be one, why we think so, and the page where they stand side by side."""

    one: Person
    other: Person
    why: Text
    url: str
    note: Text = ""


@dataclass(frozen=True, slots=True)
class PairsPage:
    total: int
    rows: tuple[PairRow, ...]
    pager: Pager
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One thing that both may have. ``after``: what the one client will have; ``why``: in a few words.
    ``of_other``: it comes from the one who goes, or is stricter than what stands on the left."""

    label: Text
    one: Text
    other: Text
    after: Text
    why: Text = ""
    of_other: bool = False


@dataclass(frozen=True, slots=True)
class PairPage:
    """``one`` is kept. ``will``: what happens, as sentences. ``merge`` and ``apart`` are None for readers."""

    one: Person
    other: Person
    why: Text
    rows: tuple[FieldRow, ...]
    will: tuple[Text, ...]
    swap: Link
    merge: Act | None = None
    apart: Act | None = None


@dataclass(frozen=True, slots=True)
class MergedPage:
    """A merge that can be taken back. ``undo``: None for readers, and when it is too late."""

    client: Person
    gone: str
    said: Text
    will: tuple[Text, ...]
    undo: Act | None = None


@dataclass(frozen=True, slots=True)
class FindPage:
    """Whom the client may be as well: what a search finds, each with the page of the pair."""

    client: Person
    q: str
    rows: tuple[PairRow, ...]
