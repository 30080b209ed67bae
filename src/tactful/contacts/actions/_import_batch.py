"""The next rows of a file, planned and written together in the transaction at hand."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tactful.contacts.models import ImportRun
from tactful.contacts.queries.erasing import anybody_is_shut, shut_identities
from tactful.contacts.rules.plain_rows import Cleaned
from tactful.contacts.rules.planning import plan_cleaned
from tactful.contacts.types import (
    ColumnMapping,
    Declaration,
    Draft,
    Field,
    ImportRequest,
    ListSource,
    Note,
    RowOutcome,
    RowPlan,
    SourceRow,
    Table,
)
from tactful.events.actions import notify, record_behind
from tactful.foundation import pg
from tactful.foundation.actions import record_audit
from tactful.foundation.copying import Behind, copying
from tactful.foundation.queries import business_at

from ._import_ahead import Batch, ReadAhead
from ._import_columns import copy_rows
from ._import_known import Meeting, addresses_of
from ._import_people import Firms
from ._import_writing import Writer
from ._writing import refresh_search
from .erasing import refused

SEARCHED = 1000  # at once
#: Of memory, until the commit: for the rows that a statement's triggers look at, and for the indexes of the
#: search, which take new words in by the thousand.
_ROOM = "SELECT set_config('work_mem', '32MB', true)"
#: Nobody waits for the disk at the end of a batch that is not the last one. Were it lost, the run would be
#: where it was before it, and go on; and whoever commits what rests on it takes it to the disk, too.
_NO_HURRY = "SELECT set_config('synchronous_commit', 'off', true)"
_FACTS = {
    RowOutcome.CREATED: "contact.created",
    RowOutcome.UPDATED: "contact.updated",
    RowOutcome.MERGED: "contact.merged",
}


@dataclass(frozen=True, slots=True)
class _Sent:
    """What is still to be done when all rows are there. ``touched``: whose search words are made anew."""

    told: set[str]
    touched: list[int]
    firms: Firms
    outcomes: Counter[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a file on their way into the database. ``asks``: they add something to somebody who was here
    before, about whom the database has been asked. ``are_new``: none of their addresses is anybody's."""

    run: ImportRun
    plans: Sequence[RowPlan]
    writer: Writer
    asks: bool
    are_new: bool

    def send(self, behind: Behind) -> _Sent:
        """What is ready first goes first: PostgreSQL takes it in while we make the rest."""
        plans, writer = self.plans, self.writer
        copy_rows(behind, self.run.id, plans, writer.owners)
        told = _tell(behind, self.run, writer)
        if not self.asks:
            writer.decide()
        writer.grounds.copy_evidence(behind)
        if not self.asks:
            writer.carry_out()
        writer.copy(behind, self.run.id)
        touched = writer.were_here() if self.asks else []
        return _Sent(told, touched, writer.firms, Counter(plan.outcome.value for plan in plans))


def take_in(
    run: ImportRun,
    table: Table,
    size: int | None,
    now: datetime,
    ahead: ReadAhead,
    collect: Callable[[], object] = int,
) -> None:
    """Read at most ``size`` more rows (None: a good many); after the last one the run is finished.

    A file read in many batches ends as one read in a single one: who an earlier row has made, and what
    it has said, is told to the planner from the rows that are kept. ``collect``: looks for garbage.
    """
    business = business_at(now)
    mapping = mapping_of(run.mapping)
    today = run.started_at.astimezone(ZoneInfo(business.time_zone)).date()
    batch = Batch.at(run.done, size)
    request = ImportRequest(run.file_name, b"", mapping, declaration_of(run.declared))
    writer = Writer(now=now, by=run.by, controller=business.name, request=request)
    part = _part(run, ahead, ahead.rows(run, table, batch, mapping, today), mapping, today, writer)
    del writer
    following = Batch.at(batch.start + batch.size, size)
    if following.start < run.total:
        pg.one(_NO_HURRY)
    with copying() as behind:
        sent = part.send(behind)
        are_new = part.are_new
        # PostgreSQL is busy for a while. What Python holds of these rows goes, and the next ones are read.
        del part
        ahead.read(run, table, following, mapping, today, are_new=are_new)
        collect()
    notify(sent.told)
    sent.firms.write_numbers()
    for at in range(0, len(sent.touched), SEARCHED):
        refresh_search(sent.touched[at : at + SEARCHED])
    _move_on(run, sent.outcomes, now)


