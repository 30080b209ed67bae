"""Whether what concerns something has gone out yet."""

from collections.abc import Collection
from enum import StrEnum

from tactful.delivery.models import Dispatch, State

_GONE = frozenset({State.SENT, State.MERGED, State.HANDOFF, State.UNKNOWN})
_NOT_YET = frozenset({State.QUEUED, State.CLAIMED, State.REFUSED, State.EXPIRED, State.DEAD})


class Gone(StrEnum):
    """``HELD``: a message lies there and is held; ``NOT_YET``: there is one, and it has not gone."""

    HELD = "held"
    NOT_YET = "not_yet"


def not_gone(contact_id: int, topics: Collection[str]) -> dict[str, Gone]:
    """By topic, such as ``engagement:7``: where automation has a message and none has gone to the client.
    What is not in it has gone, has been stopped by a person, who may have said it otherwise, or is none of
    automation's."""
    rows = Dispatch.objects.filter(contact_id=contact_id, message__topics__overlap=list(topics))
    states: dict[str, set[str]] = {}
    for state, about in rows.values_list("state", "message__topics"):
        for topic in about:
            states.setdefault(topic, set()).add(state)
    return {
        topic: Gone.HELD if State.HELD in found else Gone.NOT_YET
        for topic, found in states.items()
        if topic in topics and not found & _GONE and found & (_NOT_YET | {State.HELD})
    }
