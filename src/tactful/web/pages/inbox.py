"""templates/web/inbox.html: the list, and beside it a thread (or none)."""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.types import (
    Act,
    Bubble,
    Crossing,
    DayMark,
    EmptyState,
    HoldCard,
    Link,
    Meta,
    Person,
    Tab,
    Tag,
    Text,
)


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """``words``: the last words, clipped by the page. ``by_automation``: they are the machine's.
    ``foot``: who has it. ``late`` turns the time red: a promise is broken or about to be."""

    id: int
    who: Person
    words: str
    at: datetime
    channel: str
    foot: Text
    late: bool = False
    by_automation: bool = False
    unread: bool = False
    current: bool = False
    tag: Tag | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class ConversationGroup:
    title: Text
    rows: tuple[ConversationRow, ...]


@dataclass(frozen=True, slots=True)
class Debt:
    """Something that we owe the client, with its owner of ours."""

    owner: Person | None
    what: Text
    note: Meta
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A message that automation has planned; ``held`` if it rests with the card above."""

    name: Text
    note: Text
    url: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Composer:
    """Posts ``channel``, ``text``, ``do`` (send, hand_back or note) and ``revision``, a token that says
    up to which entry the writer has read."""

    url: str
    channels: tuple[Choice, ...]
    sender: str
    quiet: Text = ""  # what automation does meanwhile
    text: str = ""
    error: Text = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Misread:
    """web/parts/misread.html: what was read as an objection, in the client's ``words``. Posts ``reason``."""

    url: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """``title``: the client's name, or the address of a stranger. ``about``: firm and habits.
    ``acts``: at most two buttons in the head (snooze, close); ``more``: the menu ("Answered by phone",
    "Answered in person", "The complaint is solved"). ``warning``: mail that cannot be trusted (R93)."""

    id: int
    client: Person
    about: Text
    entries: tuple[Bubble | DayMark | Crossing, ...]
    composer: Composer | None
    acts: tuple[Act, ...] = ()
    more: tuple[Act, ...] = ()
    debts: tuple[Debt, ...] = ()
    awaited: tuple[Debt, ...] = ()  # what we wait for from the client
    held: tuple[HoldCard, ...] = ()
    planned: tuple[PlanRow, ...] = ()
    deciding: bool = False  # nothing is planned yet, but something is looked at just now
    may_write: tuple[Text, ...] = ()
    warning: Text = ""
    misread: tuple[Misread, ...] = ()

    @property
    def held_count(self) -> int:
        return len(self.held) + sum(row.held for row in self.planned)


@dataclass(frozen=True, slots=True)
class InboxPage:
    tabs: tuple[Tab, ...]
    groups: tuple[ConversationGroup, ...]
    thread: Thread | None = None
    filed: int = 0
    filed_link: Link | None = None
    empty: EmptyState | None = None
    q: str = ""
    more: Link | None = None
