"""What one look has shown."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    LOOK = "look"
    """A person should look at it."""
    UNKNOWN = "unknown"
    """It could not be found out; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``name``: of the check, for programs; it does not change. ``said``: a sentence."""

    name: str
    state: State
    said: str


def well(name: str, said: str) -> Finding:
    return Finding(name, State.OK, said)


def look(name: str, said: str) -> Finding:
    return Finding(name, State.LOOK, said)


def unknown(name: str, said: str) -> Finding:
    return Finding(name, State.UNKNOWN, said)
