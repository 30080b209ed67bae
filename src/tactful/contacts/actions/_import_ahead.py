"""Rows that are cleaned before it is their turn, while the database is busy with the ones before them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tactful.contacts.models import ImportRun
from tactful.contacts.queries.importing import Asked
from tactful.contacts.rules.plain_rows import Cleaned, clean_all
from tactful.contacts.rules.planning import plan_cleaned
from tactful.contacts.types import ColumnMapping, RowPlan, Table

from ._import_known import addresses_of

FIRST_ROWS, MOST_ROWS = 1000, 8000


@dataclass(frozen=True, slots=True)
class Batch:
    """``size`` rows of a file, the first of which is its ``start``-th."""

    start: int
    size: int

    @classmethod
    def at(cls, start: int, size: int | None) -> "Batch":
        """Of ``size`` rows, or of as many as are quickest: PostgreSQL waits for the first ones, so they are
        few, and while it writes some, three times as many are read."""
        return cls(start, size or min(MOST_ROWS, max(FIRST_ROWS, 3 * start)))


@dataclass(slots=True)
class ReadAhead:
    """At most one batch. What it holds depends on nothing that could have changed since. ``_plans``: as they
    are if none of its addresses is anybody's, which is so for most of a file that is new to us."""

    _key: tuple[int, Batch, date] | None = None
    _rows: Cleaned = field(default_factory=list)
    _plans: Sequence[RowPlan] | None = None
    _addresses: Asked | None = None
    _prefer_file: bool = False

    def read(
        self,
        run: ImportRun,
        table: Table,
        batch: Batch,
        mapping: ColumnMapping,
        today: date,
        *,
        are_new: bool = False,
    ) -> None:
        """``are_new``: those before were nobody that we knew, so these are planned as well."""
        self._rows = cleaned(table, batch, mapping, today)
        self._prefer_file = mapping.prefer_file
        self._plans = plan_cleaned(self._rows, (), mapping.prefer_file) if are_new else None
        self._addresses = addresses_of(self._rows)
        self._key = (run.id, batch, today)

    def rows(
        self, run: ImportRun, table: Table, batch: Batch, mapping: ColumnMapping, today: date
    ) -> Cleaned:
        """Those of the batch: as they were read before, else read now."""
        if self._key != (run.id, batch, today):
            self.read(run, table, batch, mapping, today)
        return self._rows

    def addresses(self) -> Asked:
        """Of the rows that were asked for last."""
        assert self._addresses is not None
        return self._addresses

    def plans(self) -> Sequence[RowPlan]:
        """Of the rows that were asked for last, if nobody is known."""
        if self._plans is None:
            self._plans = plan_cleaned(self._rows, (), self._prefer_file)
        return self._plans


def cleaned(table: Table, batch: Batch, mapping: ColumnMapping, today: date) -> Cleaned:
    return clean_all(table.rows[batch.start : batch.start + batch.size], mapping, today)
