"""A file of clients, set-based: a fixed number of queries for the whole file, never one per row."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tactful.contacts.models import ImportRow, ImportRun
from tactful.contacts.queries.importing import known_contacts
from tactful.contacts.rules.cleaning import clean
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.planning import plan_cleaned
from tactful.contacts.rules.tables import read_table
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.sentences import sentence
from tactful.contacts.types import (
    ColumnMapping,
    Declaration,
    Field,
    ImportRequest,
    RowOutcome,
    RowPlan,
    Table,
)
from tactful.events.actions import record
from tactful.events.types import NewFact
from tactful.foundation.actions import record_audit
from tactful.foundation.queries import business_at

from ._import_writing import Writer
from .people import ContactError

_BATCH = 2000
_FACTS = {
    RowOutcome.CREATED: "contact.created",
    RowOutcome.UPDATED: "contact.updated",
    RowOutcome.MERGED: "contact.merged",
}


def import_file(request: ImportRequest, *, acting_user: int | None, now: datetime) -> ImportRun:
    """Read, plan and write a whole file; all of it or nothing. The run keeps every row with its reasons.

    A file that cannot be read at all raises ``ContactError`` with the sentence and leaves no run.
    """
    try:
        table = read_table(request.content)
        mapping = request.mapping or guess_mapping(table.header, table.rows)
        if not {Field.EMAIL, Field.PHONE} & set(mapping.columns.values()):
            raise Unusable("file.no_address")
    except Unusable as trouble:
        raise ContactError(sentence(trouble.note)) from trouble
    try:
        return _imported(request, table, mapping, acting_user, now)
    except IntegrityError as error:
        raise ContactError(
            _("Somebody changed one of these clients while the file was read. Send the file again.")
        ) from error


@transaction.atomic
def _imported(
    request: ImportRequest, table: Table, mapping: ColumnMapping, acting_user: int | None, now: datetime
) -> ImportRun:
    business = business_at(now)
    today = now.astimezone(ZoneInfo(business.time_zone)).date()
    cleaned = [(row, *clean(row, mapping, today)) for row in table.rows]
    mails = {mail for _row, draft, _notes in cleaned for mail in draft.mails}
    phones = {phone for _row, draft, _notes in cleaned for phone in draft.phones}
    known = known_contacts(mails, phones)
    plans = plan_cleaned(cleaned, known, mapping.prefer_file)
    run = _run(request, table, mapping, plans, acting_user, now)
    writer = Writer(now=now, by=acting_user, controller=business.name, request=request)
    owners = writer.write(plans)
    _keep_rows(run, plans, owners)
    _tell(run, plans, owners, acting_user, now)
    return run


def _run(
    request: ImportRequest,
    table: Table,
    mapping: ColumnMapping,
    plans: Sequence[RowPlan],
    by: int | None,
    now: datetime,
) -> ImportRun:
    counts = Counter(plan.outcome.value for plan in plans)
    return ImportRun.objects.create(
        file_name=request.file_name[:200],
        file_hash=hashlib.sha256(request.content).digest(),
        by=by,
        started_at=now,
        finished_at=now,
        mapping=mapping_json(mapping),
        declared=declared_json(request.declared),
        shape={
            "encoding": table.encoding,
            "delimiter": table.delimiter,
            "header": list(table.header),
            "doubtful": table.doubtful,
        },
        counts={outcome.value: counts[outcome.value] for outcome in RowOutcome},
    )


def mapping_json(mapping: ColumnMapping) -> dict[str, object]:
    return {
        "columns": {str(index): field.value for index, field in mapping.columns.items()},
        "date_order": mapping.date_order,
        "region": mapping.region,
        "prefer_file": mapping.prefer_file,
    }


def declared_json(declared: Declaration) -> dict[str, object]:
    return {
        "source": declared.source.value,
        "collected_on": declared.collected_on.isoformat() if declared.collected_on else None,
        "opt_out_offered": declared.opt_out_offered,
        "words": declared.words,
    }


def _keep_rows(run: ImportRun, plans: Sequence[RowPlan], owners: dict[int, int]) -> None:
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                run=run,
                number=plan.row.line,
                outcome=plan.outcome,
                raw=list(plan.row.cells),
                reasons=[{"code": note.code, "params": dict(note.params)} for note in plan.notes],
                contact_id=owners.get(plan.row.line),
            )
            for plan in plans
        ),
        batch_size=_BATCH,
    )


def _tell(
    run: ImportRun, plans: Sequence[RowPlan], owners: dict[int, int], by: int | None, now: datetime
) -> None:
    record(
        [
            NewFact(_FACTS[plan.outcome], owners[plan.row.line], {"import": run.id})
            for plan in plans
            if plan.outcome in _FACTS and plan.changes
        ],
        now=now,
    )
    if by is not None:
        body = {"counts": run.counts, "declared": run.declared, "file": run.file_name}
        record_audit(actor=by, verb="contacts.imported", subject=f"import:{run.id}", now=now, body=body)
