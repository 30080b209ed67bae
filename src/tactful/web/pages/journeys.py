"""templates/web/journeys.html, journey.html, journey_step.html and journey_version.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tactful.web.types import Act, EmptyState, Fact, Link, Person, StepCard, Tab, Text


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """``act`` switches it on or off. ``state``: a sentence ("On, version 4")."""

    slug: str
    name: Text
    sentence: Text
    on: bool
    state: Text
    inside: int
    warnings: int = 0
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class JourneysPage:
    """``note``: what stands over the list, such as the worst week that one client could have.
    ``late``: how much should have gone out while nothing could be sent."""

    rows: tuple[JourneyRow, ...]
    note: Text = ""
    late: Text = ""
    empty: EmptyState | None = None
    drafts: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check of a definition; the failing ones come first. ``mend``: where a person decides; ``act``: what
    a click mends, and ``changes`` how the journey reads then, as lines that begin with + or -."""

    kind: Literal["fail", "warn", "pass"]
    text: Text
    detail: Text = ""
    code: str = ""
    mend: Link | None = None
    act: Act | None = None
    changes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class ActRow:
    """What was asked of people. ``undo``: while it can still be taken back, and ``by`` whom it was asked."""

    said: Text
    by: str = ""
    undo: Act | None = None


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """``version``: "Version 4"; ``version_note``: what is said beside it; ``inside``: who is in it.
    ``acts``: at most three, the strong one last. ``source``: the definition as YAML."""

    name: Text
    area: Text
    sentence: Text
    on: bool
    version: Text
    version_note: Text
    inside: Text
    steps: tuple[StepCard, ...]
    checks: tuple[CheckRow, ...]
    rules: tuple[Fact, ...]
    acts: tuple[Act, ...] = ()
    switch: Act | None = None  # on or off; it stands beside the version
    source: str = ""
    earlier: tuple[Link, ...] = ()  # versions that people still walk
    attention: tuple[Link, ...] = ()  # who is late, held, failing or paused
    flow_note: Text = ""  # of whom the figures at the steps speak
    people_url: str = ""
    proofs: tuple[Fact, ...] = ()  # tests and the last replay
    slug: str = ""
    asked: tuple[ActRow, ...] = ()  # of people, lately

    @property
    def passing(self) -> int:
        return sum(check.kind == "pass" for check in self.checks)


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A client at a step. ``id`` is the enrolment's. ``trouble``: why it does not go on. ``paused``: by a
    person. ``step``: where, on a page of several steps."""

    id: int
    person: Person
    url: str
    since: datetime
    until: datetime | None
    trouble: Text = ""
    paused: bool = False
    held: bool = False
    late: bool = False
    step: Text = ""


@dataclass(frozen=True, slots=True)
class StepChoice:
    """A step to go to; ``id`` empty: past the present one, or nowhere."""

    id: str
    text: Text
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class StepPage:
    """Posts ``enrolment`` (several) or ``everybody``, and ``reason``, to web:journey_departures, _moves (with
    ``step``), _pauses, _resumptions and _retries. ``at`` and ``only``: who is chosen here. ``total``: how
    many; ``everybody``: how many of them one act may reach."""

    slug: str
    journey: Text
    name: Text
    rows: tuple[StandingRow, ...]
    can_take_out: bool = True
    steps: tuple[StepChoice, ...] = ()
    at: str = ""
    only: str = ""
    tabs: tuple[Tab, ...] = ()
    total: int = 0
    many: bool = False  # more than ``total``
    everybody: int = 0
    more: str = ""
    first: str = ""
    asked: tuple[ActRow, ...] = ()

    @property
    def any_paused(self) -> bool:
        return any(row.paused for row in self.rows)

    @property
    def any_trouble(self) -> bool:
        return any(row.trouble for row in self.rows)


@dataclass(frozen=True, slots=True)
class CrowdRow:
    """Who stands at a step of an earlier version. ``field``: the select's name. ``some``: the first
    names, said as a sentence; ``number`` clients in all."""

    field: str
    step: Text
    number: int
    some: Text
    choices: tuple[StepChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionPage:
    """templates/web/journey_version.html. Posts ``to_<step>`` and ``reason`` to web:journey_version."""

    slug: str
    journey: Text
    name: Text
    sentence: Text
    number: int
    rows: tuple[CrowdRow, ...]
    can_move: bool = True
    asked: tuple[ActRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A journey that comes along. ``tells``: (event, its fields), for whoever connects the system. ``act``
    takes it in; ``open``: where it is, if it is in the house."""

    slug: str
    name: Text
    sentence: Text
    trades: Text
    steps: tuple[Text, ...]
    needs: tuple[Text, ...]
    when_not: Text
    tells: tuple[tuple[str, str], ...] = ()
    ours: bool = False  # made for the trade of this house
    act: Act | None = None
    open: Link | None = None


@dataclass(frozen=True, slots=True)
class RecipesPage:
    """templates/web/recipes.html. ``rows``: for the house's own trade, or all where there are none;
    ``others``: those made for other trades."""

    rows: tuple[RecipeRow, ...]
    others: tuple[RecipeRow, ...] = ()
