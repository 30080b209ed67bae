"""What a story is told with, and what it comes to: values of ``rules.story``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from tactful.delivery.types import CapScope
from tactful.gate.rules.check import PlainSitting
from tactful.gate.types import (
    CapUsage,
    ConditionFact,
    GateRequest,
    GateSettings,
    Reason,
    Unknown,
    VerdictKind,
)
from tactful.gate.types import Facts as GateFacts
from tactful.journeys.rules.moves import CallWebhook, EnqueueSend, Event, StartOther, State, StopOther
from tactful.journeys.rules.plan import Plan
from tactful.journeys.types import Text
from tactful.touchpoints.types import TouchpointView

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Reply(NamedTuple):
    """A person's answer to the task of a step. ``key`` None: whatever it was about."""

    step: str
    answer: str = ""
    key: str | None = None


class Answered(NamedTuple):
    """What another system said to the call of a step. ``key`` None: whatever it was about."""

    step: str
    ok: bool = True
    data: Mapping[str, Any] = MappingProxyType({})
    key: str | None = None


class Told(NamedTuple):
    """Something becomes known at ``at``: an event (its own moment may be earlier), a person's answer,
    or that of another system.
    ``contact`` None: it concerns everybody, such as the end of a hold over everything."""

    at: datetime
    contact: int | None
    event: Event | None = None
    reply: Reply | None = None
    call: Answered | None = None


class Taken(NamedTuple):
    """Somebody else's message went out at ``at`` and took its places under the caps."""

    at: datetime
    contact: int
    scope: CapScope


class Earlier(NamedTuple):
    """What came before the story at one door (client and key). ``until``: one that was still on its way
    ended then; ``last_ended_at`` of those before it. Moments after the story count as "never ended"."""

    times: int
    last_ended_at: datetime | None = None
    until: datetime | None = None


NOTHING_USED = CapUsage()


class Letter(NamedTuple):
    """One message before the gate. ``condition``: whether its still-true condition holds now. ``caps``: the
    places that are taken in this story, of which the world knows nothing."""

    request: GateRequest
    condition: ConditionFact | Unknown
    caps: CapUsage | Unknown = NOTHING_USED


class World(Protocol):
    """What is known at a moment. What was not kept is ``gate.types.UNKNOWN``, and nobody guesses."""

    def fact(self, contact: int, key: str, now: datetime) -> Any: ...

    def gate_facts(self, letter: Letter, now: datetime) -> GateFacts: ...

    def scope(self, contact: int, now: datetime) -> CapScope | None: ...

    def settings(self, now: datetime) -> GateSettings: ...


class Fate(StrEnum):
    SENT = "sent"
    HELD = "held"  # and still so when the story ends
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # the journey called it back, or a hold ended with "skip"
    RECOMPUTED = "recomputed"  # a hold ended and the step was walked again
    UNKNOWN = "unknown"  # a fact that the gate asks was not kept


class Look(NamedTuple):
    """The gate's answer at one moment. ``until`` and ``wake_on`` as in ``gate.types.Verdict``."""

    at: datetime
    kind: VerdictKind
    reasons: tuple[Reason, ...] = ()
    until: datetime | None = None
    wake_on: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Sending:
    """A message that the journey asked for. ``wanted_at``: when; ``at``: of its fate, None while held.
    ``looks``: the gate's answers that were no "yes", one for each time that it was asked. ``after_goal``:
    the goal itself led here."""

    number: int
    walk: "Walk"
    step: str
    effect: EnqueueSend
    wanted_at: datetime
    not_before: datetime
    point: TouchpointView | None
    looks: list[Look] = field(default_factory=list)
    fate: Fate = Fate.HELD
    at: datetime | None = None
    held_since: datetime | None = None
    on_release: str = ""
    after_goal: bool = False

    @property
    def open(self) -> bool:
        return self.fate is Fate.HELD


@dataclass(slots=True, eq=False)
class OpenedTask:
    """``closed_at`` with ``answer``: a person answered; with ``reason``: it was not needed any more."""

    walk: "Walk"
    step: str
    visit: int
    kind: str
    title: Text
    owner: str
    opened_at: datetime
    due_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str = ""
    reason: str = ""


@dataclass(slots=True, eq=False)
class Called:
    """Another system is told. ``answered_at`` with ``ok``: what it said, if the journey waited for it."""

    walk: "Walk"
    step: str
    effect: CallWebhook
    at: datetime
    answered_at: datetime | None = None
    ok: bool | None = None


class ToldOther(NamedTuple):
    """Another journey is begun or ended for this client."""

    walk: "Walk"
    step: str
    effect: StartOther | StopOther
    at: datetime


class Stay(NamedTuple):
    """One stay at a step that is over: until when, and what led out of it."""

    step: str
    since: datetime
    left_at: datetime
    result: str


@dataclass(slots=True, eq=False)
class Walk:
    """One client's way. ``unknown``: keys or codes of what was not kept; the way is not told further."""

    contact: int
    key: str
    entry_no: int
    began_at: datetime
    state: State
    stays: list[Stay] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    trouble: str = ""
    ended_at: datetime | None = None

    @property
    def begun(self) -> bool:
        """Not one that only waited for its date."""
        return bool(self.state.visit or self.unknown or self.trouble)

    @property
    def over(self) -> bool:
        return self.ended_at is not None or bool(self.unknown) or bool(self.trouble)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a story. ``touchpoints`` by slug; a missing one counts as undecided.
    ``people``: the clients for whom a journey that begins by the calendar looks, from ``since`` on.
    ``sitting``: of the gate; stories told in one world may share it, for it remembers what is alike.
    ``keep_stays``: remember every step, for one client and not for a hundred thousand."""

    plan: Plan
    world: World
    touchpoints: Mapping[str, TouchpointView]
    journey_id: int = 1
    people: Collection[int] = ()
    since: datetime = LONG_AGO
    keep_stays: bool = True
    earlier: Mapping[tuple[int, str], Earlier] = field(default_factory=dict)
    sitting: PlainSitting = field(default_factory=PlainSitting)


@dataclass(slots=True)
class Tale:
    """In the order in which things began."""

    walks: list[Walk] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    tasks: list[OpenedTask] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    others: list[ToldOther] = field(default_factory=list)
    did: list[tuple[datetime, Walk, Any]] = field(default_factory=list)  # other effects, if stays are kept
    steps: int = 0