def _part(
    run: ImportRun, ahead: ReadAhead, rows: Cleaned, mapping: ColumnMapping, today: date, writer: Writer
) -> _Part:
    cleaned = _without_the_erased(rows, writer.now)
    addresses = ahead.addresses() if cleaned is rows else addresses_of(cleaned)
    plans: Sequence[RowPlan] | None = Meeting(run, mapping, today).plans(cleaned, addresses)
    are_new = plans is None
    if plans is None:
        plans = ahead.plans() if cleaned is rows else plan_cleaned(cleaned, (), mapping.prefer_file)
    pg.one(_ROOM)
    writer.meet(plans)
    asks = bool(writer.people)
    if asks:
        writer.decide()
        writer.carry_out()
    return _Part(run, plans, writer, asks, are_new)


def _without_the_erased(rows: Cleaned, now: datetime) -> Cleaned:
    """Who was erased is refused, and nothing of their row is kept. The very same rows where nobody was."""
    if not anybody_is_shut():
        return rows
    said = {
        (kind, value)
        for _row, draft, _notes in rows
        for kind, values in (("email", draft.mails), ("phone", draft.phones))
        for value in values
    }
    gone = {value for _kind, value in shut_identities(said)}
    if not gone:
        return rows
    left = [
        (SourceRow(row.line, ()), Draft(), (Note("person.erased"),))
        if gone.intersection((*draft.mails, *draft.phones))
        else (row, draft, notes)
        for row, draft, notes in rows
    ]
    refused("import", sum(1 for row, _draft, notes in left if not row.cells and notes), now=now)
    return left


def _tell(behind: Behind, run: ImportRun, writer: Writer) -> set[str]:
    """Answers with the names of the facts."""
    told = [plan for plan in writer.changing if plan.outcome in _FACTS]
    names = [_FACTS[plan.outcome] for plan in told]
    contacts = [writer.owners[plan.row.line] for plan in told]
    record_behind(behind, names, contacts, {"import": run.id}, now=writer.now)
    return set(names)


def _move_on(run: ImportRun, outcomes: Counter[str], now: datetime) -> None:
    counts = Counter(run.counts) + outcomes
    run.counts = {outcome.value: counts[outcome.value] for outcome in RowOutcome}
    run.done += outcomes.total()
    run.tries = 0
    if run.done >= run.total:
        run.finished_at = now
        if run.by is not None:
            body = {"counts": run.counts, "declared": run.declared, "file": run.file_name}
            record_audit(
                actor=run.by, verb="contacts.imported", subject=f"import:{run.id}", now=now, body=body
            )
    run.save(update_fields=["counts", "done", "tries", "finished_at"])


def mapping_json(mapping: ColumnMapping) -> dict[str, object]:
    return {
        "columns": {str(index): field.value for index, field in mapping.columns.items()},
        "date_order": mapping.date_order,
        "region": mapping.region,
        "prefer_file": mapping.prefer_file,
    }


def mapping_of(kept: dict[str, object]) -> ColumnMapping:
    columns = kept["columns"]
    assert isinstance(columns, dict)
    return ColumnMapping(
        {int(index): Field(name) for index, name in columns.items()},
        str(kept["date_order"]),
        str(kept["region"]),
        bool(kept["prefer_file"]),
    )


def declared_json(declared: Declaration) -> dict[str, object]:
    return {
        "source": declared.source.value,
        "collected_on": declared.collected_on.isoformat() if declared.collected_on else None,
        "opt_out_offered": declared.opt_out_offered,
        "words": declared.words,
    }


def declaration_of(kept: dict[str, object]) -> Declaration:
    day = kept["collected_on"]
    return Declaration(
        source=ListSource(str(kept["source"])),
        collected_on=date.fromisoformat(str(day)) if day else None,
        opt_out_offered=bool(kept["opt_out_offered"]),
        words=str(kept["words"]),
    )
