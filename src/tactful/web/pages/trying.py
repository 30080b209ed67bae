"""templates/web/try.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.types import Act, Link, Text


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: Text
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A value to type. ``kind``: yes_no, number, moment, day, words."""

    name: str
    label: Text
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class HappeningRow:
    """A row of the story that is typed. ``place`` counts from 0; ``at`` as a field of the browser."""

    place: int
    what: str
    text: Text
    sign: str
    at: str
    fields: tuple[FieldRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PathEntry:
    """A moment of the path. ``kind``: happening, step, sent, held, refused, task, begins, ends, unknown,
    or gap (``text``: "3 days pass"). ``sign``: a glyph or an icon; ``number``: of the step."""

    kind: Literal["happening", "step", "sent", "held", "refused", "task", "begins", "ends", "unknown", "gap"]
    text: Text
    at: datetime | None = None
    note: Text = ""
    sign: str = ""
    number: int = 0
    acts: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionGroup:
    label: Text
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class KeepForm:
    """Posts to web:journey_tests. ``sends``: steps that sent nothing, of which it may be asked."""

    url: str
    story: str
    name: Text
    sends: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class TryPage:
    """``sentence``: what came of it. ``hidden``: names and values that the form keeps."""

    slug: str
    journey: Text
    title: Text
    note: Text
    sentence: Text
    versions: tuple[Link, ...]
    hidden: tuple[tuple[str, str], ...]
    who: str
    client: Link | None
    people: tuple[Option, ...]
    languages: tuple[Option, ...]
    lengths: tuple[Option, ...]
    consent: bool
    since: str
    facts: tuple[FieldRow, ...]
    rows: tuple[HappeningRow, ...]
    groups: tuple[OptionGroup, ...]
    laters: tuple[Option, ...]
    path: tuple[PathEntry, ...]
    trouble: Text = ""
    keep: KeepForm | None = None
    search: str = ""
    acts: tuple[Act, ...] = ()
