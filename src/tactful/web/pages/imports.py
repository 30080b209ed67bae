"""templates/web/import.html and import_run.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.forms import Form

from tactful.web.types import Act, EmptyState, Progress, Table, Text


@dataclass(frozen=True, slots=True)
class RunRow:
    id: int
    file_name: str
    at: datetime
    by: str
    state: Text


@dataclass(frozen=True, slots=True)
class ImportPage:
    """``form`` has a file field and what is declared about the list; it posts to web:import."""

    form: Form
    runs: tuple[RunRow, ...]
    empty: EmptyState | None = None


@dataclass(frozen=True, slots=True)
class ImportRunPage:
    """``state``: reading (with ``progress``), done, failed (with ``trouble``). ``columns``: what was
    recognised. ``refused_rows``: line, name, reason. ``refused_url``: the same as a file to mend."""

    file_name: str
    at: datetime
    by: str
    state: Literal["reading", "done", "failed"]
    sentence: Text
    created: int = 0
    updated: int = 0
    merged: int = 0
    refused: int = 0
    unchanged: int = 0
    created_url: str = ""
    updated_url: str = ""
    merged_url: str = ""
    refused_url: str = ""
    progress: Progress | None = None
    trouble: Text = ""
    columns: Table | None = None
    refused_rows: Table | None = None
    acts: tuple[Act, ...] = ()
