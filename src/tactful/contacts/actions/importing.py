"""A file of clients, set-based: a fixed number of queries for a batch of rows, never one per row.

A short file is read at once. A long one is read by the worker, batch by batch, each in a transaction of
its own: after a restart it goes on behind the last batch, and the same file again changes nothing.
"""

import hashlib
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tactful.contacts.models import ImportRun, WaitingFile
from tactful.contacts.rules.headings import guess_mapping
from tactful.contacts.rules.tables import open_table
from tactful.contacts.rules.trouble import Unusable
from tactful.contacts.sentences import sentence
from tactful.contacts.types import ColumnMapping, Field, ImportRequest, Note, RowOutcome, Table
from tactful.foundation import files
from tactful.foundation.collector import collected_by_hand
from tactful.foundation.pg import will_pass

from ._import_ahead import ReadAhead
from ._import_batch import declared_json, mapping_json, take_in
from .people import ContactError

TRIES = 3
WAITS = timedelta(days=1)

_AHEAD = ReadAhead()  # of the file at hand

logger = logging.getLogger(__name__)


def import_file(request: ImportRequest, *, acting_user: int | None, now: datetime) -> ImportRun:
    """Read, plan and write a whole file; all of it or nothing. The run keeps every row with its reasons.

    A file that cannot be read at all raises ``ContactError`` with the sentence and leaves no run.
    """
    table, mapping = _readable(request)
    try:
        with transaction.atomic():
            run = _run(request, table, mapping, acting_user, now)
            take_in(run, table, run.total, now, ReadAhead())
    except IntegrityError as error:
        raise ContactError(
            _("Somebody changed one of these clients while the file was read. Send the file again.")
        ) from error
    return run


def begin_import(request: ImportRequest, stored: str, *, acting_user: int | None, now: datetime) -> ImportRun:
    """Hand a file that was put aside to the worker. Raises ``ContactError`` as ``import_file`` does."""
    with collected_by_hand(), transaction.atomic():  # all the rows are looked at, and let go together
        table, mapping = _readable(request)
        if not WaitingFile.objects.select_for_update().filter(stored=stored).exists():
            raise ContactError(sentence(Note("run.gone")))
        run = _run(request, table, mapping, acting_user, now)
        run.stored = stored
        run.save(update_fields=["stored"])
        del table
        return run


def continue_imports(*, now: datetime, size: int | None = None) -> bool:
    """Read one more batch of the oldest file that waits: of ``size`` rows, or of as many as are quickest.
    Answers whether there was anything to do."""
    run: ImportRun | None = None
    try:
        with collected_by_hand() as collect, transaction.atomic():
            waiting = ImportRun.objects.select_for_update(skip_locked=True).filter(finished_at=None)
            run = waiting.order_by("started_at", "id").first()
            if run is not None:
                take_in(run, _table(run.stored), size, now, _AHEAD, collect)
    except Exception as error:
        if run is None or will_pass(error):
            raise
        logger.warning("The file of import %s could not be read further.", run.id, exc_info=True)
        _note_failure(run.id, error, now)
        return True
    if run is not None and run.finished_at is not None:
        _forget(run.stored)
    return run is not None


@transaction.atomic
def _note_failure(run_id: int, error: Exception, now: datetime) -> None:
    """What has been read stays. A file that is gone ends at once, all else after a few tries."""
    run = ImportRun.objects.select_for_update().get(id=run_id)
    gone = isinstance(error, FileNotFoundError | Unusable)
    run.tries += 1
    if gone or run.tries >= TRIES:
        run.finished_at = now
        run.error = "run.gone" if gone else "run.broken"
        transaction.on_commit(lambda: _forget(run.stored))
    run.save(update_fields=["tries", "finished_at", "error"])


def put_aside(content: bytes, *, acting_user: int | None, now: datetime) -> str:
    """Keep a file until it is brought in; its name in the store. Raises ``files.FileRefused``."""
    stored = files.keep(content).stored
    WaitingFile.objects.create(stored=stored, put_at=now, by=acting_user)
    return stored


def let_go(stored: str) -> None:
    """Nobody wants this file any more."""
    files.discard(stored)
    WaitingFile.objects.filter(stored=stored).delete()


@transaction.atomic
def let_go_of_files_about(texts: Collection[str]) -> list[str]:
    """Files that wait and say one of these (in small letters); answers with their names in the store, for the
    caller to discard once that is committed. One that is being read is let go of by its reader, who leaves
    out whoever was erased."""
    read = ImportRun.objects.filter(finished_at=None).exclude(stored="").values("stored")
    waiting = WaitingFile.objects.select_for_update().exclude(stored__in=read)
    names = [file.stored for file in waiting if _says(file.stored, texts)]
    WaitingFile.objects.filter(stored__in=names).delete()
    return names


def _says(stored: str, texts: Collection[str]) -> bool:
    try:
        content = files.read(stored)
    except FileNotFoundError:
        return False
    written = [
        content.decode(way, "ignore").lower() for way in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    ]
    return any(text in each for text in texts for each in written)


@transaction.atomic
def sweep_waiting_files(*, now: datetime) -> int:
    """Let go of files that were sent and not brought in within a day, and of those that have been read."""
    read = ImportRun.objects.filter(finished_at=None).exclude(stored="").values("stored")
    old = WaitingFile.objects.select_for_update(skip_locked=True).filter(put_at__lte=now - WAITS)
    names = [file.stored for file in old.exclude(stored__in=read)]
    for stored in names:
        files.discard(stored)  # first: a row without its file is swept again, a file without its row never
    WaitingFile.objects.filter(stored__in=names).delete()
    return len(names)


@lru_cache(maxsize=1)
def _table(stored: str) -> Table:
    """Parsed once for all batches of the file at hand, and while PostgreSQL writes the ones before."""
    return open_table(files.read(stored))


def _forget(stored: str) -> None:
    _table.cache_clear()
    if stored:
        let_go(stored)


def _readable(request: ImportRequest) -> tuple[Table, ColumnMapping]:
    try:
        table = open_table(request.content)
        mapping = request.mapping or guess_mapping(table.header, table.rows)
        if not {Field.EMAIL, Field.PHONE} & set(mapping.columns.values()):
            raise Unusable("file.no_address")
        len(table.rows)  # a file of which a later row cannot be read is not begun
    except Unusable as trouble:
        raise ContactError(sentence(trouble.note)) from trouble
    return table, mapping


def _run(
    request: ImportRequest, table: Table, mapping: ColumnMapping, by: int | None, now: datetime
) -> ImportRun:
    return ImportRun.objects.create(
        file_name=request.file_name[:200],
        file_hash=hashlib.sha256(request.content).digest(),
        by=by,
        started_at=now,
        mapping=mapping_json(mapping),
        declared=declared_json(request.declared),
        shape={
            "encoding": table.encoding,
            "delimiter": table.delimiter,
            "header": list(table.header),
            "doubtful": table.doubtful,
        },
        counts=dict.fromkeys((outcome.value for outcome in RowOutcome), 0),
        total=len(table.rows),
    )
