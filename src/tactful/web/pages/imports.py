"""templates/web/import.html and import_run.html"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.forms import Form

from tactful.web.pages.inbox import Choice
from tactful.web.types import Act, EmptyState, Fact, Pager, Progress, Table, Text


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
class ColumnRow:
    """Posts ``name``. ``examples``: what stands in the first rows."""

    name: str
    heading: str
    examples: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class MappingPage:
    """templates/web/import_mapping.html, before anything is written. Posts ``column-N``, ``date_order``
    and ``prefer_file`` to web:import_mapping (look again) or to web:import_start (bring them in).
    ``outcomes``: what would happen with the rows; ``problems``: the first ones that would be refused.
    ``looked_after``: who is named as account manager and may only read, "" if nobody."""

    file_name: str
    sentence: Text
    columns: tuple[ColumnRow, ...]
    date_orders: tuple[Choice, ...]
    prefer_file: bool
    outcomes: tuple[Fact, ...]
    declared: Text
    note: Text = ""
    looked_after: Text = ""
    trouble: Text = ""
    problems: Table | None = None


@dataclass(frozen=True, slots=True)
class ImportRunPage:
    """``state``: reading (with ``progress``), done, failed (with ``trouble``). ``columns``: what was
    recognised. ``refused_rows``: line, name, reason. ``refused_url``: the same as a file to mend.
    ``rows``: those behind one of the other numbers, with ``rows_title`` above and ``rows_pager`` below."""

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
    rows: Table | None = None
    rows_title: Text = ""
    rows_pager: Pager | None = None
    undone: Text = ""
    looked_after: Text = ""
    live_url: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportUndoPage:
    """templates/web/import_undo.html, before a file is taken back. ``trouble``: why it cannot be; ``stays``:
    name and reason. ``undo``: None for whoever is no owner."""

    file_name: str
    url: str
    said: Text
    will: tuple[Text, ...] = ()
    trouble: Text = ""
    stays: Table | None = None
    undo: Act | None = None
