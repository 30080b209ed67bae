"""What goes into ``step`` and what comes out of it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from tactful.gate.types import Check
from tactful.journeys.types import Answer, Condition, Scalar, TaskKind, Text, Variable
from tactful.kernel.values import value

Facts: TypeAlias = Mapping[str, Any]
"""Fact key -> scalar, ``Calendar`` (for ``calendar.place``), or ``gate.types.UNKNOWN`` if it could not be
read. Keys: ``contact.language``, ``contact.attribute.tier``, ``documents.missing:engagement=17``."""


NEVER_BEGUN = "never_begun"
"""Why a way ended that stood ready for a day of the client's, which has moved away: its row is deleted."""


class Phase(StrEnum):
    READY = "ready"  # just begun
    WAITING = "waiting"
    WAITING_EVENT = "waiting_event"
    SENDING = "sending"
    TASK = "task"
    CALLING = "calling"  # another system was told, and its answer is waited for
    ENDED = "ended"


class Outcome(StrEnum):
    """Final states of a message. ``unknown`` is not among them: it becomes one of these."""

    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DEAD = "dead"
    MERGED = "merged"


@value
class State:
    """One enrolment, as its row says. All moments are aware UTC.

    ``visit`` counts the steps entered, from 1. ``due_at``: the row wants ``Due`` then, whatever its
    phase; None: it never does. ``wait_since``: the moment from which the present step counts; it never
    moves back. ``wait_event``/``wait_match``: what an event must be called and contain (JSON ``@>``).
    ``context``: small JSON, to be treated as immutable: ``entry`` and ``event`` (only the fields that the
    definition asks), ``entered`` (ISO 8601), ``answers``, ``seen`` (ids of events used), ``goal``,
    ``anchor`` (the last wait for a date that may move), ``moved`` (the visit whose message was called back
    because its date has moved), ``depth`` (how many journeys have begun each other up to this one).
    """

    journey_id: int
    contact_id: int
    entry_key: str
    step: str = ""
    visit: int = 0
    phase: Phase = Phase.READY
    due_at: datetime | None = None
    wait_since: datetime | None = None
    wait_event: str | None = None
    wait_match: Mapping[str, Scalar] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    end_reason: str = ""
    """completed, goal, exit, reply, restarted, circles, no_date, date_passed, not_true, cancelled, or that
    of ``Stop``"""


# Stimuli: why ``step`` is called. One that no longer fits the state changes nothing.


@value
class Entered:
    """The journey begins. ``data``: the fields of the event, ``at`` its moment. ``depth``: how many
    journeys have begun each other up to this one."""

    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    event_id: int | None = None
    depth: int = 0


@value
class Due:
    """``due_at`` has passed."""


@value
class Event:
    """Something happened to this client. ``at``: when, not when we heard of it."""

    name: str
    id: int
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@value
class SendOutcome:
    """What became of the message of ``visit``. ``check``: which check refused it, if one did."""

    visit: int
    outcome: Outcome
    at: datetime
    check: str = ""


@value
class TaskAnswered:
    visit: int
    at: datetime
    answer: str = ""


@value
class CallAnswered:
    """What another system said to the call of ``visit``; ``data``: the fields of its answer."""

    visit: int
    at: datetime
    ok: bool
    data: Mapping[str, Any] = field(default_factory=dict)


@value
class Released:
    """A hold ended with "recompute": the message of ``visit`` is dropped and thought over. The driver
    gives this instead of an outcome ``cancelled``, not after it."""

    visit: int
    at: datetime


@value
class Stop:
    """A person, a newer beginning or an erasure ends it. ``reason``: a code, kept on the row."""

    at: datetime
    reason: str = "stopped"


@value
class MoveTo:
    """A person sends the client from ``visit`` on to ``step``, END included; whoever has moved on by then
    is left alone. ``result``: skipped, moved, resumed."""

    at: datetime
    visit: int
    step: str
    result: str = "moved"


@value
class Transfer:
    """On to ``step`` of another version, that of the plan it comes with. ``data``: the fields of the event
    that began the journey, for this version may ask others of them."""

    at: datetime
    step: str
    data: Mapping[str, Any] = field(default_factory=dict)


Stimulus: TypeAlias = (
    Entered | Due | Event | SendOutcome | TaskAnswered | CallAnswered | Released | Stop | MoveTo | Transfer
)

# Effects: what the driver writes, in this order, in the transaction of the state.


@value
class EnqueueSend:
    """``visit`` with the enrolment's id is the dedupe key. ``due_at``: when it was meant to go, which may
    lie before now after downtime: the gate decides about lateness. ``about``: ``engagement=17``."""

    visit: int
    touchpoint: str
    template: str
    due_at: datetime
    latest_at: datetime | None = None
    still_true: Condition | None = None
    allow: frozenset[Check] = frozenset()
    variables: tuple[Variable, ...] = ()
    about: str = ""


@value
class OpenTask:
    """``may_pass``: the journey comes last, and just ends if nobody does it in time."""

    visit: int
    kind: TaskKind
    owner: str
    title: Text
    due_at: datetime | None = None
    answers: tuple[Answer, ...] = ()
    about: str = ""
    may_pass: bool = False


@value
class CloseTask:
    """The task is not needed any more. One already answered stays answered."""

    visit: int
    reason: str


@value
class CancelMessages:
    """Cancel what has not left. What is at the handoff mark or beyond stays as it is."""

    visits: tuple[int, ...]
    reason: str


@value
class UpdateContact:
    visit: int
    set: Mapping[str, Scalar]


@value
class AddTag:
    visit: int
    tag: str


@value
class RemoveTag:
    visit: int
    tag: str


@value
class CallWebhook:
    """Tell another system, outside the transaction. ``answer``: the enrolment waits for what it says."""

    visit: int
    url: str
    body: Mapping[str, Scalar]
    answer: bool = False
    about: str = ""


@value
class StartOther:
    """Begin the journey ``journey`` for this client, one deeper than this one is (``depth``)."""

    visit: int
    journey: str
    data: Mapping[str, Scalar]
    depth: int = 1


@value
class StopOther:
    """End what this client walks of ``journey``; ``key``: only that of this object, if it has objects."""

    visit: int
    journey: str
    key: str = ""


@value
class RecordEvent:
    """A fact for the log: ``journey.goal_reached`` or ``journey.ended``."""

    name: str
    at: datetime
    data: Mapping[str, Scalar] = field(default_factory=dict)


Effect: TypeAlias = (
    EnqueueSend
    | OpenTask
    | CloseTask
    | CancelMessages
    | UpdateContact
    | AddTag
    | RemoveTag
    | CallWebhook
    | StartOther
    | StopOther
    | RecordEvent
)


@value
class Visited:
    """A step that was left, for the table ``visit``. ``result``: what led out of it, as a code:
    sent, refused, ..., not_true, due, event, timeout, answer:<id>, arm:<n>, goal, ..."""

    visit: int
    step: str
    since: datetime
    result: str


@value
class Advance:
    """``state`` is the very object that went in when nothing changed.

    ``unread``: fact keys that could not be read; then nothing changed, and the driver tries again after
    a pause of its own (the row is still due).
    """

    state: State
    effects: tuple[Effect, ...] = ()
    visits: tuple[Visited, ...] = ()
    unread: tuple[str, ...] = ()


@value
class Ask:
    """Load these and call again with them added; nothing has happened yet."""

    keys: tuple[str, ...]
