"""templates/web/outbox.html and message.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.types import Act, EmptyState, Fact, Glyph, HoldCard, Link, Pager, Person, Tab, Text


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """``sentence``: what is to be known about it, the first reason for holds and refusals. ``meta``: up to
    two short lines on the right, the channel's way and the moment."""

    id: int
    state: Glyph
    title: Text
    client: Person
    sentence: Text
    meta: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """``tabs``: held, waiting to go, sent, stopped, not known."""

    tabs: tuple[Tab, ...]
    rows: tuple[OutboxRow, ...]
    pager: Pager
    summary: Text
    holds: tuple[HoldCard, ...] = ()
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One check of the gate, in the order in which it was asked."""

    outcome: Literal["pass", "hold", "refuse", "retry", "skip"]
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class StateRow:
    glyph: Glyph
    text: Text
    at: datetime
    note: Text = ""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message with its whole chain: cause, checks, what became of it.

    ``answer``: one sentence that says where it stands. ``hold``: its card while it is held. ``cause``: what
    made it, with links. ``frame_url``: the mail as the client sees it, in a frame without scripts.
    ``technical``: what only whoever looks after the mail server asks for.
    """

    title: Text
    client: Person
    state: Glyph
    state_words: Text
    answer: Text
    chain: tuple[ReasonRow, ...]
    history: tuple[StateRow, ...]
    facts: tuple[Fact, ...]
    checked_at: datetime | None = None
    cause: tuple[Link, ...] = ()
    hold: HoldCard | None = None
    acts: tuple[Act, ...] = ()
    subject: str = ""
    text: str = ""
    frame_url: str = ""
    by_person: Person | None = None
    why_url: str = ""
    technical: tuple[Fact, ...] = ()
