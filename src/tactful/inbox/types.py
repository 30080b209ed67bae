"""What the inbox takes in and tells others."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tactful.channels.types import InboundMessage

PROPOSAL = "proposal"
"""The code of a note whose words a program suggests as an answer; ``data["by"]`` is its name."""


IS_THIS_IT = "is_this_it"
"""The code of the question what a client's file is."""
TALK_TO_ME = "talk_to_me"
"""The code of the task of a client who has asked for a person."""
UNVERIFIED = "unverified"
"""The code of the question about a mail under an address that nobody vouches for."""
OUTSIDE = "outside"
"""The code of our word that was written in another program."""
HISTORY = "history"
"""In an entry's data: it was said before the mailbox was connected."""
NOT_FOR = "not_for"
"""In a task's params: the people whom it is not for, though nobody else has taken it."""


def reading_of(entry_id: int) -> str:
    """The source of an objection that we have read out of an entry."""
    return f"entry:{entry_id}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment that already rests in the file store under ``stored``."""

    name: str
    content_type: str
    size: int
    sha256: str
    stored: str


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound message together with what we know of where it belongs.

    ``contact_id`` None: a stranger. ``verified`` False: nothing proves who wrote it (R93).
    ``safe_html``: sanitised. ``left_out``: how many attachments were not taken in.
    ``words_only``: the HTML could not be shown as it came, ``safe_html`` has its words.
    ``cut``: its end is missing. ``at``: when our mail server had it; None is now.
    """

    message: InboundMessage
    contact_id: int | None
    channel: str
    verified: bool
    raw_id: int | None = None
    about_message_id: int | None = None
    manager_id: int | None = None
    safe_html: str = ""
    files: tuple[StoredFile, ...] = ()
    left_out: int = 0
    words_only: bool = False
    cut: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What one of ours has written to ``received.contact_id`` in another program. ``author_id``: who, if
    known. ``to_many``: a circular, which answers nobody. ``history``: from before the mailbox was connected.
    """

    received: Received
    author_id: int | None
    to_many: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class NewTask:
    """Work for a person. The same ``dedupe_key`` never opens twice. ``leisure``: good to do, and nothing
    follows if nobody does it: it stands apart, under "When you have a moment".

    ``may_wait``: nothing is lost if it is asked on the list of the next working day, as long as half a
    working day remains then until ``needed_by`` (None: no moment by which it is needed). ``due_at`` is meant
    from now on: it moves by as long as the question waits, up to ``needed_by``.
    """

    kind: str
    code: str
    dedupe_key: str
    contact_id: int | None = None
    owner_id: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    subject_kind: str = ""
    subject_id: int | None = None
    due_at: datetime | None = None
    urgent: bool = False
    leisure: bool = False
    may_wait: bool = False
    needed_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One running reason to keep quiet, as the gate's wiring reads it."""

    contact_id: int
    kind: str
    ref: int
    from_at: datetime
    owner_id: int | None
    due_at: datetime | None
    waits_on_client: bool
    running: bool
