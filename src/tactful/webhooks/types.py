"""What other programs may hear of. The names are those of the log; what is not here stays in the house."""

from dataclasses import dataclass
from typing import Final

EVENTS: Final = (
    "contact.created",
    "contact.updated",
    "contact.merged",
    "contact.unmerged",
    "contact.erased",
    "contact.removed",
    "contact.tag_set",
    "contact.tag_cleared",
    "basis.recorded",
    "basis.withdrawn",
    "message.sent",
    "message.refused",
    "message.dead",
    "message.bounced",
    "reply.received",
    "conversation.closed",
    "task.opened",
    "task.done",
    "document.received",
    "engagement.opened",
    "engagement.closed",
    "segment.entered",
    "segment.left",
)
STOPPED: Final = "webhook.endpoint_stopped"


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    name: str
    url: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One attempt to tell. ``attempt`` counts from 1."""

    id: int
    endpoint_id: int
    url: str
    body: str
    attempt: int
