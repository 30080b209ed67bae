"""templates/web/replays.html, replay.html and replay_day.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.types import Act, EmptyState, Fact, Glyph, Link, Person, Progress, Tab, Text, TimelineEntry


@dataclass(frozen=True, slots=True)
class RunRow:
    """A replay in a list. ``state``: a sentence."""

    url: str
    title: Text
    state: Text
    glyph: Glyph
    at: datetime
    by: Text


@dataclass(frozen=True, slots=True)
class ReplaysPage:
    """Posts ``days`` and which definition (``fields``) to web:replays. ``busy``: one is under way."""

    slug: str
    journey: Text
    title: Text
    note: Text
    rows: tuple[RunRow, ...]
    fields: tuple[tuple[str, str], ...]
    busy: Link | None = None
    can_start: bool = True
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence of the answer, with the list behind it. ``wrong``: a mistake that it found."""

    text: Text
    url: str = ""
    wrong: bool = False
    glyph: Glyph | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a list: a client, what would have become of it, and the way to the client's day."""

    client: Person
    at: datetime
    glyph: Glyph
    title: Text
    sentences: tuple[Text, ...]
    wrong: tuple[Text, ...]
    url: str
    change: Text = ""


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """``state``: queued, running, done, failed, cancelled. ``sentence``: what it means, first of all."""

    slug: str
    journey: Text
    title: Text
    state: str
    sentence: Text
    since: datetime
    until: datetime
    is_live: bool
    progress: Progress | None = None
    trouble: Text = ""
    findings: tuple[Saying, ...] = ()
    difference: tuple[Saying, ...] = ()
    held: tuple[Saying, ...] = ()
    notes: tuple[Text, ...] = ()
    tabs: tuple[Tab, ...] = ()
    rows: tuple[LineRow, ...] = ()
    list_title: Text = ""
    more: str = ""
    first: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class DayPage:
    """A client's day in a replay, from its first moment to its last; the line in question is marked."""

    slug: str
    journey: Text
    back: str
    client: Person
    day: datetime
    sentences: tuple[Text, ...]
    wrong: tuple[Text, ...]
    entries: tuple["DayEntry", ...]
    standing: tuple[Fact, ...]
    acts: tuple[Act, ...] = ()
    earlier: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DayEntry:
    """``ours``: the line in question. ``really``: it happened; what did not is the replay's alone."""

    entry: TimelineEntry
    ours: bool = False
