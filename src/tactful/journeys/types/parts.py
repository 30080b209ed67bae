"""The small parts of a journey: words, conditions, stretches of time, and what is looked out for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

FORMAT: Final = "tactful.journey/1"
END: Final = "end"  # the target that says: the journey is over here
NOTHING: Final = ""  # the target of a last step that says nothing; ends too, and check J002 asks about it

CLIENT_REPLIED: Final = "reply.received"  # the event that "stop on reply" listens for
CALENDAR_FACT: Final = "calendar.place"  # its value is a ``rules.calendar.Calendar``
QUIET_FACT: Final = "calendar.quiet"  # its value is a ``rules.calendar.Quiet``, or None: no quiet hours


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


@dataclass(frozen=True, slots=True)
class Watch:
    """An event looked out for. ``match``: fields that must be the same as in the event that began the
    journey; ``condition`` (``if``) asks the fields of the event itself."""

    event: str
    match: tuple[str, ...] = ()
    condition: Condition | None = None


Values: TypeAlias = Mapping[str, "Ref | Scalar"]
"""Named values, each said outright or found somewhere: what goes to another system or journey."""
