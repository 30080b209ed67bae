"""templates/web/segments.html, segment_builder.html and segment.html"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tactful.web.forms.journey.controls import Choice, Control
from tactful.web.types import Act, EmptyState, Fact, Link, Person, Text


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """``size``: how many were in it, as words; empty if nobody has counted."""

    url: str
    name: Text
    sentence: Text
    live: bool
    size: Text
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Start:
    """A suggestion to begin with."""

    url: str
    name: Text
    sentence: Text
    use: Text


@dataclass(frozen=True, slots=True)
class SegmentsPage:
    rows: tuple[SegmentRow, ...]
    starts: tuple[Start, ...]
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """``path``: its name in the form. ``said``: how the sentence says it, empty while it is not finished."""

    path: str
    kind: str
    legend: Text
    controls: tuple[Control, ...]
    said: Text
    is_line: Literal[True] = True


@dataclass(frozen=True, slots=True)
class BracketView:
    """``joint``: the control that says how its parts hang together; ``adds``: the kinds of lines on offer."""

    path: str
    joint: Control
    adds: tuple[Choice, ...]
    parts: tuple["LineView | BracketView", ...]
    is_root: bool
    is_line: Literal[False] = False


@dataclass(frozen=True, slots=True)
class BuilderPage:
    """``save``: where it is kept. ``sentence`` empty: nothing is finished yet. ``trouble``: why it cannot be
    counted. ``said``: what is read out when it has changed."""

    title: Text
    back: Link
    name: str
    save: str
    root: BracketView
    sentence: Text
    count: Text
    trouble: Text
    sample: tuple[Person, ...]
    lists: Mapping[str, tuple[str, ...]]
    unfinished: int = 0
    error: Text = ""
    slug: str = ""
    empty_words: Text = ""


@dataclass(frozen=True, slots=True)
class WhyLine:
    """``depth``: 0 to 6."""

    depth: int
    text: Text
    holds: bool
    evidence: Text
    is_group: bool


@dataclass(frozen=True, slots=True)
class WhyPart:
    """Why one client is or is not in it. ``verdict``: the answer as a sentence."""

    who: Person
    verdict: Text
    holds: bool
    lines: tuple[WhyLine, ...]


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """``found``: clients whom a search for ``q`` has found, each a link to why."""

    slug: str
    name: Text
    sentence: Text
    count: Text
    sample: tuple[Person, ...]
    facts: tuple[Fact, ...]
    acts: tuple[Act, ...]
    q: str = ""
    found: tuple[Person, ...] = ()
    why: WhyPart | None = None
    trouble: Text = ""
    removal: str = ""
