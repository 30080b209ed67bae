"""What a table holds of a contact, and what a merge does with it, as data: each floor's tables are described
in ``wiring.holdings``, and ``hot.ledger`` carries the descriptions out and takes them back.

SQL in these is our own and never comes from outside. It may name ``t``, the row at hand, and the parameters
``%(kept)s``, ``%(gone)s`` and ``%(now)s``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Move:
    """``column`` of every row of the gone contact names the kept one from now on.

    ``key``: the column by which a row is found again, a bigint. ``find``: which rows, if not by the column
    alone. ``was``, ``becomes``: other values than the two contacts (their conversations); where one of them
    is NULL, there is nothing to do.
    """

    table: str
    column: str
    key: str = "id"
    find: str = "true"
    was: str = "%(gone)s"
    becomes: str = "%(kept)s"


@dataclass(frozen=True, slots=True)
class Change:
    """Other columns of rows that are in the way, or that speak for both now.

    ``sets``: column -> expression. ``beside``: further tables, as ``JOIN …``. ``counts``: columns that are
    tallies: taken back by what they grew, not to what they were.
    """

    table: str
    sets: Mapping[str, str]
    where: str
    keys: tuple[str, ...] = ("id",)
    beside: str = ""
    counts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Add:
    """New rows of the kept contact: ``columns`` from ``select``."""

    table: str
    columns: tuple[str, ...]
    select: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Rows that cannot stand any more; they are kept whole, and come back."""

    table: str
    where: str


Step = Move | Change | Add | Remove


@dataclass(frozen=True, slots=True)
class Holding:
    """A column that names a contact. ``steps`` in their order; none: ``stays`` says why these rows keep the
    number of the gone contact, or how they follow in another way."""

    table: str
    column: str
    steps: tuple[Step, ...] = ()
    stays: str = ""
    also: frozenset[str] = field(default_factory=frozenset)  # further columns that these steps settle


def moves(table: str, column: str = "contact_id", key: str = "id", find: str = "true") -> Holding:
    """The plain case: nothing can be in the way."""
    return Holding(table, column, (Move(table, column, key, find),))
