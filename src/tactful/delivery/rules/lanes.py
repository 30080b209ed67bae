"""In which order messages are claimed: a broadcast never delays a receipt."""

from tactful.delivery.types import NewMessage
from tactful.gate.types import Author
from tactful.touchpoints.types import MessageClass

LANES = {
    MessageClass.AWAITED: 0,
    MessageClass.DEADLINE: 1,
    MessageClass.REMINDER: 2,
    MessageClass.RELATIONSHIP: 3,
    MessageClass.MARKETING: 4,
}


def lane_of(message: NewMessage) -> int:
    if message.lane is not None:
        return message.lane
    if message.author is Author.PERSON_DIRECT:
        return 0
    return LANES[message.message_class]


def must_arrive(message_class: str) -> bool:
    """Whether the client waits for it: resent once where nobody knows what became of it."""
    return message_class == MessageClass.AWAITED
