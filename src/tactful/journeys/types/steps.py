"""What a journey does, step by step.

``next`` is a step's id, END or NOTHING; the document may leave it out for "the one below".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from tactful.gate.types import Check
from tactful.journeys.types.parts import END, Condition, Delay, Ref, Scalar, Text, Values, Watch


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that a template wants beyond the client's own, read at the moment of sending."""

    name: str
    ref: Ref
    default: Text | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Asks for a message and waits for what became of it. The purpose is the touchpoint's.

    ``still_true``: asked before asking for the message and again by the gate; untrue means skipped.
    ``latest``: counted from the moment of the step. ``allow``: gate checks that it may pass.
    ``if_not_sent``: where to go after refused, expired or dead.
    """

    id: str
    next: str
    touchpoint: str
    template: str
    still_true: Condition | None = None
    latest: Delay | None = None
    allow: frozenset[Check] = frozenset()
    variables: tuple[Variable, ...] = ()
    if_not_sent: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    id: str
    next: str
    delay: Delay


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Waits for an event. ``up_to``: at most so long, then ``otherwise``."""

    id: str
    next: str
    watch: Watch
    up_to: Delay
    otherwise: str


@dataclass(frozen=True, slots=True)
class Arm:
    condition: Condition
    next: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The first arm whose condition holds, else ``next`` (in the document: ``otherwise``)."""

    id: str
    next: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    id: str
    name: Text
    next: str


class TaskKind(StrEnum):
    ANSWER = "answer"
    APPROVE = "approve"
    WRITE = "write"
    DECIDE = "decide"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a person. ``owner``: ``account_manager``, ``business_owner`` or ``person:<login>``.
    ``within``: when it should be done; after that ``otherwise``, if there is one."""

    id: str
    next: str
    kind: TaskKind
    title: Text
    owner: str = ""
    still_true: Condition | None = None
    answers: tuple[Answer, ...] = ()
    within: Delay | None = None
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Sets attributes of the client."""

    id: str
    next: str
    set: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Tag:
    id: str
    next: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """``hold_out``: those who are left alone, to see what the journey changes."""

    weight: int
    next: str
    name: Text | None = None
    hold_out: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """Shares by a hash of journey, contact, entry key and step: the same client always falls the same
    way. ``next`` is not used."""

    id: str
    next: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    id: str
    next: str = END
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A person says yes or no before it goes on. ``if_refused``: where a no leads.
    ``within`` and ``otherwise`` as in ``Task``."""

    id: str
    next: str
    title: Text
    owner: str = ""
    if_refused: str = END
    within: Delay | None = None
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Tells another system over HTTPS. ``up_to``: waits at most so long for its answer, whose fields are
    then those of the event in hand; left out, it goes on at once. ``if_failed``: where to go when it
    said no or nothing."""

    id: str
    next: str
    url: str
    body: Values = field(default_factory=dict)
    up_to: Delay | None = None
    if_failed: str | None = None


@dataclass(frozen=True, slots=True)
class StartJourney:
    """Begins another journey, one that begins when told. ``data`` (``with``): the fields that it gets;
    the object of this one is among them."""

    id: str
    next: str
    journey: str
    data: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StopJourney:
    """Ends what this client walks of another journey: for the same object if both have one."""

    id: str
    next: str
    journey: str


Step: TypeAlias = (
    Send
    | Wait
    | WaitFor
    | Branch
    | Task
    | Approval
    | Update
    | Tag
    | Split
    | Webhook
    | StartJourney
    | StopJourney
    | Exit
)
