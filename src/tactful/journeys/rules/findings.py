"""What a check may know of the house, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tactful.journeys.types import Definition
from tactful.touchpoints.types import TouchpointView

WEEKLY = 3
"""Messages a client may get from one journey within seven days before a check asks about it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What can make a journey write within the hour. ``kind``: event, date or clock; ``name``: the event's,
    the date's with what it is earlier (in minutes), or ``09:00``. ``step``: the send."""

    kind: str
    name: str
    step: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check may know of the house: touchpoints by slug, the languages in which each template is
    written, by its slug, and the other journeys that are on, by theirs (None: nobody has looked).
    ``occasions``: of those journeys, where many are looked at one after the other (``among.looked_over``)."""

    touchpoints: Mapping[str, TouchpointView]
    templates: Mapping[str, frozenset[str]]
    journeys: Mapping[str, Definition] | None = None
    weekly: int = WEEKLY
    occasions: Mapping[str, Sequence[Occasion]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """``step``: the step's id, "" for the journey as a whole. ``stops``: it may not be switched on so."""

    id: str
    code: str
    step: str = ""
    stops: bool = True
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One check and what it found; nothing means that it passes."""

    id: str
    findings: tuple[Finding, ...]
