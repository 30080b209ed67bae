"""Where the line is crossed, for everybody to see in the thread."""

from datetime import datetime

from tactful.inbox.actions.spells import NewTalk, begin
from tactful.inbox.models import Conversation, Entry


def take(conversation: Conversation, who: int | None, *, now: datetime, at: datetime | None = None) -> None:
    """A person talks with this client: the machine goes quiet. ``at``: since then, if we learn of it later.
    ``who`` None: one of ours, we do not know which."""
    assert conversation.contact_id is not None
    talk = NewTalk(conversation.contact_id, "handoff", conversation.id, conversation.id, who)
    if begin(talk, now=now, at=at):
        draw_line(conversation, "took_over", who, at or now)


def draw_line(conversation: Conversation, code: str, who: int | None, at: datetime) -> None:
    Entry.objects.create(
        conversation=conversation, kind=Entry.Kind.LINE, channel="line", at=at, author_id=who, code=code
    )
