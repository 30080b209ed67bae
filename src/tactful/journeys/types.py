"""What a journey is made of: the definition, as frozen values.

What happens while one client walks through it (state, stimuli, effects) is in ``rules.moves``.
Every name that a person reads is bilingual. Field docs give the word used in the document where it
differs. The published form of the document is ``schema.json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from tactful.gate.types import Check

Scalar: TypeAlias = str | int | float | bool | None

FORMAT: Final = "tactful.journey/1"
END: Final = "end"  # the target that says: the journey is over here
NOTHING: Final = ""  # the target of a last step that says nothing; ends too, and check J002 asks about it

CLIENT_REPLIED: Final = "reply.received"  # the event that "stop on reply" listens for
CALENDAR_FACT: Final = "calendar.place"  # its value is a ``rules.calendar.Calendar``


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, in both languages. An empty half is found by check J005."""

    en: str
    nb: str

    def in_language(self, language: str) -> str:
        return self.nb if language.startswith(("nb", "no", "nn")) else self.en


# Conditions: a small closed tree. It is evaluated in Python today and compiled to SQL later, so
# nothing may be added here that cannot be said in both.


class Source(StrEnum):
    FACT = "fact"  # asked by key; ``contact.*`` and ``calendar.*`` are about the client, others the object
    ATTRIBUTE = "attribute"  # shorthand for the fact ``contact.attribute.<name>``
    ENTRY = "entry"  # a field of the event that began the journey
    EVENT = "event"  # a field of the event that moved it last, or that is being examined
    ANSWER = "answer"  # what a person answered in the task step of this name


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a value comes from."""

    source: Source
    name: str


class Op(StrEnum):
    HOLDS = "holds"  # truth of the value; written by naming the source alone
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    CONTAINS = "contains"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Compare:
    """One question. An absent value answers no to all but ``is_not`` and ``known: false``; values of
    different kinds (text, number, truth) are never equal and have no order."""

    ref: Ref
    op: Op
    value: Scalar | tuple[Scalar, ...] = None


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Condition"


Condition: TypeAlias = AllOf | AnyOf | Not | Compare


# Time


@dataclass(frozen=True, slots=True)
class DayRule:
    """The days on which a wait may end. Monday is 0."""

    weekdays: frozenset[int] = frozenset(range(7))
    holidays: bool = True  # False: public holidays of the client's country are left out


ANY_DAY: Final = DayRule()
WORKING_DAYS: Final = DayRule(frozenset(range(5)), holidays=False)


@dataclass(frozen=True, slots=True)
class Delay:
    """A stretch of time, at most one of: ``days`` on the wall, ``elapsed`` hours and minutes,
    ``working_days``, or ``until`` a date. "+1 day" keeps the clock on the wall, "+24 h" the time passed.

    ``earlier``: so much before ``until``. ``at``: then at this local time; with days it is that day at
    this time, otherwise the first such time on or after. ``on``: and only on such a day, else the next.
    """

    days: int = 0
    elapsed: timedelta = timedelta()
    working_days: int = 0
    until: date | Ref | None = None
    earlier: timedelta = timedelta()
    at: time | None = None
    on: DayRule = ANY_DAY


# Entry, goal, exits


@dataclass(frozen=True, slots=True)
class EventEntry:
    """Begins when ``event`` arrives and ``condition`` (in the document: ``if``) holds for it.
    ``key``: the field that names the object, one enrolment for each; empty: one for each client."""

    event: str
    condition: Condition | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class DateEntry:
    """Begins ``earlier`` than the date ``of`` an object, such as ``appointment.starts_at``."""

    of: str
    earlier: timedelta = timedelta()
    key: str = ""


@dataclass(frozen=True, slots=True)
class ManualEntry:
    key: str = ""


Entry: TypeAlias = EventEntry | DateEntry | ManualEntry


class ReentryMode(StrEnum):
    NEVER = "never"
    AFTER_LEAVING = "after_leaving"
    ALWAYS = "always"  # a new beginning stops the one that runs: there are never two


@dataclass(frozen=True, slots=True)
class Reentry:
    """Whether the same client and object may begin again, and how long after the last one ended."""

    mode: ReentryMode = ReentryMode.AFTER_LEAVING
    cooldown: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Watch:
    """An event looked out for. ``match``: fields that must be the same as in the event that began the
    journey; ``condition`` (``if``) asks the fields of the event itself."""

    event: str
    match: tuple[str, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """Reached at any moment: what is under way is cancelled and the journey goes on at ``next``."""

    watch: Watch
    next: str = END


@dataclass(frozen=True, slots=True)
class ExitRule:
    """Leaves at once on an event, or at the next movement when a condition holds. One of the two."""

    watch: Watch | None = None
    condition: Condition | None = None


# Steps. ``next`` is a step's id, END or NOTHING; the document may leave it out for "the one below".


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
    weight: int
    next: str


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


Step: TypeAlias = Send | Wait | WaitFor | Branch | Task | Update | Tag | Split | Exit


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a journey. ``priority``: 0 to 100, the higher speaks first when two want to."""

    slug: str
    name: Text
    entry: Entry
    steps: tuple[Step, ...]
    about: Text | None = None
    reentry: Reentry = Reentry()
    goal: Goal | None = None
    exits: tuple[ExitRule, ...] = ()
    stop_on_reply: bool = True
    priority: int = 50
    names: Mapping[str, Text] = field(default_factory=dict)  # words for events and facts, by their name
