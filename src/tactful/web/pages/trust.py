"""templates/web/trial.html, first_ones.html, going_out.html, brake.html, settings/trust.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.types import Act, EmptyState, Link, Person, Text

Said = Literal["", "right", "wrong"]


@dataclass(frozen=True, slots=True)
class WhyChoice:
    """``value``: posted as ``why``."""

    value: str
    text: Text


@dataclass(frozen=True, slots=True)
class TrialLine:
    """``id``: the message's. ``at``: when it would have gone. ``said``: what a person has said of it, and
    what followed; ``more``: where that can be looked at. ``words``: as it would have left. ``alike``: ids of
    those after it that say the same."""

    id: int
    name: Text
    person: Person
    at: datetime
    judged: Said
    subject: Text = ""
    words: Text = ""
    said: Text = ""
    more: Link | None = None
    alike: tuple[int, ...] = ()

    @property
    def together(self) -> int:
        return len(self.alike) + 1


@dataclass(frozen=True, slots=True)
class TrialPage:
    """Posts to web:trial_right, trial_wrong (``why``) and trial_undo. ``running``: it has not ended."""

    title: Text
    summary: Text
    counted: Text
    lines: tuple[TrialLine, ...]
    whys: tuple[WhyChoice, ...]
    can_judge: bool
    running: bool
    act: Act | None = None
    next_url: str = ""
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class FirstRow:
    """``since``: since when it waits; ``until``: after that it makes no sense any more; ``goes_at``: then it
    goes although nobody has looked."""

    id: int
    person: Person
    since: datetime | None
    until: datetime | None
    subject: Text
    words: Text
    send: Act
    stop: Act
    goes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstGroup:
    """``counted``: how many of the first ten have been let go. ``enough``: for owners."""

    name: Text
    counted: Text
    rows: tuple[FirstRow, ...]
    enough: Act | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class FirstPage:
    groups: tuple[FirstGroup, ...]
    can_decide: bool
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class GoingRow:
    """``against``: what would hold it if it were looked at now. ``stop``: None once it is stopped."""

    name: Text
    person: Person
    at: datetime
    url: str = ""
    against: Text = ""
    stopped: Text = ""
    stop: Act | None = None


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A broadcast of today. ``to``: "to 89 clients". ``stop``: pauses it, or takes it back."""

    name: Text
    url: str
    to: Text
    at: datetime
    stop: Act | None = None


@dataclass(frozen=True, slots=True)
class GoingPage:
    total: int
    more: bool
    rows: tuple[GoingRow, ...]
    notice: Text = ""
    next_url: str = ""
    empty: EmptyState | None = None
    broadcasts: tuple[WaveRow, ...] = ()


@dataclass(frozen=True, slots=True)
class BrakeRow:
    name: Text
    person: Person
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class BrakePage:
    """``pulled``: since when and by whom; "" while automation runs. ``act``: pulls it, or lets go.
    ``broadcasts``: those of today that do not rest."""

    pulled: Text
    act: Act | None
    asks: Text
    left: tuple[BrakeRow, ...] = ()
    left_total: int = 0
    waiting: tuple[BrakeRow, ...] = ()
    waiting_total: int = 0
    resting: tuple[Link, ...] = ()
    broadcasts: tuple[WaveRow, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchpointTrust:
    name: Text
    url: str
    counted: Text
    enough: Act | None = None


@dataclass(frozen=True, slots=True)
class TrustPage:
    """``state``: where the house stands. ``days``: choices for a trial, where one can begin. ``others``: how
    many touchpoints are not among ``rows``, for nothing is sent there."""

    state: Text
    link: Link | None
    days: tuple[int, ...] = ()
    act: Act | None = None
    rows: tuple[TouchpointTrust, ...] = ()
    others: Text = ""
