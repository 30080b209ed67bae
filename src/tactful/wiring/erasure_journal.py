"""Keeps the journal of erasures (``contacts.rules.erasure_lines``) beside the backups, on the disk before
anything is erased: a backup of before is made a house again without those who were erased since (R76).
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tactful.contacts.queries.erasing import Erasure
from tactful.contacts.rules.erasure_lines import (
    JOURNAL,
    Erased,
    Journal,
    Mark,
    line_of,
    line_of_lifting,
    read,
)


def folder() -> Path:
    return Path(settings.ERASURES_FOLDER)


def keep(row: Erasure) -> None:
    """Once, however often it is tried. Raises ``OSError``: then nothing may be erased yet."""
    bring_after([row])


def keep_lifting(marks: Iterable[Mark], at: datetime) -> None:
    _append([line_of_lifting(marks, at)])


def bring_after(rows: Iterable[Erasure]) -> int:
    """Erasures that this journal lacks, for it was lost or another machine has written them elsewhere."""
    known = {each.id for each in read_from(folder()).erased}
    missing = [line_of(_of(row)) for row in rows if row.id not in known]
    if missing:
        _append(missing)
    return len(missing)


def take_over(where: Path) -> None:
    """So that a second restore knows it too."""
    if (where / JOURNAL).exists() and not (folder() / JOURNAL).exists():
        _append([(where / JOURNAL).read_text(encoding="utf-8", errors="replace")])


def read_from(where: Path) -> Journal:
    path = where / JOURNAL
    if not path.exists():
        return Journal((), {})
    with path.open(encoding="utf-8", errors="replace") as file:
        return read(file)


def _of(row: Erasure) -> Erased:
    marks = tuple((channel, digest) for channel, digest in row.marks)
    return Erased(row.id, row.asked_at, tuple(row.contacts), row.reason, marks)


def _append(lines: Iterable[str]) -> None:
    """In one write, after an empty line that ends whatever a crash has left unfinished."""
    where = folder()
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(where / JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, ("\n" + "".join(lines)).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
