"""templates/web/journey_tests.html, journey_test.html and journey_test_new.html"""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.pages.trying import PathEntry
from tactful.web.types import EmptyState, Link, Text


@dataclass(frozen=True, slots=True)
class TestRow:
    """``passes`` as of now. ``troubles``: what came instead, as sentences."""

    url: str
    name: str
    passes: bool
    troubles: tuple[Text, ...]
    origin: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class TestsPage:
    slug: str
    journey: Text
    title: Text
    note: Text
    sentence: Text
    rows: tuple[TestRow, ...]
    suffix: str = ""
    can_write: bool = True
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class TestPage:
    """``given`` and ``expected`` as sentences; ``came``: what comes of it now, moment by moment.
    ``source``: the test as YAML."""

    slug: str
    journey: Text
    id: int
    name: str
    title: Text
    passes: bool
    troubles: tuple[Text, ...]
    given: tuple[Text, ...]
    expected: tuple[Text, ...]
    came: tuple[PathEntry, ...]
    origin: Text
    at: datetime
    by: Text
    source: str
    message: Link | None = None
    can_write: bool = True
    refused: Text = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewTestPage:
    """A test written by hand, as YAML. ``refused``: why it is not kept. ``fields``: of which definition."""

    slug: str
    journey: Text
    name: str
    source: str
    refused: Text = ""
    fields: tuple[tuple[str, str], ...] = ()
