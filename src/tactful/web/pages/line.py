"""templates/web/line.html and touchpoint.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.pages.inbox import Choice
from tactful.web.types import Act, Fact, Glyph, Link, Person, Text, TouchpointCard


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the relationship. ``above``: judgement and undecided, nearest to the line last;
    ``below``: structural, highest score first."""

    name: Text
    above: tuple[TouchpointCard, ...]
    below: tuple[TouchpointCard, ...]


@dataclass(frozen=True, slots=True)
class NextUp:
    name: Text
    text: Text
    scores: tuple[Fact, ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class LookRow:
    glyph: Glyph
    name: Text
    text: Text
    link: Link


@dataclass(frozen=True, slots=True)
class LinePage:
    judgement: int
    structural: int
    undecided: int
    phases: tuple[Phase, ...]
    next_up: NextUp | None = None
    look: tuple[LookRow, ...] = ()
    drift: tuple[LookRow, ...] = ()  # where what people do speaks for the other side
    add_url: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Posts ``name`` (frequency, friction, clarity), 1 to 5."""

    name: str
    label: Text
    hint: Text
    value: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A move across the line, kept with its reason."""

    at: datetime
    by: Text
    line: Literal["judgement", "structural", "undecided"]
    reason: str


@dataclass(frozen=True, slots=True)
class Comment:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class TouchpointPage:
    """Posts ``line``, ``reason``, ``message_class``, ``owner``, ``frequency``, ``friction``, ``clarity``.

    ``moment``: when it happens. ``suggestion``: our advice with its reason. ``errors``: by field name.
    ``consequence``: what changes when it moves ("4 planned messages become tasks").
    """

    slug: str
    name: Text
    phase: Text
    moment: Text
    line: Literal["judgement", "structural", "undecided"]
    classes: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    scales: tuple[Scale, ...]
    score: int
    rank: Text = ""
    reason: str = ""
    suggestion: Text = ""
    consequence: Text = ""
    reason_error: Text = ""
    owner_error: Text = ""
    history: tuple[Revision, ...] = ()
    used_by: tuple[Link, ...] = ()
    owner: Person | None = None
    can_decide: bool = True
    comments: tuple[Comment, ...] = ()
    preview_hours: int = 0  # posted as ``hours`` to web:touchpoint_preview
