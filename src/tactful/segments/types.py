"""What a segment is: a closed tree of conditions about one contact, as frozen values.

The published form of the document is ``schema.json``. Whatever stands in a tree is a value; the tables and
columns that it speaks of come from descriptions of our own (``Allowed``), never from outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeAlias

from tactful.kernel.zones import local_day

FORMAT: Final = "tactful.segment/1"
MOST_DEPTH: Final = 6  # groups in groups
MOST_LEAVES: Final = 50
MOST_UNFOLDED: Final = 200  # leaves, with those of other segments that it speaks of
MOST_DAYS: Final = 3_660

Scalar: TypeAlias = str | int | float | bool
Operand: TypeAlias = Scalar | tuple[Scalar, ...]


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    CONTAINS = "contains"
    KNOWN = "known"
    BEFORE = "before"  # the day of the value, and not that day itself
    AFTER = "after"
    ON = "on"
    IN_LAST_DAYS = "in_last_days"  # today and the n days before it
    IN_NEXT_DAYS = "in_next_days"  # today and the n days after it
    COMES_ROUND = "comes_round_within_days"  # its day and month, whatever the year: birthdays


DAYS_COUNTED: Final = frozenset({Op.IN_LAST_DAYS, Op.IN_NEXT_DAYS, Op.COMES_ROUND})
DATES: Final = frozenset({Op.BEFORE, Op.AFTER, Op.ON})
NUMBERS: Final = frozenset({Op.MORE_THAN, Op.AT_LEAST, Op.LESS_THAN, Op.AT_MOST})


@dataclass(frozen=True, slots=True)
class Test:
    """One question to a value. ``rules.values`` says what each operator means for which kind of value.

    ``value``: text, number, truth; a tuple for one_of; a date as ``2027-03-31``; days for the last three.
    """

    __test__ = False  # pytest, this is not one of yours

    op: Op
    value: Operand


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the contact, by its allow-listed name."""

    name: str
    test: Test


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the contact; any name, for it is only ever a value."""

    name: str
    test: Test


@dataclass(frozen=True, slots=True)
class Value:
    """A named value of ours beside the contact (``ValueLeaf``), such as a computed property."""

    kind: str
    name: str
    test: Test


@dataclass(frozen=True, slots=True)
class Times:
    """How often. ``how``: at_least, at_most, exactly."""

    how: str = "at_least"
    count: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """When. ``last_days``: so many times 24 hours back from now; ``between``: from the first moment of one
    day to the last of another, in the business's zone. Neither: ever. What is still to come never counts."""

    last_days: int | None = None
    between: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A question to a field of an event."""

    name: str
    test: Test


@dataclass(frozen=True, slots=True)
class Then:
    """What must follow an event within so many days (of 24 hours), or, with ``never``, must not have
    followed when that time was over."""

    event: str
    days: int
    never: bool = False
    where: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """``event`` happened so often in the window; only those count that ``where`` and ``then`` fit."""

    event: str
    times: Times = Times()
    window: Window = Window()
    where: tuple[Property, ...] = ()
    then: Then | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that holds for a while (``SpellLeaf``): a tag, a journey, a consent, a conversation.

    ``fields``: (field, value) as the description allows, the main one first. ``state``: now, over (has ended
    once), never (has not begun so far).
    """

    kind: str
    fields: tuple[tuple[str, str], ...]
    state: str = "now"


@dataclass(frozen=True, slots=True)
class Belongs:
    """Is in another segment, by its slug."""

    segment: str


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"


Leaf: TypeAlias = Field | Attribute | Value | Happened | Standing | Belongs
Node: TypeAlias = AllOf | AnyOf | Not | Leaf
Library: TypeAlias = Mapping[str, Node]
"""Other segments by their slug, for ``Belongs``."""


# Descriptions: which tables and columns a tree may speak of. Written by us, never read from anywhere.


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column that holds ids of ``table``; people name the row by ``key``."""

    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Column:
    """``values``: words of the document and what is stored for them; empty: any text."""

    name: str
    lookup: Lookup | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContactField:
    """``kind``: text or moment."""

    column: Column
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class SpellLeaf:
    """Rows of a table that hold for a contact for a while.

    ``main``: the field whose value stands at the kind's own word in the document. ``only``: which rows count
    at all. ``begins`` and ``ends``: columns of moments, "" where rows just are. ``states``: what may be
    asked, the first if nothing is said. ``woken_by``: facts after which the answer may be another.
    """

    kind: str
    table: str
    contact: str
    main: str
    fields: Mapping[str, Column]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begins: str = ""
    ends: str = ""
    states: tuple[str, ...] = ("now",)
    woken_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ValueLeaf:
    """A table of named values: one row for each contact and name; ``value`` is a JSONB column.

    ``since``: a column of moments. Where it is not NULL, the value is the whole days from then to now.
    """

    kind: str
    table: str
    contact: str
    name: str
    value: str
    since: str = ""
    woken_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Allowed:
    """All that a tree may speak of."""

    spells: Mapping[str, SpellLeaf]
    values: Mapping[str, ValueLeaf] = field(default_factory=dict)

    def plus(self, *more: SpellLeaf | ValueLeaf) -> "Allowed":
        spells = {leaf.kind: leaf for leaf in more if isinstance(leaf, SpellLeaf)}
        values = {leaf.kind: leaf for leaf in more if isinstance(leaf, ValueLeaf)}
        return Allowed({**self.spells, **spells}, {**self.values, **values})


@dataclass(frozen=True)
class Moment:
    """When a question is asked. ``zone``: the business's; its days are the days of all dates in a tree."""

    now: datetime
    zone: str

    @cached_property
    def today(self) -> date:
        return local_day(self.now, self.zone)


# One person's history, as the evaluator sees it.


@dataclass(frozen=True, slots=True)
class Occurrence:
    name: str
    ts: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stay:
    """A row of a ``SpellLeaf``: its fields in the words of the document; moments None where it has none."""

    kind: str
    fields: Mapping[str, str]
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """``fields``: by allow-listed name, text or moment; ``values``: (kind, name) -> JSON value, or a
    moment from which the days are counted."""

    fields: Mapping[str, str | datetime]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()
    events: tuple[Occurrence, ...] = ()
