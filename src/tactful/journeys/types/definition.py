"""One version of a journey, whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tactful.journeys.types.entries import ONE_AT_A_TIME, Entry, ExitRule, Goal, Reentry
from tactful.journeys.types.parts import Text
from tactful.journeys.types.steps import Step


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a journey. ``priority``: 0 to 100, the higher speaks first when two want to.
    In one of 20 or less, a task after which the journey just ends has time."""

    slug: str
    name: Text
    entry: Entry
    steps: tuple[Step, ...]
    about: Text | None = None
    reentry: Reentry = ONE_AT_A_TIME
    goal: Goal | None = None
    exits: tuple[ExitRule, ...] = ()
    stop_on_reply: bool = True
    priority: int = 50
    names: Mapping[str, Text] = field(default_factory=dict)  # words for events and facts, by their name
