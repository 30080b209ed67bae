"""templates/demo/postbox.html: what clients received, and a way to answer as one of them."""

from dataclasses import dataclass
from datetime import datetime

from tactful.web.types import EmptyState, Pager, Text


@dataclass(frozen=True, slots=True)
class PostRow:
    id: int
    to: str
    sender: str
    subject: str
    at: datetime
    url: str
    current: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class OpenMail:
    """``reply_url`` takes ``text`` and files as ``files``, and really sends them by SMTP."""

    to: str
    to_address: str
    sender: str
    subject: str
    at: datetime
    text: str
    reply_url: str
    frame_url: str = ""
    reply_error: Text = ""
    headers: tuple[tuple[str, str], ...] = ()
    typed: str = ""


@dataclass(frozen=True, slots=True)
class PostboxPage:
    q: str
    rows: tuple[PostRow, ...]
    pager: Pager
    mail: OpenMail | None = None
    empty: EmptyState | None = None
