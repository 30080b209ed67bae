"""templates/web/clients.html and client.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.pages.inbox import Misread
from tactful.web.types import (
    Act,
    EmptyState,
    Fact,
    Glyph,
    HoldCard,
    Link,
    Pager,
    Person,
    Tab,
    Tag,
    Text,
    TimelineEntry,
)


@dataclass(frozen=True, slots=True)
class ClientRow:
    who: Person
    owner: Text = ""
    language: Text = ""
    last: Text = ""
    coming: Text = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """``tabs``: all, strained, quiet, without an address. ``messages``: hits in messages, when searched.
    ``pairs``: how many may be one person. ``about``: nobody has counted ``total`` exactly."""

    q: str
    total: int
    rows: tuple[ClientRow, ...]
    tabs: tuple[Tab, ...]
    pager: Pager
    about: bool = False
    messages: tuple[Link, ...] = ()
    empty: EmptyState | None = None
    pairs: int = 0
    write: bool = False  # they look for somebody to write to


@dataclass(frozen=True, slots=True)
class Mood:
    kind: Literal["strain", "quiet", "ok"]
    title: Text
    text: Text
    how: Link | None = None


@dataclass(frozen=True, slots=True)
class HearRow:
    """One thing that the client will hear: from a person of ours, planned or held."""

    what: Text
    moment: Text
    person: Person | None = None
    glyph: Glyph = "plan"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """``answers``: yes, no or None (not asked), in the order of the columns."""

    channel: str
    name: Text
    answers: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document that we have asked for; missing ones offer "Received another way"."""

    name: Text
    note: Text
    received: bool
    url: str = ""
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewsStep:
    """Of the way that bad news goes; ``state``: done, now, later."""

    text: Text
    state: Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class StandingRow:
    """An order to keep quiet towards this client, and the button that ends it."""

    text: Text
    until: datetime | None
    act: Act | None
    steps: tuple[NewsStep, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldForm:
    """Posts ``reason``, ``until`` (a date, may be empty) and ``owner``: value, name. ``bad_news``: where
    ``about`` and ``writer`` are posted."""

    url: str
    owners: tuple[tuple[str, str], ...]
    bad_news: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """Who has become part of this client, and where that can be taken back."""

    text: Text
    undo: Link


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that has come from them; without a ``url`` it can only be named."""

    name: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class ClientPage:
    """``intro``: what they do, since when, who looks after them. ``acts``: at most three, the strong one
    last. ``consent_heads``: purposes. ``caps``: how often, and between which hours."""

    client: Person
    intro: Text
    acts: tuple[Act, ...]
    tabs: tuple[Tab, ...]
    timeline: tuple[TimelineEntry, ...]
    hears: tuple[HearRow, ...]
    caps: Text
    consent_heads: tuple[Text, ...]
    consents: tuple[ConsentRow, ...]
    consent_note: Text = ""
    sees: Link | None = None
    mood: Mood | None = None
    holds: tuple[HoldCard, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    notes: tuple[Note, ...] = ()
    note_url: str = ""
    facts: tuple[Fact, ...] = ()
    more: Link | None = None
    standing: tuple[StandingRow, ...] = ()
    hold_form: HoldForm | None = None
    misread: tuple[Misread, ...] = ()
    switches: tuple[Act, ...] = ()
    switch_note: Text = ""
    mourning: Act | None = None  # asked first: it stands under its question
    merged: tuple[Merged, ...] = ()
    twins: tuple[Link, ...] = ()
    related: tuple[Person, ...] = ()
    files: tuple[FileRow, ...] = ()
    copy_url: str = ""
    erase_url: str = ""
    find_same: str = ""
