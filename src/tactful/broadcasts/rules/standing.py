"""From where a client stands with us and with delivery to one word of the account."""

from collections.abc import Mapping
from typing import Final

from tactful.broadcasts.types import Person, Standing

OF_MESSAGES: Final[Mapping[str, Standing]] = {
    "queued": Standing.WAITING,
    "claimed": Standing.WAITING,
    "handoff": Standing.WAITING,
    "held": Standing.HELD,
    "sent": Standing.SENT,
    "refused": Standing.REFUSED,
    "expired": Standing.REFUSED,
    "cancelled": Standing.CANCELLED,
    "dead": Standing.FAILED,
    "unknown": Standing.FAILED,
    "merged": Standing.MERGED,
}
_OF_PEOPLE: Final[Mapping[str, Standing]] = {
    Person.WAITING: Standing.WAITING,
    Person.CANCELLED: Standing.CANCELLED,
    Person.GONE: Standing.GONE,
}


def standing_of(person: str, message: str | None) -> Standing:
    """``message``: the state of the message, ``None`` if there is none (any more)."""
    if person != Person.QUEUED:
        return _OF_PEOPLE[person]
    return OF_MESSAGES[message] if message is not None else Standing.GONE


def pairs_of(standing: Standing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(states of people without a message, states of messages) that are called so."""
    people = tuple(state for state, called in _OF_PEOPLE.items() if called is standing)
    return people, tuple(state for state, called in OF_MESSAGES.items() if called is standing)
